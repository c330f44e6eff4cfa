# What the tests of copies of a database compare: the original and the copy must
# answer alike.
package Company;
use strict;
use warnings;
use Exporter qw(import);
our @EXPORT = qw(compared);

# Name and query of everything that is compared; each gives one value.
sub compared
{
	my ($node, $database) = @_;
	my %query = (
		'bytes of the kept states' =>
		  q{SELECT string_agg(name || ' ' || coalesce(sales_kpi.duration_summary_send(state)::text, '-'), E'\n' ORDER BY name COLLATE "C") FROM kept},
		'states made anew' =>
		  q{SELECT sales_kpi.duration_summary_send(sales_kpi.duration_agg(opened_at, closed_at)) FROM crm.deal},
		'members of the extension' =>
		  q{SELECT string_agg(pg_describe_object(classid, objid, objsubid), E'\n' ORDER BY pg_describe_object(classid, objid, objsubid) COLLATE "C")
			FROM pg_depend WHERE deptype = 'e' AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'sales_kpi')},
		'settings' => q{SELECT string_agg(s::text, E'\n' ORDER BY name COLLATE "C") FROM kpi_base.setting s},
		'statistics' =>
		  q{SELECT string_agg(pg_get_statisticsobjdef(oid), E'\n' ORDER BY stxname) FROM pg_statistic_ext},
		'comments' =>
		  q{SELECT string_agg(format('%s %s %s', c.oid::regclass, d.objsubid, d.description), E'\n' ORDER BY c.oid::regclass::text COLLATE "C", d.objsubid)
			FROM pg_description d JOIN pg_class c ON d.classoid = 'pg_class'::regclass AND d.objoid = c.oid WHERE c.relnamespace::regnamespace::text LIKE 'kpi%'},
		'grants' =>
		  q{SELECT string_agg(format('%s %s %s', oid::regclass, relowner::regrole, relacl), E'\n' ORDER BY oid::regclass::text COLLATE "C")
			FROM pg_class WHERE relnamespace::regnamespace::text LIKE 'kpi%'});
	my $views = $node->safe_psql($database,
		q{SELECT oid::regclass FROM pg_class WHERE relkind = 'v' AND relnamespace::regnamespace::text LIKE 'kpi%' ORDER BY 1});
	$query{"rows of $_"} = qq{SELECT string_agg(v::text, E'\\n' ORDER BY v::text COLLATE "C") FROM $_ v}
	  foreach split /\n/, $views;
	return \%query;
}

1;

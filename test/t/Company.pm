# What the tests of copies of a database compare: the original and the copy must
# answer alike.
package Company;
use strict;
use warnings;
use Exporter qw(import);
use Test::More;
our @EXPORT = qw(answers is_the_same keeps_its_edits);

my @question = (
	# PostgreSQL 17 counts the arrays of types and the rows of views as well
	'members of the extension' => q{
		SELECT pg_describe_object(classid, objid, objsubid) FROM pg_depend
		WHERE deptype = 'e' AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'sales_kpi')
			AND NOT (classid = 'pg_type'::regclass AND objid IN (
				SELECT t.oid FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid WHERE t.typcategory = 'A' OR c.relkind = 'v'))},
	'stored states' => q{SELECT k FROM kept k},
	'stored states as messages' => q{
		SELECT name, sales_kpi.duration_summary_send(durations), sales_kpi.win_summary_send(wins), sales_kpi.customer_history_send(customers),
			sales_kpi.purchase_history_send(purchases), sales_kpi.acquisition_summary_send(acquisition), sales_kpi.revenue_series_send(revenue),
			sales_kpi.business_calendar_send(open_hours)
		FROM kept},
	'stored states by team' => q{SELECT tableoid::regclass, k FROM kept_by_team k},
	'stored states by month' => q{SELECT k FROM kept_by_month k},
	'states made anew' => q{
		SELECT sales_kpi.duration_summary_send(sales_kpi.duration_agg(opened_at, closed_at) FILTER (WHERE closed_at >= opened_at)) FROM crm.deal},
	'a materialized view of the model' => q{SELECT q FROM cycle_by_quarter q},
	'views of the owner' => q{SELECT r::text FROM report r UNION ALL SELECT m::text FROM medians m},
	'settings' => q{SELECT s FROM kpi_base.setting s},
	'statistics' => q{SELECT pg_get_statisticsobjdef(oid) FROM pg_statistic_ext},
	'comments' => q{
		SELECT c.oid::regclass, d.objsubid, d.description FROM pg_description d JOIN pg_class c ON d.classoid = 'pg_class'::regclass AND d.objoid = c.oid
		WHERE c.relnamespace::regnamespace::text LIKE 'kpi%'},
	'owners and grants' => q{SELECT oid::regclass, relowner::regrole, reloptions, relacl FROM pg_class WHERE relnamespace::regnamespace::text ~ '^(kpi|board)'},
	map { ("rows of $_" => "SELECT v FROM $_ v") } qw(board.scorecard board.cycle_length board.data_quality));

# answers(NODE, DATABASE): what the database says to each of the questions, and the rows
# of the views of its model, by their names. Rows by day and by week are most of them, and
# made by the same text as those by month. One session asks all, under settings of no
# database.
sub answers
{
	my ($node, $database) = @_;
	my $views = $node->safe_psql($database,
		q{SELECT c.oid::regclass, CASE WHEN a.attname IS NOT NULL THEN 'WHERE grain NOT IN (''day'', ''week'')' END
		FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'grain'
		WHERE relkind = 'v' AND relnamespace::regnamespace::text LIKE 'kpi%'});
	my %query = (@question, map { my ($view, $condition) = split /\|/, $_, 2; ("rows of $view" => "SELECT v FROM $view v $condition") } split /\n/, $views);
	my $script = join '', "SET timezone = 'UTC'; SET datestyle = 'ISO'; SET intervalstyle = 'iso_8601'; SET extra_float_digits = 1; SET bytea_output = 'hex'; SET jit = off;\n",
	  map { qq{\\echo >>> $_\nSELECT q::text FROM ($query{$_}) q ORDER BY q::text COLLATE "C";\n} } sort keys %query;
	my %answer;
	foreach (grep { $_ ne '' } split /^>>> /m, $node->safe_psql($database, $script))
	{
		my ($name, $rows) = split /\n/, $_, 2;
		$answer{$name} = $rows // '';
	}
	return \%answer;
}

# is_the_same(NODE, DATABASE, ANSWERS, WHAT): the database answers as another has.
sub is_the_same
{
	my ($node, $database, $wanted, $what) = @_;
	my $found = answers($node, $database);
	my @differs = grep { ($found->{$_} // 'nothing') ne ($wanted->{$_} // 'nothing') } sort keys %{ { %$found, %$wanted } };
	is(join(', ', @differs), '', "$what: " . keys(%$wanted) . ' answers are the same');
	is($found->{$_}, $wanted->{$_}, "$what: $_") foreach @differs;
	return;
}

# keeps_its_edits(NODE, DATABASE, WHAT, PSQL'S OPTIONS): repaired, the model knows its two edited
# views from all others, and leaves them as they are.
sub keeps_its_edits
{
	my ($node, $database, $what, %options) = @_;
	my $edited = q{SELECT string_agg(pg_get_viewdef(v), E'\n') FROM unnest('{kpi.cycle_length,kpi_base.customer}'::regclass[]) v};
	my $before = $node->safe_psql($database, $edited);
	my ($status, $stdout, $stderr) = $node->psql($database, q{SET client_min_messages = notice; CALL sales_kpi.repair_model('kpi'); CALL sales_kpi.repair_model('board')}, %options);
	is($status, 0, "$what: the models are repaired");
	is(join(' ', sort $stderr =~ /view (\S+) has been edited/g), 'kpi.cycle_length kpi_base.customer', "$what: the edited views are known, and no others taken for edited");
	is($node->safe_psql($database, $edited), $before, "$what: they are left as they are");
	return;
}

1;

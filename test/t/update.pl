# ALTER EXTENSION UPDATE: from every version that was released, whose script is kept in
# test/released, to the present one. The catalogues are then those of a new installation,
# and models go on. So that there is something to update from before the second release, and
# the comparison is seen to fail, there is also a version made up here.
use strict;
use warnings;
use File::Basename qw(basename dirname);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

# A private copy of the installation, into which scripts can be put. A server looks for
# its files beside its program: this one is copied, and the rest are links.
my $tree = PostgreSQL::Test::Utils::tempdir;
my %installed;
foreach my $what ('bindir', 'pkglibdir', 'sharedir')
{
	($installed{$what}) = run_command([ 'pg_config', "--$what" ]);
	system('mkdir', '-p', "$tree$installed{$what}") == 0
	  and system('cp', $what eq 'bindir' ? '-aL' : '-as', "$installed{$what}/.", "$tree$installed{$what}") == 0
	  or die;
}
my $scripts = "$tree$installed{sharedir}/extension";

my $node = PostgreSQL::Test::Cluster->new('main', install_path => dirname("$tree$installed{bindir}"));
$node->init;
$node->append_conf('postgresql.conf', "max_locks_per_transaction = 512\njit = off");
$node->start;
my $version = $node->safe_psql('postgres', q{SELECT default_version FROM pg_available_extensions WHERE name = 'sales_kpi'});
my $script = slurp_file("$scripts/sales_kpi--$version.sql");

# catalogue(DATABASE, CHANGE): all that is in it, after a change that is taken back.
sub catalogue
{
	my ($database, $change) = @_;
	my $lines = $node->safe_psql($database, "BEGIN; SET LOCAL client_min_messages = error; " . ($change // '') . ";\n" . slurp_file(dirname(__FILE__) . '/catalogue.sql') . 'ROLLBACK');
	return sort split /\n/, $lines;
}

# The lines that only one of two catalogues has.
sub differences
{
	my ($left, $right) = @_;
	my %seen;
	$seen{$_}++ foreach @$left;
	$seen{$_}-- foreach @$right;
	return map { substr(($seen{$_} > 0 ? 'only fresh: ' : 'only updated: ') . $_, 0, 2000) } sort grep { $seen{$_} } keys %seen;
}

# Who has installed it updates it, and need not be a superuser.
$node->safe_psql('postgres', 'CREATE ROLE installer LOGIN; CREATE DATABASE fresh OWNER installer');
my @as_installer = (extra_params => [ '-U', 'installer' ]);
$node->safe_psql('fresh', 'CREATE EXTENSION sales_kpi', @as_installer);
my @fresh = catalogue('fresh');
cmp_ok(scalar @fresh, '>', 2000, 'there is something to compare');

sub updates_from
{
	my ($from) = @_;
	(my $database = "from $from") =~ tr/ ./__/;
	$node->safe_psql('postgres', "CREATE DATABASE $database OWNER installer; CREATE DATABASE ${database}_in_use");
	$node->safe_psql($database, "CREATE EXTENSION sales_kpi VERSION '$from'", @as_installer);
	isnt(scalar differences(\@fresh, [ catalogue($database) ]), 0, "$from is another than $version");
	$node->safe_psql($database, 'ALTER EXTENSION sales_kpi UPDATE', @as_installer);
	is(join("\n", differences(\@fresh, [ catalogue($database) ])), '', "updated from $from, the catalogues are those of a new installation");

	# A model, an edit of it, and a stored state are there meanwhile.
	$database .= '_in_use';
	$node->safe_psql($database, "SET client_min_messages = warning; CREATE EXTENSION sales_kpi VERSION '$from';" . q{
		CALL sales_kpi.create_sources('crm');
		CALL sales_kpi.load_demo('crm', deals => 1000);
		CALL sales_kpi.create_model('kpi', sources => 'crm', as_of => '2026-01-01');
		CREATE TABLE kept AS SELECT sales_kpi.duration_agg(interval '1 day') AS state;
		DO $$ BEGIN EXECUTE format('CREATE OR REPLACE VIEW kpi.timeline WITH (security_invoker = true) AS SELECT * FROM (%s) v WHERE false', rtrim(pg_get_viewdef('kpi.timeline'), ';')); END $$;
		ALTER EXTENSION sales_kpi UPDATE});
	is($node->safe_psql($database, 'SELECT sales_kpi.mean(state) FROM kept'), '1 day', "$from: stored states are read");
	my $views = $node->safe_psql($database, q{SELECT oid::regclass FROM pg_class WHERE relkind = 'v' AND relnamespace IN ('kpi'::regnamespace, 'kpi_base'::regnamespace) ORDER BY 1});
	foreach my $when ('before', 'after')
	{
		my ($status, $stdout, $stderr) = $node->psql($database, join '', map { "SELECT v FROM $_ v LIMIT 1;\n" } split /\n/, $views);
		is($stderr, '', "$from: all views answer $when they are repaired");
		next if $when eq 'after';
		($status, $stdout, $stderr) = $node->psql($database, q{SET client_min_messages = notice; CALL sales_kpi.repair_model('kpi')});
		is($status, 0, "$from: the model is repaired");
		is(join(' ', $stderr =~ /view (\S+) has been edited/g), 'kpi.timeline', "$from: the edited view is known");
	}
	return;
}

# The version made up: a script that takes back what the update brings, new functions, a
# new body and new words.
sub part_of_script
{
	my ($pattern) = @_;
	$script =~ /^($pattern)/m or die "the script has no $pattern";
	return $1;
}

my $made_up = '0.0.1';
my $aggregate = part_of_script(qr/CREATE AGGREGATE sales_kpi\.cross_sell_rate\(customer bigint, family bigint.*?^COMMENT ON AGGREGATE[^\n]*/ms);
append_to_file("$scripts/sales_kpi--$made_up.sql", $script . q{
DROP AGGREGATE sales_kpi.cross_sell_rate(bigint, bigint, integer, timestamptz, tstzrange);
CREATE OR REPLACE FUNCTION sales_kpi.name_fits(target text) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT
SET search_path = pg_catalog, pg_temp
RETURN octet_length(target) <= 58;
COMMENT ON COLUMN sales_kpi.default_setting.name IS 'Name.';
});
append_to_file("$scripts/sales_kpi--$made_up--$version.sql",
	join "\n",
	'\echo Use "ALTER EXTENSION sales_kpi UPDATE" to load this file. \quit',
	'SET LOCAL search_path = pg_catalog, pg_temp;',
	$aggregate,
	part_of_script(qr/CREATE FUNCTION sales_kpi\.name_fits.*?;/s) =~ s/^CREATE/CREATE OR REPLACE/r,
	part_of_script(qr/COMMENT ON COLUMN sales_kpi\.default_setting\.name [^\n]*/),
	part_of_script(qr/GRANT EXECUTE ON ALL ROUTINES [^\n]*/));
updates_from($made_up);

# What an update script can forget is seen: each of these, done to the fresh one, makes it
# another.
foreach my $change (
	'COMMENT ON AGGREGATE sales_kpi.nps(integer) IS NULL',
	'COMMENT ON COLUMN sales_kpi.contract.meaning IS NULL',
	'REVOKE SELECT ON sales_kpi.measure FROM PUBLIC',
	'REVOKE EXECUTE ON FUNCTION sales_kpi.base_schema(text) FROM PUBLIC',
	'REVOKE USAGE ON TYPE sales_kpi.trend_result FROM PUBLIC',
	'GRANT SELECT (name) ON sales_kpi.default_setting TO pg_monitor',
	'ALTER EXTENSION sales_kpi DROP FUNCTION sales_kpi.base_schema(text)',
	'ALTER FUNCTION sales_kpi.base_schema(text) VOLATILE',
	'ALTER FUNCTION sales_kpi.base_schema(text) PARALLEL SAFE',
	'ALTER FUNCTION sales_kpi.base_schema(text) COST 7',
	'ALTER FUNCTION sales_kpi.base_schema(text) RESET search_path',
	'ALTER FUNCTION sales_kpi.wilson_low(bigint, bigint, double precision) CALLED ON NULL INPUT',
	q{CREATE OR REPLACE FUNCTION sales_kpi.base_schema(target text) RETURNS text LANGUAGE sql IMMUTABLE STRICT SET search_path = pg_catalog, pg_temp RETURN target || '_Base'},
	'CREATE OR REPLACE FUNCTION sales_kpi.business_calendar(time_zone text, windows text, holidays date[] DEFAULT NULL) RETURNS sales_kpi.business_calendar LANGUAGE c STABLE STRICT PARALLEL SAFE AS ' . q{'$libdir/sales_kpi', 'business_calendar_make'},
	'ALTER TYPE sales_kpi.trend_result ADD ATTRIBUTE more text',
	'ALTER TYPE sales_kpi.duration_summary SET (STORAGE = external)',
	'CREATE CAST (sales_kpi.duration_summary AS text) WITH INOUT',
	'CREATE OPERATOR sales_kpi.+ (FUNCTION = pg_catalog.interval_pl, LEFTARG = interval, RIGHTARG = interval)',
	$aggregate =~ s/^CREATE/CREATE OR REPLACE/r =~ s/SSPACE = \d+/SSPACE = 1001/r =~ s/^COMMENT.*//mr)
{
	(my $name = $change) =~ s/(.{70}).*/$1.../s;
	isnt(scalar differences(\@fresh, [ catalogue('fresh', $change) ]), 0, "is seen: $name");
}

# A release is kept: its heading in CHANGELOG.md has a date, and test/released its script,
# which then stays as it is.
my @released = slurp_file('CHANGELOG.md') =~ /^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d\d-\d\d$/mg;
my @kept = sort map { basename($_) =~ /^sales_kpi--(.*)\.sql$/ } glob 'test/released/*.sql';
is("@kept", join(' ', sort @released), 'test/released has the script of every version with a date in CHANGELOG.md, and no other');
foreach my $from (@kept)
{
	my $kept = slurp_file("test/released/sales_kpi--$from.sql");
	if ($from eq $version)
	{
		ok($kept eq $script, "the script of $from is what was released: a change of it makes another version");
		next;
	}
	append_to_file("$scripts/sales_kpi--$from.sql", $kept);
	updates_from($from);
}

$node->stop;
done_testing();

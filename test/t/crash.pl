# The server dies in the middle of making sources, of loading the demo and of making
# or changing a model, by itself or killed: nothing is left half made, nothing is lost,
# and the same call then comes to its end.
use strict;
use warnings;
use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', 'max_locks_per_transaction = 512');
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION sales_kpi');

# A command stops where it makes what is named so, and waits for a lock that the test holds.
$node->safe_psql(
	'postgres', q{
	CREATE SCHEMA brake;
	CREATE TABLE brake.point (name text);
	CREATE FUNCTION brake.stop() RETURNS event_trigger LANGUAGE plpgsql AS $$
	BEGIN
		IF EXISTS (SELECT FROM pg_event_trigger_ddl_commands() JOIN brake.point ON object_identity = name) THEN
			PERFORM pg_advisory_xact_lock(1);
		END IF;
	END $$;
	CREATE EVENT TRIGGER stop ON ddl_command_end EXECUTE FUNCTION brake.stop();
	CREATE FUNCTION brake.stop_row() RETURNS trigger LANGUAGE plpgsql AS $$
	BEGIN
		PERFORM pg_advisory_xact_lock(1);
		RETURN NULL;
	END $$});

# All that stands outside the extension and the brake, and the rows of the sources.
sub state_of
{
	my $tables = $node->safe_psql('postgres', q{SELECT oid::regclass FROM pg_class WHERE relkind = 'r' AND relnamespace::regnamespace::text LIKE 'crm%' ORDER BY 1});
	return $node->safe_psql(
		'postgres', join ";\n",
		q{SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' ORDER BY 1},
		q{SELECT oid::regclass, relkind FROM pg_class WHERE relnamespace::regnamespace::text ~ '^(crm|kpi)' ORDER BY oid::regclass::text},
		q{SELECT stxname FROM pg_statistic_ext ORDER BY 1},
		q{SELECT oid::regclass, md5(pg_get_viewdef(oid)) FROM pg_class WHERE relkind = 'v' AND relnamespace::regnamespace::text LIKE 'kpi%' ORDER BY oid::regclass::text},
		map { "SELECT '$_', count(*), sum(hashtext(t::text)) FROM $_ t" } split /\n/, $tables);
}

# crash_in(COMMAND, POINT, HOW): run COMMAND until it makes POINT, and let the server die:
# immediate, with all its processes, or kill9, the first of them, and the others follow.
sub crash_in
{
	my ($command, $point, $how) = @_;
	my $attempts = 300;
	my $before = state_of();
	$node->safe_psql('postgres', "INSERT INTO brake.point VALUES ('$point')");
	my @running;
	foreach (
		[ [ 'SELECT pg_advisory_lock(1)', 'SELECT pg_sleep(600)' ], 'granted' ],
		[ [ 'SET client_min_messages = warning', $command ], 'NOT granted' ])
	{
		my ($statements, $lock) = @$_;
		push @running, IPC::Run::start([ 'psql', '-X', '-q', '-d', $node->connstr('postgres'), map { ('-c', $_) } @$statements ], '&>', \my $output);
		$node->poll_query_until('postgres', "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND $lock)")
		  or die "$command did not come to $point: $output";
	}
	$how eq 'kill9' ? $node->kill9 : $node->stop('immediate');
	$_->finish foreach @running;
	# after the first process is killed, it takes the others a moment to notice
	until ($node->start(fail_ok => 1))
	{
		die 'the server does not start again' if --$attempts == 0;
		select undef, undef, undef, 0.1;
		$node->stop('fast', fail_ok => 1);
	}
	$node->safe_psql('postgres', 'DELETE FROM brake.point');
	is(state_of(), $before, "the server died ($how) in $command, at $point: all is as before");
	return;
}

# finish(COMMAND): the same command comes to its end, and has done something.
sub finish
{
	my ($command) = @_;
	my $before = state_of();
	$node->safe_psql('postgres', "SET client_min_messages = warning; $command");
	isnt(state_of(), $before, "$command comes to its end");
	return;
}

my $sources = q{CALL sales_kpi.create_sources('crm')};
crash_in($sources, 'crm.subscription', 'immediate');
finish($sources);

my $load = q{CALL sales_kpi.load_demo('crm', deals => 1000)};
$node->safe_psql('postgres', 'CREATE TRIGGER stop AFTER INSERT ON crm.subscription FOR EACH STATEMENT EXECUTE FUNCTION brake.stop_row()');
crash_in($load, 'the rows of crm.subscription', 'kill9');
$node->safe_psql('postgres', 'DROP TRIGGER stop ON crm.subscription');
finish($load);

my $model = q{CALL sales_kpi.create_model('kpi', sources => 'crm', as_of => '2026-01-01')};
crash_in($model, 'kpi_base.deal', 'kill9');
crash_in($model, 'kpi.churn', 'immediate');
crash_in($model, 'kpi_base.deal_closed_at_month', 'kill9');
finish($model);
my $rows = $node->safe_psql('postgres', 'SELECT string_agg(s::text, E\'\n\') FROM kpi.scorecard s');
isnt($rows, '', 'there is a scorecard');

# A model that is there is remade where settings change.
my $change = q{CALL sales_kpi.create_model('kpi', fiscal_start => 4)};
crash_in($change, 'kpi.cycle_length', 'kill9');
is($node->safe_psql('postgres', 'SELECT string_agg(s::text, E\'\n\') FROM kpi.scorecard s'), $rows, 'the model answers as before');
finish($change);

$node->stop;
done_testing();

# Another session cancels or ends a query, of one process or of several: it is gone with
# all its workers, and nothing else is.
use strict;
use warnings;
use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', "parallel_setup_cost = 0\nparallel_tuple_cost = 0\nmin_parallel_table_scan_size = 0\njit = off");
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION sales_kpi');
# States of more than a megabyte, each in a page of its own, so that all workers have some
$node->safe_psql(
	'postgres', q{
	CREATE TABLE state (page text, history sales_kpi.customer_history, purchases sales_kpi.purchase_history);
	ALTER TABLE state ALTER page SET STORAGE PLAIN;
	INSERT INTO state
	SELECT repeat('-', 6000), sales_kpi.customer_agg(i * 8 + n, '2024-01-01', NULL, 1) AS history, sales_kpi.purchase_agg(i * 8 + n, '2024-01-01'::timestamptz + i * interval '1 minute', 1) AS purchases
	FROM generate_series(1, 70000) i, generate_series(1, 8) n GROUP BY n;
	ALTER TABLE state SET (parallel_workers = 2);
	ANALYZE state;});

my $rollup = q{SELECT sales_kpi.customers(sales_kpi.rollup(history)), sales_kpi.customers(sales_kpi.rollup(purchases)) FROM state};
my $longer = "$rollup, generate_series(1, 10000)";
like($node->safe_psql('postgres', "EXPLAIN $longer"), qr/Finalize Aggregate(.*\n)*.*Workers Planned: 2(.*\n)*.*Partial Aggregate/, 'workers merge states');

# stop(TITLE, SETTING, QUERY, WORKERS, FUNCTION, MESSAGE): when the query runs, with so
# many workers, its process is given to the function.
sub stop
{
	my ($title, $setting, $query, $workers, $function, $message) = @_;
	my $session = IPC::Run::start([ 'psql', '-X', '-q', '-d', $node->connstr('postgres') . ' application_name=stopped', '-c', $setting, '-c', $query ], '&>', \my $output);
	$node->poll_query_until('postgres', qq{
		SELECT count(*) = 1 AND max((SELECT count(*) FROM pg_stat_activity w WHERE w.leader_pid = a.pid)) = $workers
		FROM pg_stat_activity a WHERE application_name = 'stopped' AND backend_type = 'client backend' AND state = 'active' AND query LIKE 'SELECT%'})
	  or die "$title does not begin";
	$node->safe_psql('postgres', "SELECT $function(pid) FROM pg_stat_activity WHERE application_name = 'stopped' AND backend_type = 'client backend'");
	$session->finish;
	like($output, qr/$message/, $title);
	ok($node->poll_query_until('postgres', q{SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name = 'stopped' OR backend_type = 'parallel worker'}), '... leaves no process');
	is($node->safe_psql('postgres', $rollup), '560000|560000', '... and queries are answered');
	return;
}

my $alone = 'SET max_parallel_workers_per_gather = 0';
my $canceled = 'canceling statement due to user request';
stop('a transition is canceled', $alone, q{SELECT sales_kpi.customers(sales_kpi.acquisition_agg(1, n)) FROM (SELECT generate_series(1, 2000000000) AS n) s}, 0, 'pg_cancel_backend', $canceled);
stop('a rollup is canceled', $alone, $longer, 0, 'pg_cancel_backend', $canceled);
stop('a rollup by workers is canceled', 'SET max_parallel_workers_per_gather = 2', $longer, 2, 'pg_cancel_backend', $canceled);
stop('a rollup by workers is ended', 'SET max_parallel_workers_per_gather = 2', $longer, 2, 'pg_terminate_backend', 'terminating connection due to administrator command');
unlike(slurp_file($node->logfile), qr/PANIC|terminated by signal/, 'no process dies');

$node->stop;
done_testing();

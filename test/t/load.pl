# 64 sessions read KPIs while others write rows and one remakes the model: no error,
# and at the end the KPIs are those of the rows.
use strict;
use warnings;
use File::Basename qw(dirname);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->append_conf('postgresql.conf', "max_connections = 100\nmax_locks_per_transaction = 512");
$node->start;
$node->safe_psql('postgres', 'CREATE EXTENSION sales_kpi');
$node->safe_psql('postgres', slurp_file(dirname(__FILE__) . '/company.sql'));
my $directory = PostgreSQL::Test::Utils::tempdir;

# Each KPI is read by a script of its own, as often as each other.
sub script
{
	my ($name, $weight, $text) = @_;
	append_to_file("$directory/$name.sql", "$text\n");
	return ('-f', "$directory/$name.sql\@$weight");
}
my @readers = map { my ($view, $filter) = split /\|/; script("read_$view", 1, "SELECT count(v), max(v::text) FROM kpi.$view v $filter;") }
  split /\n/, $node->safe_psql('postgres', q{
	SELECT relname, CASE WHEN EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid AND attname = 'grain') THEN 'WHERE grain = ''month''' ELSE '' END
	FROM pg_class c WHERE relnamespace = 'kpi'::regnamespace AND relkind = 'v' ORDER BY 1});
cmp_ok(@readers / 2, '>', 20, 'there are KPIs to read');
my @writers = (
	script('deal', 8, q{
\set id random(1000, 100000000)
INSERT INTO crm.deal (deal_id, opened_at, closed_at, outcome, amount, rep_id, customer_id)
	VALUES (:client_id * 1000000 + :id, '2025-03-01'::timestamptz + :id % 200 * interval '1 day', '2025-11-01', 'won', :id % 1000, 1 + :id % 4, :id % 10);}),
	script('change', 4, q{
\set id random(1, 900)
UPDATE crm.deal SET amount = amount + 1, outcome = CASE outcome WHEN 'won' THEN 'lost' ELSE 'won' END WHERE deal_id = :id;}),
	script('lead', 4, q{
\set id random(1000, 100000000)
INSERT INTO crm.lead (lead_id, arrived_at, rep_id) VALUES (:client_id * 1000000 + :id, '2025-03-01'::timestamptz + :id % 200 * interval '1 day', 1);}));

# Each remake changes all views.
my @remakers = (
	script('remake', 2, q{
\set zone random(0, 1)
CALL sales_kpi.create_model('kpi', time_zone => CASE :zone WHEN 0 THEN 'UTC' ELSE 'Asia/Jakarta' END);}),
	script('repair', 1, q{CALL sales_kpi.repair_model('kpi');}));
my $remaker = IPC::Run::start([ 'pgbench', '-n', '-c', '1', '-t', '6', @remakers, $node->connstr('postgres') ], '&>', \my $remade);
$node->command_checks_all(
	[ 'pgbench', '-n', '-c', '64', '-j', '2', '-t', '4', @readers, @writers, $node->connstr('postgres') ],
	0, [qr/number of transactions actually processed: 256\/256/, qr/number of failed transactions: 0/], [qr/^(?!.*ERROR)/s], '64 sessions read and write');
$remaker->finish;
like($remade, qr/6\/6/, '... while the model is remade');
$node->safe_psql('postgres', q{CALL sales_kpi.create_model('kpi', time_zone => 'UTC')});
is( $node->safe_psql('postgres', q{SELECT sum(won) FROM kpi.win_rate WHERE grain = 'month' AND dimension = 'all' AND basis = 'closed'}),
	# amounts below zero are left out
	$node->safe_psql('postgres', q{SELECT count(*) FROM crm.deal WHERE outcome = 'won' AND closed_at BETWEEN opened_at AND '2026-01-01' AND coalesce(amount, 0) >= 0}),
	'at the end the wins are those of the deals');
unlike(slurp_file($node->logfile), qr/ERROR|PANIC|terminated by signal/, 'the server has nothing to complain of');

$node->stop;
done_testing();

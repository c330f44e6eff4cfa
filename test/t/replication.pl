# Logical replication: stored states come to a subscriber with the same bytes, those that
# are there already and those that are written later, as text and as messages. Publisher
# and subscriber are two databases of one cluster.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(allows_streaming => 'logical');
$node->start;
my $table = q{
	CREATE EXTENSION sales_kpi;
	CREATE TABLE kept (
		name text PRIMARY KEY,
		durations sales_kpi.duration_summary,
		wins sales_kpi.win_summary,
		customers sales_kpi.customer_history,
		purchases sales_kpi.purchase_history,
		acquisition sales_kpi.acquisition_summary,
		revenue sales_kpi.revenue_series,
		open_hours sales_kpi.business_calendar DEFAULT 'America/New_York: Mon-Fri 09:00-17:00, Sat 22:00-02:00; closed 2025-12-25',
		mean interval GENERATED ALWAYS AS (sales_kpi.mean(durations)) STORED)};

# State of $1 rows, small ones and some that are kept out of line.
my $state = q{
	INSERT INTO kept (name, durations, wins, customers, purchases, acquisition, revenue)
	SELECT 'of ' || $1, sales_kpi.duration_agg(i * i * interval '1.234567 s'),
		sales_kpi.win_curve_agg(at, at + i % 99 * interval '1 day', CASE i % 3 WHEN 0 THEN 'won' ELSE 'lost' END, '2030-01-01'),
		sales_kpi.customer_agg('customer ' || i, at, at + i * interval '1 h', i),
		sales_kpi.purchase_agg(i % 100, 'family ' || i % 7, i % 5, at, i),
		sales_kpi.acquisition_agg(i / 100.0, i),
		sales_kpi.revenue_agg(at, i / 100.0, '{2025-01-01,2026-01-01,2027-01-01}')
	FROM generate_series(1, $1) i, LATERAL (SELECT timestamptz '2025-01-01 00:00+00' + i * interval '9 h') t (at)};
my $bytes = q{
	SELECT name, mean, md5(concat_ws(' ', sales_kpi.duration_summary_send(durations), sales_kpi.win_summary_send(wins), sales_kpi.customer_history_send(customers),
		sales_kpi.purchase_history_send(purchases), sales_kpi.acquisition_summary_send(acquisition), sales_kpi.revenue_series_send(revenue),
		sales_kpi.business_calendar_send(open_hours)))
	FROM kept ORDER BY name};
sub state_of { return $state =~ s/\$1/$_[0]/gr; }

$node->safe_psql('postgres', 'CREATE DATABASE publisher');
$node->safe_psql('publisher', "$table; CREATE PUBLICATION states FOR TABLE kept; " . state_of(10) . '; ' . state_of(3000) . q{; INSERT INTO kept (name) VALUES ('none')});
my $connection = $node->safe_psql('postgres', 'SELECT quote_literal($$' . $node->connstr('publisher') . '$$)');
my %is_binary = (as_text => 'false', as_messages => 'true');
foreach my $subscriber (sort keys %is_binary)
{
	# the slot has to be there before, for both databases are of one cluster
	$node->safe_psql('postgres', "CREATE DATABASE $subscriber");
	$node->safe_psql('publisher', "SELECT pg_create_logical_replication_slot('$subscriber', 'pgoutput')");
	$node->safe_psql($subscriber, "$table; CREATE SUBSCRIPTION $subscriber CONNECTION $connection PUBLICATION states WITH (create_slot = false, binary = $is_binary{$subscriber})");
}

sub is_replicated
{
	my ($what) = @_;
	foreach my $subscriber (sort keys %is_binary)
	{
		$node->wait_for_catchup($subscriber);
		$node->poll_query_until($subscriber, q{SELECT count(*) = 1 FROM pg_subscription_rel WHERE srsubstate = 'r'}) or die;
		is($node->safe_psql($subscriber, $bytes), $node->safe_psql('publisher', $bytes), "$subscriber: $what");
	}
	return;
}

is_replicated('states that were there');
$node->safe_psql('publisher', state_of(20) . '; ' . state_of(4000));
is_replicated('states written later');
$node->safe_psql('publisher', q{
	UPDATE kept SET durations = (SELECT sales_kpi.rollup(durations) FROM kept) WHERE name = 'none';
	UPDATE kept SET open_hours = 'UTC: Mon 00:00-24:00' WHERE name = 'of 4000';
	DELETE FROM kept WHERE name = 'of 10'});
is_replicated('states changed and deleted');
is($node->safe_psql('publisher', 'SELECT count(*), max(pg_column_size(customers)) > 10000 FROM kept'), '4|t', 'there was something to replicate');

$node->safe_psql($_, "DROP SUBSCRIPTION $_") foreach keys %is_binary;
$node->stop;
done_testing();

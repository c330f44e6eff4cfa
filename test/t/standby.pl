# On a hot standby, which is read-only, models and stored states answer with the same
# bits; promoted, it goes on as a primary.
use strict;
use warnings;
use File::Basename qw(dirname);
use lib dirname(__FILE__);
use Company;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $primary = PostgreSQL::Test::Cluster->new('primary');
$primary->init(allows_streaming => 1);
$primary->append_conf('postgresql.conf', 'max_locks_per_transaction = 512');
$primary->start;
$primary->safe_psql('postgres', 'CREATE EXTENSION sales_kpi');
$primary->backup('backup');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($primary, 'backup', has_streaming => 1);
# The standby waits for its queries before it clears away what the primary has cleared.
$standby->append_conf('postgresql.conf', 'max_standby_streaming_delay = -1');
$standby->start;

$primary->safe_psql('postgres', slurp_file(dirname(__FILE__) . '/company.sql'));
$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));
my $original = answers($primary, 'postgres');
is_the_same($standby, 'postgres', $original, 'standby');

my $findings = q{SELECT count(*) FROM sales_kpi.check_sources('crm')};
is($standby->safe_psql('postgres', $findings), $primary->safe_psql('postgres', $findings), 'the sources can be checked');
my ($status, $stdout, $stderr) = $standby->psql('postgres', q{CALL sales_kpi.repair_model('kpi')});
isnt($status, 0, 'a model cannot be repaired');
like($stderr, qr/read-only|during recovery/, 'because nothing can be written');
ok($standby->psql('postgres', 'SELECT 1') == 0, 'the standby goes on');

$primary->stop;
$standby->promote;
keeps_its_edits($standby, 'postgres', 'promoted');
is_the_same($standby, 'postgres', $original, 'promoted and repaired');
my $more = q{
	INSERT INTO kept (name, durations) SELECT 'more', sales_kpi.rollup(durations) FROM kept;
	CALL sales_kpi.create_model('another', sources => 'crm', as_of => '2026-01-01')};
$standby->safe_psql('postgres', "SET client_min_messages = warning; $more");
is($standby->safe_psql('postgres', q{SELECT count(*) > 5 FROM another.scorecard, kept WHERE name = 'more' AND sales_kpi.sample_size(durations) > 20000}), 't', 'promoted, it keeps states and makes models');

$standby->stop;
done_testing();

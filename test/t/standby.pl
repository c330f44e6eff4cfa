# On a hot standby, which is read-only, the KPI views answer with the same bits.
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
my $compared = compared($primary, 'postgres');
foreach (sort keys %$compared)
{
	is($standby->safe_psql('postgres', $compared->{$_}), $primary->safe_psql('postgres', $compared->{$_}), $_);
}

my $findings = q{SELECT count(*) FROM sales_kpi.check_sources('crm')};
is($standby->safe_psql('postgres', $findings), $primary->safe_psql('postgres', $findings), 'the sources can be checked');
my ($status, $stdout, $stderr) = $standby->psql('postgres', q{CALL sales_kpi.repair_model('kpi')});
isnt($status, 0, 'a model cannot be repaired');
like($stderr, qr/read-only|during recovery/, 'because nothing can be written');
ok($standby->psql('postgres', 'SELECT 1') == 0, 'the standby goes on');

$standby->promote;
$standby->safe_psql('postgres', q{CALL sales_kpi.repair_model('kpi')});
is($standby->safe_psql('postgres', $compared->{$_}), $primary->safe_psql('postgres', $compared->{$_}), "promoted and repaired: $_")
  foreach sort keys %$compared;

$standby->stop;
$primary->stop;
done_testing();

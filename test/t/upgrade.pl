# pg_upgrade: a database with models and stored states goes to another cluster, of the
# same PostgreSQL, or from the older one whose programs SALES_KPI_OLD_BINDIR names.
use strict;
use warnings;
use File::Basename qw(dirname);
use lib dirname(__FILE__);
use Company;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $old_bindir = $ENV{SALES_KPI_OLD_BINDIR};
my $old = PostgreSQL::Test::Cluster->new('old', $old_bindir ? (install_path => dirname($old_bindir)) : ());
my $new = PostgreSQL::Test::Cluster->new('new');
foreach ($old, $new)
{
	# whether a cluster has checksums by itself depends on the version
	$_->init(extra => ['--data-checksums']);
	$_->append_conf('postgresql.conf', 'max_locks_per_transaction = 512');
}
$old->start;
$old->safe_psql('postgres', 'CREATE EXTENSION sales_kpi');
$old->safe_psql('postgres', slurp_file(dirname(__FILE__) . '/company.sql'));
my $original = answers($old, 'postgres');
my $from = $old->safe_psql('postgres', 'SHOW server_version');
$old->stop;

my $directory = PostgreSQL::Test::Utils::tempdir;
chdir $directory or die;
command_ok(
	[
		'pg_upgrade', '--no-sync', '-d', $old->data_dir, '-D', $new->data_dir,
		'-b', $old_bindir || $new->config_data('--bindir'), '-B', $new->config_data('--bindir'),
		'-s', $new->host, '-p', $old->port, '-P', $new->port
	],
	'pg_upgrade');
$new->start;
note("pg_upgrade from $from to " . $new->safe_psql('postgres', 'SHOW server_version'));
is_the_same($new, 'postgres', $original, 'upgraded');
keeps_its_edits($new, 'postgres', 'upgraded');
is_the_same($new, 'postgres', $original, 'upgraded and repaired');

$new->stop;
done_testing();

# pg_upgrade: a database with a model and stored states goes to another cluster, of the
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
$_->init foreach ($old, $new);
$old->append_conf('postgresql.conf', 'max_locks_per_transaction = 512');
$old->start;
$old->safe_psql('postgres', 'CREATE EXTENSION sales_kpi');
$old->safe_psql('postgres', slurp_file(dirname(__FILE__) . '/company.sql'));
my $compared = compared($old, 'postgres');
my %original = map { $_ => $old->safe_psql('postgres', $compared->{$_}) } keys %$compared;
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
$new->append_conf('postgresql.conf', 'max_locks_per_transaction = 512');
$new->start;
is($new->safe_psql('postgres', $compared->{$_}), $original{$_}, $_) foreach sort keys %$compared;
my ($status, $stdout, $stderr) = $new->psql('postgres', q{CALL sales_kpi.repair_model('kpi')});
is($status, 0, 'the model is repaired');
unlike($stderr, qr/edited/, 'no view is taken for edited');

$new->stop;
done_testing();

# A database that holds a model and stored states is dumped and restored: everything
# is as it was, and its owner, who is no superuser, could do it.
use strict;
use warnings;
use File::Basename qw(dirname);
use lib dirname(__FILE__);
use Company;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE ROLE owner LOGIN; CREATE ROLE analyst LOGIN');
my @as_owner = ('-U', 'owner', '-h', $node->host, '-p', $node->port);
my $directory = PostgreSQL::Test::Utils::tempdir;

# No superuser is needed once the files are installed.
$node->safe_psql('postgres', 'CREATE DATABASE company OWNER owner');
$node->safe_psql('company', 'CREATE EXTENSION sales_kpi', extra_params => [ '-U', 'owner' ]);
command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', @as_owner, '-f', dirname(__FILE__) . '/company.sql', 'company' ],
	'the owner makes a model');
$node->safe_psql('company', q{CALL sales_kpi.grant_read('kpi', 'analyst')}, extra_params => [ '-U', 'owner' ]);
my $compared = compared($node, 'company');
my %original = map { $_ => $node->safe_psql('company', $compared->{$_}) } keys %$compared;

sub is_the_same
{
	my ($database) = @_;
	is($node->safe_psql($database, $compared->{$_}), $original{$_}, "$database: $_") foreach sort keys %$compared;
	return;
}

cmp_ok(length $original{'rows of kpi.cycle_length'}, '>', 1000, 'there is something to compare');

# Plain, all of it restored by a superuser into an empty database.
command_ok([ 'pg_dump', @as_owner, '-f', "$directory/plain.sql", 'company' ], 'plain dump');
$node->safe_psql('postgres', 'CREATE DATABASE plain OWNER owner');
command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', '-h', $node->host, '-p', $node->port, '-f', "$directory/plain.sql", 'plain' ],
	'plain restore');
is_the_same('plain');

# Custom format, restored by the owner, the extension too.
command_ok([ 'pg_dump', '-Fc', @as_owner, '-f', "$directory/custom", 'company' ], 'custom dump');
$node->safe_psql('postgres', 'CREATE DATABASE custom OWNER owner');
command_ok([ 'pg_restore', '-e', '-1', @as_owner, '-d', 'custom', "$directory/custom" ], 'custom restore by the owner');
is_the_same('custom');

# What is restored goes on working: the model is not taken for edited.
foreach my $database ('plain', 'custom')
{
	my ($status, $stdout, $stderr) =
	  $node->psql($database, q{CALL sales_kpi.repair_model('kpi')}, extra_params => [ '-U', 'owner' ]);
	is($status, 0, "$database: the owner repairs the model");
	unlike($stderr, qr/edited/, "$database: no view is taken for edited");
	is_the_same($database);
}

$node->stop;
done_testing();

# A database that holds models, edits of them and stored states is dumped and restored,
# in every form that pg_dump has: everything is as it was, and a dump of the copy is the
# same text. Its owner, who is no superuser, could do all of it, and the settings of the
# database that it is restored into do not matter.
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
$node->append_conf('postgresql.conf', 'max_locks_per_transaction = 512');
$node->start;
$node->safe_psql('postgres', 'CREATE ROLE owner LOGIN; CREATE ROLE analyst LOGIN');
my @as_owner = ('-U', 'owner', '-h', $node->host, '-p', $node->port);
my @as_superuser = ('-h', $node->host, '-p', $node->port);
my $directory = PostgreSQL::Test::Utils::tempdir;

# No superuser is needed once the files are installed.
$node->safe_psql('postgres', 'CREATE DATABASE company OWNER owner');
$node->safe_psql('company', 'CREATE EXTENSION sales_kpi', extra_params => [ '-U', 'owner' ]);
command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', @as_owner, '-f', dirname(__FILE__) . '/company.sql', 'company' ],
	'the owner makes models');
$node->safe_psql('company', q{CALL sales_kpi.grant_read('kpi', 'analyst'); CALL sales_kpi.grant_read('board', 'analyst'); GRANT SELECT (name, durations) ON kept TO analyst},
	extra_params => [ '-U', 'owner' ]);
my $original = answers($node, 'company');
cmp_ok(length $original->{'rows of kpi.cycle_length'}, '>', 1000, 'there is something to compare');

# A database of the owner's, in which whatever is written or read without saying how
# looks different.
sub new_database
{
	my ($name) = @_;
	$node->safe_psql('postgres', "CREATE DATABASE $name OWNER owner; " . join ' ', map { "ALTER DATABASE $name SET $_;" } (
		q{timezone = 'Asia/Kolkata'}, q{datestyle = 'German'}, q{intervalstyle = 'sql_standard'}, 'extra_float_digits = -15', q{bytea_output = 'escape'}));
	return;
}

# The text of a dump. Two things differ by themselves: the word that, from 15.14 on, keeps
# psql from commands in the data is another each time, and times in a view are printed in
# the zone of who asks.
sub dump_of
{
	my ($database, @options) = @_;
	local $ENV{PGTZ} = 'UTC';
	command_ok([ 'pg_dump', @options, @as_owner, '-f', "$directory/$database.sql", $database ], join(' ', "dump of $database", @options));
	my $text = slurp_file("$directory/$database.sql");
	$text =~ s/^(\\(un)?restrict) \w+$/$1/mg;
	return $text;
}

my $dump = dump_of('company');
cmp_ok(length $dump, '>', 1e6, 'there is something to dump');

sub is_copied
{
	my ($database) = @_;
	my @wanted = split /\n/, $dump;
	my @found = split /\n/, dump_of($database);
	my ($line) = grep { ($wanted[$_] // '') ne ($found[$_] // '') } 0 .. (@wanted > @found ? $#wanted : $#found);
	ok(!defined $line, "$database: its dump is the same");
	is(substr($found[$line] // '', 0, 1000), substr($wanted[$line] // '', 0, 1000), "$database: line $line of its dump") if defined $line;
	return;
}

# Plain, restored by a superuser.
new_database('plain');
command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', @as_superuser, '-f', "$directory/company.sql", 'plain' ], 'plain restore');
is_copied('plain');
is_the_same($node, 'plain', $original, 'plain');

# Custom format, restored by the owner, the extension too.
command_ok([ 'pg_dump', '-Fc', @as_owner, '-f', "$directory/custom", 'company' ], 'custom dump');
new_database('custom');
command_ok([ 'pg_restore', '-e', '-1', @as_owner, '-d', 'custom', "$directory/custom" ], 'custom restore by the owner');
is_copied('custom');

# The same file, section by section.
new_database('sections');
command_ok([ 'pg_restore', '-e', "--section=$_", @as_owner, '-d', 'sections', "$directory/custom" ], "restore of the section $_")
  foreach ('pre-data', 'data', 'post-data');
is_copied('sections');

# A directory, by two processes.
command_ok([ 'pg_dump', '-Fd', '-j', '2', @as_owner, '-f', "$directory/directory", 'company' ], 'directory dump');
new_database('parallel');
command_ok([ 'pg_restore', '-e', '-j', '2', @as_owner, '-d', 'parallel', "$directory/directory" ], 'restore by two processes');
is_copied('parallel');

# First the schema, then the data, which are the tables' alone.
new_database('halves');
foreach my $half ('--schema-only', '--data-only')
{
	dump_of('company', $half);
	command_ok([ 'psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', @as_owner, '-f', "$directory/company.sql", 'halves' ], "restore of $half");
}
$node->safe_psql('halves', 'REFRESH MATERIALIZED VIEW cycle_by_quarter; REFRESH MATERIALIZED VIEW kept_by_month', extra_params => [ '-U', 'owner' ]);
is_copied('halves');

# What is restored goes on working.
keeps_its_edits($node, 'custom', 'restored', extra_params => [ '-U', 'owner' ]);
is_the_same($node, 'custom', $original, 'restored and repaired');

$node->stop;
done_testing();

# The documents keep what they say: their examples print what is shown, the reference
# names what is there and nothing else, and links lead somewhere.
use strict;
use warnings;
use File::Basename qw(dirname);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--locale=C', '--encoding=UTF8' ]);
$node->start;

my @documents = ('README.md', 'CHANGELOG.md', glob('doc/*.md'));
my %text = map { $_ => slurp_file($_) } @documents;

# Examples. Each document that shows output has a database of its own, and a session
# in a zone that no example may depend on.
sub database_of
{
	my ($document) = @_;
	return lc $document =~ s/\W/_/gr;
}

# The blocks of a language in a document, each with its line.
sub blocks
{
	my ($language, $markdown) = @_;
	my @blocks;
	while ($markdown =~ /^```(\w*)\n(.*?)^```$/msg)
	{
		push @blocks, [ 1 + (substr($markdown, 0, $-[0]) =~ tr/\n//), $2 ] if $1 eq $language;
	}
	return @blocks;
}

# Output that stands right after no example would be compared with itself.
foreach my $document (@documents)
{
	my $rest = $text{$document} =~ s/^```sql\n.*?^```\n(\s*^```text\n.*?^```\n)?//msgr;
	is(join("\n", map { $_->[1] } blocks('text', $rest)), '', "$document: all output is that of an example");
}

foreach my $document (grep { $text{$_} =~ /^```text$/m } @documents)
{
	local %ENV = (%ENV, PGHOST => $node->host, PGPORT => $node->port, PGDATABASE => database_of($document), PGTZ => 'Pacific/Chatham');
	$node->safe_psql('postgres', "CREATE DATABASE $ENV{PGDATABASE}");
	my ($printed, $complaint) = run_command([ 'tools/examples', $document ]);
	is($complaint, '', "$document: the examples run");
	my @printed = blocks('text', $printed);
	foreach my $shown (blocks('text', $text{$document}))
	{
		is((shift @printed // [])->[1], $shown->[1], "$document, line $shown->[0]");
	}
}

# The reference. Signatures stand in blocks without a language, continued on indented
# lines; columns of views in tables below the heading of the view.
my $reference = $text{'doc/reference.md'};

sub in_reference
{
	my ($query) = @_;
	return map { shortened($_) } split /\n/, $node->safe_psql(database_of('doc/reference.md'), "SET search_path = sales_kpi; $query");
}

sub shortened
{
	my ($signature) = @_;
	my %short = ('timestamp with time zone' => 'timestamptz', 'timestamp without time zone' => 'timestamp', 'time without time zone' => 'time', 'double precision' => 'float8');
	$signature =~ s/$_/$short{$_}/g foreach keys %short;
	$signature =~ s/\bIN (?=\w+ \w)|::[a-z ]+(?:\[\])?(?=[,)])//g;
	return $signature;
}

# What stands in one of two lists only, or in one of them more often.
sub differences
{
	my ($left, $right) = @_;
	my %count;
	$count{$_}++ foreach @$left;
	$count{$_}-- foreach @$right;
	return grep { $count{$_} } sort keys %count;
}

my @signatures = map { s/\( /(/r } map { split /\n/, $_->[1] =~ s/\n\t/ /gr } blocks('', $reference);
my @objects = in_reference(q{
	SELECT format('%s%s(%s)%s', CASE prokind WHEN 'p' THEN 'PROCEDURE ' END, proname, pg_get_function_arguments(oid),
		' -> ' || pg_get_function_result(oid))
	FROM pg_proc
	WHERE pronamespace = 'sales_kpi'::regnamespace AND obj_description(oid, 'pg_proc') NOT LIKE 'Internal:%'
		AND oid NOT IN (SELECT unnest(ARRAY[typinput, typoutput, typreceive, typsend]::oid[]) FROM pg_type)
	UNION ALL
	SELECT 'TYPE ' || typname FROM pg_type
	WHERE typnamespace = 'sales_kpi'::regnamespace AND obj_description(oid, 'pg_type') NOT LIKE 'Internal:%'
	UNION ALL
	SELECT 'VIEW ' || relname FROM pg_class
	WHERE relnamespace = 'sales_kpi'::regnamespace AND relkind = 'v' AND obj_description(oid, 'pg_class') NOT LIKE 'Internal:%'});
is(join("\n", differences(\@signatures, \@objects)), '', 'the reference has every public object, as it is in the catalogs');

my @described;
while ($reference =~ /^### (?:kpi\.(\w+)|Columns in common)\n(.*?)(?=^#)/msg)
{
	my ($view, $section) = ($1 // 'in common', $2);
	push @described, "$view: $1 $2" while $section =~ /^\| `(\w+)` \| (\w+) \| .+ \|$/mg;
}
my @columns = in_reference(q{
	SELECT DISTINCT format('%s: %s %s', CASE WHEN bool_or(attname = 'dimension') OVER (PARTITION BY attrelid)
		AND attname IN ('grain', 'period_start', 'period_end', 'is_partial', 'dimension', 'member', 'member_name')
		THEN 'in common' ELSE relname END, attname, format_type(atttypid, NULL))
	FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
	WHERE relnamespace = 'kpi'::regnamespace AND attnum > 0});
is(join("\n", differences(\@described, \@columns)), '', 'the reference has every column of every KPI view');

# Links. A heading is linked to by its words in small letters.
my %anchors;
foreach my $document (@documents)
{
	my %seen;
	foreach my $heading ($text{$document} =~ /^#+ (.+)$/mg)
	{
		my $anchor = lc($heading) =~ s/[^\w\- ]//gr =~ s/ /-/gr;
		$anchors{"$document#$anchor" . ($seen{$anchor}++ ? '-' . ($seen{$anchor} - 1) : '')} = 1;
	}
}
foreach my $document (@documents)
{
	my @broken;
	foreach my $link (grep { !/^https?:/ } $text{$document} =~ /\]\(([^)\s]+)\)/g)
	{
		my ($file, $anchor) = $link =~ /^([^#]*)(#.*)?$/;
		my $target = $file eq '' ? $document : dirname($document) . "/$file";
		$target =~ s{^\./|\w+/\.\./}{}g;
		push @broken, $link unless defined $anchor ? $anchors{"$target$anchor"} : -e $target;
	}
	is(join("\n", @broken), '', "$document: the links lead somewhere");
}

$node->stop;
done_testing();

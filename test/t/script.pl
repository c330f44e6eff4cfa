# What CREATE EXTENSION runs, perhaps as a superuser in the database of another: by its
# text, where the catalogs cannot tell. test/pgtap/catalog.sql looks at what it makes.
# Each rule is tried on a script that breaks it, too.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

# The statements of a script without their comments, and with '' for each string, so
# that a word in them is a word of the script. A body between dollars stays as $$, that
# of BEGIN ATOMIC as BEGIN ATOMIC; both are given beside, as [statement, body].
sub statements
{
	my ($script) = @_;
	my (@statements, @bodies);
	my $statement = '';
	while ($script =~ /\G(?:(?<comment>--[^\n]*|\/\*.*?\*\/)|\$(?<tag>\w*)\$(?<body>.*?)\$\g{tag}\$|(?<string>'(?:[^']|'')*')
			|(?<name>"[^"]*")|BEGIN[ ]ATOMIC\b(?<atomic>.*?)\nEND(?=;)|(?<end>;)|(?<other>.))/gsx)
	{
		if (defined $+{end})
		{
			$statement =~ s/\s+/ /g;
			push @statements, [ $statement =~ s/^ | $//gr, join("\n", @bodies) ];
			($statement, @bodies) = ('');
			next;
		}
		push @bodies, $+{body} // $+{atomic} if defined($+{body} // $+{atomic});
		$statement .= defined $+{comment} ? ' ' : defined $+{body} ? '$$' : defined $+{atomic} ? 'BEGIN ATOMIC' : defined $+{string} ? q{''} : $+{name} // $+{other};
	}
	push @statements, [ $statement, '' ] if $statement =~ /\S/;
	return @statements;
}

# What a script may say. It creates, in a schema that it has created; it changes nothing
# that was there, takes over nothing, and calls no function.
my $own = qr/sales_kpi\.\w+/;
my @allowed = (
	qr/^CREATE (?:FUNCTION|PROCEDURE|AGGREGATE|TYPE|VIEW) $own\b/,
	qr/^COMMENT ON SCHEMA sales_kpi IS ''$/,
	qr/^COMMENT ON (?:FUNCTION|PROCEDURE|AGGREGATE|TYPE|VIEW|COLUMN) $own/,
	qr/^GRANT USAGE ON SCHEMA sales_kpi TO PUBLIC$/,
	qr/^GRANT SELECT ON $own TO PUBLIC$/,
	qr/^GRANT EXECUTE ON ALL ROUTINES IN SCHEMA sales_kpi TO PUBLIC$/,
	qr/^GRANT USAGE ON TYPE $own(?:, $own)* TO PUBLIC$/);

# Where dynamic SQL may replace or adopt what is there: the views and tables of a model,
# in schemas that hold_model has found to be the caller's.
my %may_adopt = map { $_ => 1 } qw(sales_kpi.keep_settings sales_kpi.put_view);

sub faults_of_script
{
	my ($script) = @_;
	my @faults;
	push @faults, 'can be run by hand' unless $script =~ s/\A\\echo [^\n]* \\quit\n//;
	my ($path, $schema, @rest) = statements($script);
	push @faults, 'begins with another path' unless $path && $path->[0] eq 'SET LOCAL search_path = pg_catalog, pg_temp';
	push @faults, 'does not make its schema first' unless $schema && $schema->[0] eq 'CREATE SCHEMA sales_kpi';
	foreach my $statement (@rest)
	{
		my ($text, $body) = @$statement;
		my ($name) = $text =~ /($own)/;
		push @faults, 'says ' . substr($text, 0, 100) unless grep { $text =~ $_ } @allowed;
		push @faults, "takes over what is there: $name" if $body =~ /\bOR REPLACE\b|\bCREATE(?: \w+)+ IF NOT EXISTS\b/i && !$may_adopt{$name};
	}
	return @faults;
}

# A schema to be put into would be one that somebody has made: the script makes its own.
sub faults_of_control
{
	my ($control) = @_;
	# the server takes blanks and the sign between a key and its value as optional
	my %setting = map { /^\s*(\w+)\s*=?\s*(.*)$/ ? ($1 => $2) : () } split /\n/, $control;
	my @faults;
	push @faults, 'is relocatable' unless ($setting{relocatable} // '') eq 'false';
	push @faults, 'adopts a schema' unless ($setting{schema} // '') eq 'pg_catalog';
	push @faults, 'wants other extensions' if $setting{requires};
	push @faults, "has a key that nobody has thought about: $_"
	  foreach grep { !/^(?:comment|default_version|module_pathname|relocatable|schema|trusted)$/ } sort keys %setting;
	return @faults;
}

my $node = PostgreSQL::Test::Cluster->new('main');
my $extensions = $node->config_data('--sharedir') . '/extension';
my $control = slurp_file("$extensions/sales_kpi.control");
my ($version) = $control =~ /^default_version = '(.*)'$/m;
my $script = slurp_file("$extensions/sales_kpi--$version.sql");

is_deeply([ faults_of_control($control) ], [], 'the control file adopts nothing');
is_deeply([ faults_of_script($script) ], [], 'the script creates, and does nothing else');
cmp_ok(scalar statements($script), '>', 700, 'all of it was read');

my $head = "\\echo Use CREATE EXTENSION \\quit\nSET LOCAL search_path = pg_catalog, pg_temp;\nCREATE SCHEMA sales_kpi;\n";
is_deeply([ faults_of_script($head) ], [], 'a head alone is none');
foreach my $broken (
	[ $head =~ s/^.*\n//r, 'can be run by hand' ],
	[ $head =~ s/= pg_catalog/= public, pg_catalog/r, 'begins with another path' ],
	[ $head =~ s/, pg_temp//r, 'begins with another path' ],
	[ $head =~ s/SCHEMA/SCHEMA IF NOT EXISTS/r, 'does not make its schema first' ],
	[ $head . 'CREATE OR REPLACE FUNCTION sales_kpi.f() RETURNS int RETURN 1;', 'says CREATE OR REPLACE FUNCTION' ],
	[ $head . 'CREATE VIEW v AS SELECT 1;', 'says CREATE VIEW v' ],
	[ $head . 'CREATE VIEW public.v AS SELECT 1;', 'says CREATE VIEW public.v' ],
	[ $head . 'CREATE TABLE IF NOT EXISTS sales_kpi.t (x int);', 'says CREATE TABLE' ],
	[ $head . 'CREATE CAST (text AS sales_kpi.t) WITH INOUT AS IMPLICIT;', 'says CREATE CAST' ],
	[ $head . 'CREATE OPERATOR = (FUNCTION = sales_kpi.f);', 'says CREATE OPERATOR' ],
	[ $head . 'DO $$ BEGIN END $$;', 'says DO' ],
	[ $head . 'SELECT public.f();', 'says SELECT' ],
	[ $head . 'GRANT ALL ON SCHEMA sales_kpi TO PUBLIC;', 'says GRANT ALL' ],
	[ $head . 'GRANT EXECUTE ON ALL ROUTINES IN SCHEMA sales_kpi, public TO PUBLIC;', 'says GRANT EXECUTE' ],
	[ $head . q{COMMENT ON SCHEMA sales_kpi IS 'x'; SET search_path = public;}, 'says SET search_path' ],
	[ $head . q{CREATE FUNCTION sales_kpi.f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'CREATE OR REPLACE VIEW x AS SELECT 1'; END $$;}, 'takes over what is there' ],
	[ $head . 'CREATE PROCEDURE sales_kpi.f() LANGUAGE plpgsql AS $$ BEGIN CREATE TABLE IF NOT EXISTS x (y int); END $$;', 'takes over what is there' ],
	[ $head . 'CREATE PROCEDURE sales_kpi.f() LANGUAGE plpgsql AS $$ BEGIN CREATE MATERIALIZED VIEW IF NOT EXISTS x AS SELECT 1; END $$;', 'takes over what is there' ])
{
	my @faults = faults_of_script($broken->[0]);
	ok(@faults == 1 && index($faults[0], $broken->[1]) == 0, "found: $broken->[1]") or diag(join("\n", @faults));
}
foreach my $broken (
	[ $control =~ s/relocatable = false/relocatable = true/r, 'is relocatable' ],
	[ $control =~ s/^schema = .*$/schema = sales_kpi/mr, 'adopts a schema' ],
	[ $control . "requires = 'hstore'\n", 'wants other extensions', 'has a key that nobody has thought about: requires' ],
	[ $control . "requires='hstore'\n", 'wants other extensions', 'has a key that nobody has thought about: requires' ],
	[ $control . "superuser false\n", 'has a key that nobody has thought about: superuser' ])
{
	is_deeply([ faults_of_control($broken->[0]) ], [ @$broken[ 1 .. $#$broken ] ], "found: $broken->[1]");
}
done_testing();

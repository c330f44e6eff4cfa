# Installing: into a hostile database, away again, and what the distribution says
# of itself.
use strict;
use warnings;
use JSON::PP qw(decode_json);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE ROLE mallory LOGIN');

sub new_database
{
	my ($name, $sql) = @_;
	$node->safe_psql('postgres', "CREATE DATABASE $name OWNER mallory");
	$node->safe_psql($name, $sql, extra_params => [ '-U', 'mallory' ]) if $sql;
	return;
}

# Traps in the path of a superuser who installs and makes a model: a namesake of every
# function and operator on words that the scripts could mean, each raising an error.
new_database('trapped', <<'SQL');
CREATE SCHEMA trap;
CREATE FUNCTION trap.sprung() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'trapped'; END $$;
SELECT format('CREATE FUNCTION trap.%I(%s) RETURNS %s LANGUAGE plpgsql AS %L', proname, oidvectortypes(proargtypes),
	prorettype::regtype, 'BEGIN PERFORM trap.sprung(); END')
FROM pg_proc
WHERE pronamespace = 'pg_catalog'::regnamespace AND prokind = 'f' AND NOT proretset AND provariadic = 0 AND pronargs > 0
	AND proargtypes::oid[] <@ '{text,name,oid,jsonb,int4,bool,interval}'::regtype[]::oid[]
	AND prorettype IN ('text'::regtype, 'bool'::regtype, 'int4'::regtype, 'jsonb'::regtype, 'text[]'::regtype, 'interval'::regtype)
\gexec
SELECT format('CREATE OPERATOR trap.%s (FUNCTION = trap.%I, LEFTARG = %s, RIGHTARG = %s)', oprname, p.proname, oprleft::regtype, oprright::regtype)
FROM pg_operator o JOIN pg_proc p ON p.oid = oprcode AND to_regprocedure(format('trap.%I(%s)', p.proname, oidvectortypes(p.proargtypes))) IS NOT NULL
WHERE oprnamespace = 'pg_catalog'::regnamespace AND oprkind = 'b'
\gexec
CREATE DOMAIN trap.text AS pg_catalog.text CHECK (trap.sprung() IS NULL);
CREATE TABLE trap.pg_class (relname name);
SQL
my $path = 'SET search_path = trap, pg_catalog;';
my ($status, $stdout, $stderr) = $node->psql('trapped', "$path SELECT quote_ident('x'::pg_catalog.text)");
like($stderr, qr/trapped/, 'the traps are armed');
($status, $stdout, $stderr) = $node->psql('trapped', "$path CREATE EXTENSION sales_kpi");
is($stderr, '', 'no trap is sprung by CREATE EXTENSION');
($status, $stdout, $stderr) = $node->psql('trapped',
	"SET client_min_messages = warning; $path CALL sales_kpi.create_sources('crm'); CALL sales_kpi.create_model('kpi', sources => 'crm')");
is($stderr, '', 'nor by making a model');
($status, $stdout, $stderr) = $node->psql('trapped', "$path TABLE kpi.scorecard; TABLE kpi.data_quality; CALL sales_kpi.repair_model('kpi')");
is($stderr, '', 'nor by asking and repairing it');

# A schema made beforehand is not adopted.
new_database('squatted', 'CREATE SCHEMA sales_kpi');
($status, $stdout, $stderr) = $node->psql('squatted', 'CREATE EXTENSION sales_kpi');
like($stderr, qr/schema "sales_kpi" already exists/, 'a schema of the same name is not adopted');

# The script is for CREATE EXTENSION alone.
my $share = $node->config_data('--sharedir');
my $version = $node->safe_psql('postgres', q{SELECT default_version FROM pg_available_extensions WHERE name = 'sales_kpi'});
new_database('sourced');
$node->command_like([ 'psql', '-X', '-d', $node->connstr('sourced'), '-f', "$share/extension/sales_kpi--$version.sql" ],
	qr/^Use "CREATE EXTENSION sales_kpi" to load this file\.$/, 'the script run by hand says what to do');

# Away again: not from under a model, and then without a trace.
($status, $stdout, $stderr) = $node->psql('trapped', 'DROP EXTENSION sales_kpi');
like($stderr, qr/other objects depend on it/, 'the extension is not dropped from under a model');
$node->safe_psql('sourced', 'CREATE EXTENSION sales_kpi; DROP EXTENSION sales_kpi');
is($node->safe_psql('sourced', q{SELECT count(*) FROM pg_namespace WHERE nspname = 'sales_kpi'}), '0', 'dropped, it leaves nothing');
$node->safe_psql('sourced', 'CREATE EXTENSION sales_kpi');
is($node->safe_psql('sourced', q{SELECT sales_kpi.win_rate(won) FROM unnest('{t,f}'::boolean[]) won}), '0.5', 'and comes back');

# An encoding without bars.
$node->safe_psql('postgres', q{CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0});
$node->safe_psql('latin', 'CREATE EXTENSION sales_kpi');
is($node->safe_psql('latin', q{SELECT sales_kpi.sparkline(v ORDER BY n) FROM unnest('{0,NULL,1,2,3,4,5,6,7,8}'::float8[]) WITH ORDINALITY s(v, n)}),
	'1.23456788', 'lines are drawn with digits where the encoding has no bars');
is($node->safe_psql('latin', q{SELECT sales_kpi.sparkline(v) FROM unnest('{5,5}'::float8[]) v}), '44', 'equal values, too');
$node->stop;

# META.json as PGXN's meta-spec 1.0.0 wants it, of the version that is installed.
my $meta = decode_json(slurp_file('META.json'));
foreach my $field (qw(name version abstract maintainer license provides meta-spec))
{
	ok($meta->{$field}, "META.json has $field");
}
is($meta->{'meta-spec'}->{version}, '1.0.0', 'META.json follows the spec 1.0.0');
is($meta->{license}, 'postgresql', 'META.json names a licence of the spec');
is($meta->{version}, $version, 'META.json speaks of the installed version');
is_deeply([ keys %{ $meta->{provides} } ], ['sales_kpi'], 'META.json provides the extension');
is($meta->{provides}->{sales_kpi}->{version}, $version, 'in that version');
ok(-e $meta->{provides}->{sales_kpi}->{$_}, "META.json: $_ is there") foreach qw(file docfile);
like($meta->{$_}, qr/^\d+\.\d+\.\d+$/, 'META.json: a semantic version') foreach qw(version);
done_testing();

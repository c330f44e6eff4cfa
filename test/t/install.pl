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

# It hangs on no schema of anybody's.
new_database('bare', 'CREATE SCHEMA crm');
($status, $stdout, $stderr) = $node->psql('bare', "DROP SCHEMA public; SET search_path = ''; CREATE EXTENSION sales_kpi; DROP EXTENSION sales_kpi");
is($stderr, '', 'the extension needs no schema in the path');
$node->safe_psql('bare', 'SET client_min_messages = warning; SET search_path = crm; CREATE EXTENSION sales_kpi; DROP SCHEMA crm CASCADE');
is($node->safe_psql('bare', q{SELECT sales_kpi.win_rate(won) FROM unnest('{t,f}'::boolean[]) won}), '0.5', 'goes with the schema of nobody');
($status, $stdout, $stderr) = $node->psql('bare', 'DROP EXTENSION sales_kpi; CREATE SCHEMA other; CREATE EXTENSION sales_kpi SCHEMA other');
like($stderr, qr/must be installed in schema "pg_catalog"/, 'and is put into none');

# Where default privileges give nobody anything, everybody may use it all the same.
$node->safe_psql('postgres', 'CREATE DATABASE closed');
$node->safe_psql('closed', 'ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON ROUTINES FROM PUBLIC; ALTER DEFAULT PRIVILEGES REVOKE USAGE ON TYPES FROM PUBLIC; CREATE EXTENSION sales_kpi');
$node->safe_psql('closed', q{SET client_min_messages = warning; CALL sales_kpi.create_sources('crm'); CALL sales_kpi.create_model('kpi', sources => 'crm'); CALL sales_kpi.grant_read('kpi', 'mallory')});
($status, $stdout, $stderr) = $node->psql('closed', 'TABLE kpi.scorecard; CREATE TEMP TABLE kept AS SELECT sales_kpi.duration_agg(interval \'1 day\') AS durations', extra_params => [ '-U', 'mallory' ]);
is($stderr, '', 'default privileges do not close it');

# Trusted: an ordinary role installs it into its database, and yet owns nothing that
# others call. What it owns is the extension, to update or to drop.
new_database('trusted', 'CREATE EXTENSION sales_kpi');
is($node->safe_psql('trusted', q{SELECT extowner::regrole FROM pg_extension WHERE extname = 'sales_kpi'}), 'mallory', 'an ordinary role installs it');
is($node->safe_psql('trusted', q{
	SELECT count(*) FROM pg_depend d
	LEFT JOIN pg_proc p ON d.classid = 'pg_proc'::regclass AND p.oid = d.objid
	LEFT JOIN pg_class c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid
	LEFT JOIN pg_type t ON d.classid = 'pg_type'::regclass AND t.oid = d.objid
	LEFT JOIN pg_namespace n ON d.classid = 'pg_namespace'::regclass AND n.oid = d.objid
	WHERE d.deptype = 'e' AND d.refclassid = 'pg_extension'::regclass AND d.refobjid = (SELECT oid FROM pg_extension WHERE extname = 'sales_kpi')
		AND coalesce(p.proowner, c.relowner, t.typowner, n.nspowner) IS DISTINCT FROM 10}), '0', 'and all of it belongs to the first superuser');
foreach my $attempt (
	'CREATE FUNCTION sales_kpi.planted() RETURNS int RETURN 1',
	'CREATE VIEW sales_kpi.planted AS SELECT 1',
	'CREATE OR REPLACE FUNCTION sales_kpi.base_schema(target text) RETURNS text LANGUAGE sql IMMUTABLE STRICT RETURN target',
	'CREATE OR REPLACE VIEW sales_kpi.carried_relation AS SELECT * FROM sales_kpi.carried_relation',
	'ALTER FUNCTION sales_kpi.base_schema(text) SET search_path = public',
	'ALTER FUNCTION sales_kpi.base_schema(text) OWNER TO mallory',
	'ALTER FUNCTION sales_kpi.base_schema(text) SET SCHEMA public',
	'DROP FUNCTION sales_kpi.base_schema(text)',
	'DROP SCHEMA sales_kpi CASCADE',
	'ALTER SCHEMA sales_kpi RENAME TO elsewhere',
	'ALTER SCHEMA sales_kpi OWNER TO mallory',
	'GRANT CREATE ON SCHEMA sales_kpi TO mallory',
	'REVOKE EXECUTE ON FUNCTION sales_kpi.base_schema(text) FROM PUBLIC',
	'ALTER EXTENSION sales_kpi DROP FUNCTION sales_kpi.base_schema(text)',
	'ALTER EXTENSION sales_kpi SET SCHEMA public',
	'ALTER TYPE sales_kpi.duration_summary SET (STORAGE = main)',
	q{CREATE FUNCTION public.mine() RETURNS int AS '$libdir/sales_kpi', 'demo_random' LANGUAGE C})
{
	($status, $stdout, $stderr) = $node->psql('trusted', $attempt, extra_params => [ '-U', 'mallory' ]);
	like($stderr, qr/permission denied|must be owner|no privileges|does not support SET SCHEMA/, "who has installed it cannot: $attempt");
}

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

# What is not called does not run: the library asks the server for no hook, no setting, no
# process and no file, and the system for no connection.
my $library = $node->config_data('--pkglibdir') . '/sales_kpi.so';
my ($wanted) = run_command([ 'nm', '-D', '--undefined-only', $library ]);
my $else = qr/ (\w*_hook|DefineCustom\w+|Register\w+|SPI_\w+|AllocateFile|OpenTransientFile|PathNameOpen\w+|f?open(?:64|at)?|popen|system|exec\w+|fork|socket|connect)(?:@|$)/m;
like($wanted, qr/ palloc$/m, 'it is known what the library wants of others');
is(join(' ', $wanted =~ /$else/g), '', 'nothing that would let it do more than it is called for');
my ($defined) = run_command([ 'nm', '-D', '--defined-only', $library ]);
like($defined, qr/ Pg_magic_func$/m, 'and what it has');
unlike($defined, qr/ _PG_init$/m, 'nothing runs when it is loaded');

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

# What the tools share. Sourced by bash, from the project's root.
# shellcheck shell=bash

project=sales_kpi

# The user postgres must be able to read what root makes.
umask 022

# Make's own options stay with make, but for the variables set on its command line.
MAKEFLAGS=$(sed -E 's/(^| )-?-?j[0-9]*( |$)/ /; s/--jobserver-[a-z]+=[^ ]*//g' <<<"${MAKEFLAGS:-}")
export MAKEFLAGS

say() {
	printf '==> %s\n' "$*"
}

# fail MESSAGE WHAT-TO-DO
fail() {
	printf 'error: %s\n' "$1" >&2
	printf 'hint: %s\n' "$2" >&2
	exit 1
}

has_pgxs() {
	local pgxs
	pgxs=$("$1" --pgxs 2>/dev/null) && [ -r "$pgxs" ]
}

# Debian's major version of PostgreSQL to work with: that of PG_CONFIG, of the newest
# installed server, or the distribution's own. Nothing where it is not Debian's.
pg_major() {
	case ${PG_CONFIG:-} in
		/usr/lib/postgresql/*) cut -d/ -f5 <<<"$PG_CONFIG" ;;
		'')
			if ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1; then
				printf '%s\n' /usr/lib/postgresql/*/bin/postgres | cut -d/ -f5 | sort -n | tail -n 1
			elif command -v apt-cache >/dev/null; then
				apt-cache policy postgresql | sed -n 's/.*Candidate: \([0-9]*\).*/\1/p'
			fi
			;;
	esac
}

# The pg_config to build with. A bare one in the path may be libpq's, which knows
# no PGXS.
find_pg_config() {
	local candidate
	if [ -n "${PG_CONFIG:-}" ]; then
		has_pgxs "$PG_CONFIG" || fail "$PG_CONFIG knows no PGXS, which builds extensions" \
			"install the server development files of that PostgreSQL, or leave PG_CONFIG unset"
		realpath -s "$(command -v "$PG_CONFIG")"
		return
	fi
	for candidate in "/usr/lib/postgresql/$(pg_major)/bin/pg_config" pg_config; do
		if has_pgxs "$candidate"; then
			realpath -s "$(command -v "$candidate")"
			return
		fi
	done
	fail "no pg_config that can build extensions was found" \
		"install PostgreSQL with its server development files, or name their pg_config: make demo PG_CONFIG=/path/to/pg_config"
}

# PostgreSQL refuses to run as root: then the server is the user postgres's, who may
# not be let into this directory.
as_server_user() {
	if [ "$(id -u)" -eq 0 ]; then
		(cd / && runuser -u postgres -- "$@")
	else
		"$@"
	fi
}

# use_home HOME: what is in it becomes the PostgreSQL of this shell, its programs in
# $bindir.
use_home() {
	home=$1
	# shellcheck disable=SC2034
	bindir=$home/bin
	export PGHOST=$home PGUSER=postgres PGPORT=5432
	unset PGDATABASE PGSERVICE PGOPTIONS PGPASSWORD PGHOSTADDR
}

# A home for a private installation and cluster. Everything that is made lies in it:
# runs never meet, and nothing is left when it is gone.
make_home() {
	home=$(mktemp -d "${TMPDIR:-/tmp}/$project.XXXXXX") ||
		fail "no temporary directory could be made" "set TMPDIR to a directory you may write to"
	chmod 755 "$home"
	[ ${#home} -le 60 ] || fail "the path of a socket in $home would be too long" "set TMPDIR to a shorter path, such as /tmp"
	[ "$(id -u)" -ne 0 ] || chown postgres: "$home"
	as_server_user test -w "$home" || fail "the user postgres cannot reach $home" "set TMPDIR to a directory that all may enter, such as /tmp"
	use_home "$home"
}

# A home that is removed when this shell ends, however it ends.
make_passing_home() {
	home=
	trap '[ -z "$home" ] || remove_home "$home"' EXIT
	trap 'exit 130' INT TERM HUP
	make_home
}

# Once begun it is not interrupted: make passes a signal on to those who have had it.
# The logs of instrumented servers outlive their home.
remove_home() {
	local home=$1
	trap '' INT TERM HUP
	stop_clusters "$home"
	[ -z "${SALES_KPI_REPORTS:-}" ] || find "$home" -name '*.log' -exec cat {} + >"$SALES_KPI_REPORTS/${home##*/}.log"
	rm -rf "$home"
}

# Build a copy of the project below $1, and lay out a private installation there:
# PostgreSQL's programs copied, for a server looks for its files beside its program,
# the rest linked, and the extension installed into it.
make_tree() {
	local home=$1 tree=$1/tree kind
	say "Building $project for $("$PG_CONFIG" --version)"
	mkdir "$home/source"
	tar -c --exclude=./.git --exclude=./build --exclude='*.o' --exclude='*.so' --exclude='*.bc' . |
		tar -x --no-same-owner -C "$home/source"
	chmod -R a+rX "$home/source"
	run_make "$home" all || fail "the build failed" "see the compiler's message above"
	for kind in --pkglibdir --sharedir; do
		mkdir -p "$tree$("$PG_CONFIG" $kind)"
		cp -as "$("$PG_CONFIG" $kind)/." "$tree$("$PG_CONFIG" $kind)"
	done
	rm -rf "$tree$("$PG_CONFIG" --pkglibdir)/$project.so" "$tree$("$PG_CONFIG" --pkglibdir)/bitcode/$project"* \
		"$tree$("$PG_CONFIG" --sharedir)/extension/$project"[.-]*
	mkdir -p "$tree$("$PG_CONFIG" --bindir)"
	cp -aL "$("$PG_CONFIG" --bindir)/." "$tree$("$PG_CONFIG" --bindir)"
	ln -s "$tree$("$PG_CONFIG" --bindir)" "$home/bin"
	run_make "$home" DESTDIR="$tree" install >/dev/null ||
		fail "the private installation in $tree failed" "is there room on the disk? df -h $home"
}

# run_make HOME ARGUMENT...: make in the copy of the project.
run_make() {
	local home=$1
	shift
	make -s --no-print-directory -C "$home/source" PG_CONFIG="$PG_CONFIG" with_llvm=no "$@"
}

# Make a cluster below $1 of its own data and socket directory, without TCP.
make_cluster() {
	local home=$1
	say "Making a private cluster in $home"
	as_server_user "$home/bin/initdb" -D "$home/data" -U postgres -A trust -E UTF8 --locale=C --no-sync >"$home/initdb.log" 2>&1 || {
		cat "$home/initdb.log" >&2
		fail "initdb failed" "its message is above"
	}
	as_server_user tee -a "$home/data/postgresql.conf" >/dev/null <<-CONF
		listen_addresses = ''
		unix_socket_directories = '$home'
		unix_socket_permissions = 0700
		fsync = off
		full_page_writes = off
		shared_buffers = 256MB
		wal_level = minimal
		max_wal_senders = 0
		timezone = 'UTC'
		jit = off
		# a test makes many models in one transaction, of some hundred objects each
		max_locks_per_transaction = 512
	CONF
}

start_cluster() {
	local home=$1
	as_server_user "$home/bin/pg_ctl" -D "$home/data" -l "$home/server.log" -w -s start || {
		cat "$home/server.log" >&2
		fail "the private server did not start" "its log is above"
	}
}

# Stop every server that runs below $1: a test may have had its own.
stop_clusters() {
	local home=$1 pidfile
	{ find "$home" -name postmaster.pid 2>/dev/null || true; } | while read -r pidfile; do
		as_server_user "$home/bin/pg_ctl" -D "$(dirname "$pidfile")" -m fast -w -s stop </dev/null || true
	done
}

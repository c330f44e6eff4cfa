# What the tools share. Sourced by bash, from the project's root.
# shellcheck shell=bash

project=sales_kpi
extension_version=$(sed -n "s/^default_version = '\(.*\)'/\1/p" $project.control)

say() {
	printf '==> %s\n' "$*"
}

# fail MESSAGE WHAT-TO-DO
fail() {
	printf 'error: %s\n' "$1" >&2
	[ $# -lt 2 ] || printf 'hint: %s\n' "$2" >&2
	exit 1
}

has_pgxs() {
	local pgxs
	pgxs=$("$1" --pgxs 2>/dev/null) && [ -r "$pgxs" ]
}

# Major version to work with: that of PG_CONFIG, of an installed server, or the
# distribution's own.
pg_major() {
	if [ -n "${PG_CONFIG:-}" ]; then
		"$PG_CONFIG" --version | sed 's/^PostgreSQL \([0-9]*\).*/\1/'
	elif ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1; then
		printf '%s\n' /usr/lib/postgresql/*/bin/postgres | cut -d/ -f5 | sort -n | tail -n 1
	elif command -v apt-cache >/dev/null; then
		apt-cache policy postgresql | sed -n 's/.*Candidate: \([0-9]*\).*/\1/p'
	elif command -v pg_config >/dev/null; then
		pg_config --version | sed 's/^PostgreSQL \([0-9]*\).*/\1/'
	fi
}

# The pg_config to build with. Debian's /usr/bin/pg_config may be libpq's own,
# which knows no PGXS.
find_pg_config() {
	local candidate
	for candidate in "${PG_CONFIG:-}" "/usr/lib/postgresql/$(pg_major)/bin/pg_config" pg_config; do
		if [ -n "$candidate" ] && has_pgxs "$candidate"; then
			command -v "$candidate"
			return
		fi
	done
	fail "no pg_config that can build extensions was found" \
		"install PostgreSQL's server development files, or name their pg_config: make demo PG_CONFIG=/path/to/pg_config"
}

# PostgreSQL refuses to run as root: then the server is the user postgres's.
as_server_user() {
	if [ "$(id -u)" -eq 0 ]; then
		runuser -u postgres -- "$@"
	else
		"$@"
	fi
}

server_user() {
	if [ "$(id -u)" -eq 0 ]; then echo postgres; else id -un; fi
}

# Build, and lay out a private installation below $1: PostgreSQL's programs copied,
# for a server looks for its files beside its program, the rest linked, and the
# extension installed into it. Nothing is written to the system.
make_tree() {
	local tree=$1/tree kind
	say "Building $project $extension_version for $($PG_CONFIG --version)"
	make -s PG_CONFIG="$PG_CONFIG" with_llvm=no all ||
		fail "the build failed" "see the compiler's message above; make clean, then try again"
	for kind in --pkglibdir --sharedir; do
		mkdir -p "$tree$($PG_CONFIG $kind)"
		cp -as "$($PG_CONFIG $kind)/." "$tree$($PG_CONFIG $kind)"
	done
	mkdir -p "$tree$($PG_CONFIG --bindir)"
	cp -aL "$($PG_CONFIG --bindir)/." "$tree$($PG_CONFIG --bindir)"
	make -s PG_CONFIG="$PG_CONFIG" with_llvm=no DESTDIR="$tree" install >/dev/null ||
		fail "the private installation in $tree failed" "is there room on the disk? df -h $1"
}

# Make a cluster below $1 of its own data and socket directory, without TCP.
make_cluster() {
	local home=$1
	say "Making a private cluster in $home"
	as_server_user "$bindir/initdb" -D "$home/data" -U postgres -A trust -E UTF8 --locale=C --no-sync >"$home/initdb.log" 2>&1 ||
		{ cat "$home/initdb.log" >&2; fail "initdb failed" "its message is above"; }
	as_server_user tee -a "$home/data/postgresql.conf" >/dev/null <<-CONF
		listen_addresses = ''
		unix_socket_directories = '$home'
		unix_socket_permissions = 0700
		fsync = off
		full_page_writes = off
		shared_buffers = 256MB
		max_wal_size = 4GB
		timezone = 'UTC'
	CONF
}

start_cluster() {
	local home=$1
	as_server_user "$bindir/pg_ctl" -D "$home/data" -l "$home/server.log" -w -s start ||
		{ cat "$home/server.log" >&2; fail "the private server did not start" "its log is above"; }
	export PGHOST=$home PGUSER=postgres PGPORT=5432
	unset PGDATABASE PGSERVICE PGOPTIONS PGPASSWORD
}

stop_cluster() {
	local home=$1
	[ ! -f "$home/data/postmaster.pid" ] ||
		as_server_user "$bindir/pg_ctl" -D "$home/data" -m fast -w -s stop || true
}

# A home for a private installation and cluster; short, for a socket's path is limited.
make_home() {
	home=$(mktemp -d "${TMPDIR:-/tmp}/$project.XXXXXX") ||
		fail "no temporary directory could be made" "set TMPDIR to a directory you may write to"
	chmod 755 "$home"
	[ "$(id -u)" -ne 0 ] || chown postgres: "$home"
	bindir=$home/tree$($PG_CONFIG --bindir)
}

# Black-box tests: source this first. $LAPSE is the program under test, a path
# from the root. One line, one fact:
#   ok NAME CMD...        it ends with 0
#   exits N NAME CMD...   it ends with N; a crash is never what was expected
#   says RE, prints RE    a line of the last one's standard error, or output, matches
#   says_nothing, prints_nothing
#   is NAME FOUND WANTED  the two are the same text
#   same GOLDEN           its output is tests/golden/GOLDEN (UPDATE_GOLDEN=1 rewrites)
#   same_as FILE          its output is this file's bytes
#   broken DIR            this archive is damaged on purpose: finish passes it over
#   finish                checks every archive made with git, prints the count, exits
# Standard input is empty unless the line redirects it. Never pipe the program
# under test: its exit status would be lost.

root=$(cd "$(dirname "$0")/../.." && pwd)
script=$(basename "$0" .sh)
: "${LAPSE:=build/plain/lapse}"
case $LAPSE in /*) ;; *) LAPSE=$root/$LAPSE ;; esac
scratch=$(mktemp -d "${TMPDIR:-/tmp}/lapse-cli.XXXXXX") || exit 99
if [ -n "${KEEP:-}" ]; then echo "kept: $scratch" >&2; else trap 'chmod -R u+w "$scratch"; rm -rf "$scratch"' EXIT; fi
trap 'exit 99' HUP INT TERM

for name in $(env | sed -n 's/^\(LAPSE_[A-Z_]*\)=.*/\1/p; s/^\(GIT_[A-Z_]*\)=.*/\1/p'); do
	case $name in LAPSE_FLAVOUR) ;; *) unset "$name" ;; esac
done
export LC_ALL=C TZ=UTC TERM=dumb NO_COLOR=1 PAGER=cat HOME="$scratch/home"
export XDG_CONFIG_HOME="$HOME/config" XDG_CACHE_HOME="$HOME/cache" XDG_STATE_HOME="$HOME/state" XDG_DATA_HOME="$HOME/data"
export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null LAPSE_NOW=2025-06-01T00:00:00Z
export ASAN_OPTIONS=exitcode=99 UBSAN_OPTIONS=exitcode=99:print_stacktrace=1 LSAN_OPTIONS=exitcode=99
out=$scratch/.out err=$scratch/.err passed=0 failed=0 status=0 last=
mkdir "$HOME" "$scratch/here"
: >"$scratch/.broken"
cd "$scratch/here" || exit 99
exec </dev/null

pass() {
	passed=$((passed + 1))
}

# fail WHAT: with what the program wrote, control characters made visible.
fail() {
	failed=$((failed + 1))
	echo "not ok: $script: $1 (status $status)"
	head -n 30 "$out" | cat -v | sed 's/^/  out: /'
	head -n 30 "$err" | cat -v | sed 's/^/  err: /'
}

exits() {
	wanted=$1 last=$2
	shift 2
	"$@" >"$out" 2>"$err"
	status=$?
	if grep -q -e 'Sanitizer: ' -e 'runtime error: ' "$err"; then
		fail "$last: the sanitizers object"
	elif [ "$status" -eq "$wanted" ]; then
		pass
	else
		fail "$last: exit status $wanted expected"
	fi
}

ok() {
	exits 0 "$@"
}

is() {
	ok "$1: '$2' is '$3'" test "$2" = "$3"
}

says() {
	if grep -q -e "$1" "$err"; then pass; else fail "$last: says '$1'"; fi
}

prints() {
	if grep -q -e "$1" "$out"; then pass; else fail "$last: prints '$1'"; fi
}

says_nothing() {
	if [ ! -s "$err" ]; then pass; else fail "$last: says nothing"; fi
}

prints_nothing() {
	if [ ! -s "$out" ]; then pass; else fail "$last: prints nothing"; fi
}

same() {
	golden=$root/tests/golden/$1
	if [ -n "${UPDATE_GOLDEN:-}" ]; then
		mkdir -p "$(dirname "$golden")" && cp "$out" "$golden"
	fi
	if cmp -s "$golden" "$out"; then
		pass
	else
		fail "$last: the same as tests/golden/$1"
		diff -u "$golden" "$out" | head -n 40 | cat -v
	fi
}

same_as() {
	if cmp -s "$1" "$out"; then
		pass
	else
		fail "$last: the same as $1"
		diff -u "$1" "$out" | head -n 40 | cat -v
	fi
}

broken() {
	(cd "$1" && pwd) >>"$scratch/.broken"
}

finish() {
	find "$scratch" -type d -name objects >"$scratch/.archives"
	while read -r objects; do
		archive=$(dirname "$objects")
		[ -f "$archive/HEAD" ] || continue
		grep -q -x -F -e "$archive" -e "${archive%/.git}" "$scratch/.broken" && continue
		ok "git fsck of ${archive#"$scratch/here/"}" git -C "$archive" fsck --strict --no-progress
	done <"$scratch/.archives"
	echo "$passed passed, $failed failed"
	[ "$failed" -eq 0 ]
	exit
}

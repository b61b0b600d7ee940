#!/bin/sh
# Measure lapse against the least that the same work costs: pairs A B A B …,
# medians, ratios within this one run. Misses are reported; only what could not
# run makes the exit status 1.
#
# usage: bench.sh BUILD_DIR
#   BENCH_PARTS  what to measure (import audit scale runs replay sync mail)
#   BENCH_PAIRS  pairs of each comparison (7)
#   BENCH_SCALE  sizes of the component, in corpora ("1 10"; 100 takes minutes and gigabytes)
#   BENCH_TEXT   mean length of its comments in bytes (0: none, as in the corpus)
#   BENCH_REPLAY sizes of the component through many captures (replay.sh tells)
#   BENCH_RUNS   small captures after the corpus (1000; the target is stated for 10000)
set -u
[ $# -eq 1 ] || { echo "usage: bench.sh BUILD_DIR" >&2; exit 2; }
build=$(cd "$1" && pwd) || exit 2
here=$(cd "$(dirname "$0")" && pwd) || exit 2
data=$here/../data/demo
lapse=$build/lapse
bin=$build/tests/bench
pairs=${BENCH_PAIRS:-7}
text=${BENCH_TEXT:-0}
captured=2026-03-14T06:37:16Z
at=2026-03-14T00:00:00Z

tmp=$(mktemp -d "${TMPDIR:-/tmp}/lapse-bench.XXXXXX") || exit 1
server=	# the process that sync.sh asks
stop_server() {
	[ -z "$server" ] || { kill "$server"; wait "$server"; } 2>/dev/null
	server=
}
trap 'stop_server; rm -rf "$tmp"' EXIT
trap 'exit 130' HUP INT TERM
mkdir "$tmp/home" "$tmp/corpus" || exit 1
LC_ALL=C TZ=UTC HOME=$tmp/home XDG_CACHE_HOME=$tmp/home/cache XDG_CONFIG_HOME=$tmp/home/config \
	XDG_STATE_HOME=$tmp/home/state GIT_CONFIG_NOSYSTEM=1 LAPSE_OFFLINE=1
export LC_ALL TZ HOME XDG_CACHE_HOME XDG_CONFIG_HOME XDG_STATE_HOME GIT_CONFIG_NOSYSTEM LAPSE_OFFLINE
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_OBJECT_DIRECTORY LAPSE_DIR LAPSE_NOW
broken=0

# ---- numbers ----

# Median, least and greatest of the numbers on standard input.
spread() {
	sort -g | awk '{ v[NR] = $1 } END { if (NR) print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2, v[1], v[NR] }'
}

# column LOG NUMBER FACTOR: the same of a column, times a factor.
column() {
	awk -v c="$2" -v f="$3" '{ print $c * f }' "$1" | spread
}

# ratios LOG-A LOG-B NUMBER: the same of a column's ratios, line by line.
ratios() {
	paste -d ' ' "$1" "$2" | awk -v c="$3" '{ print $c / $(c + 4) }' | spread
}

heading() {
	printf '   %-30s %9s %9s %9s   %9s %9s %9s\n' '' "wall $1" min max "user+sys" min max
}

# row NAME "WALL MIN MAX CPU MIN MAX"
row() {
	# shellcheck disable=SC2086
	set -- "$1" $2
	printf '   %-30s %9.3f %9.3f %9.3f   %9.3f %9.3f %9.3f\n' "$@"
}

seconds() {
	row "$1" "$(column "$2" 1 1e-6) $(column "$2" 2 1e-6)"
}

ratio() {
	row "$1" "$(ratios "$2" "$3" 1) $(ratios "$2" "$3" 2)"
}

# verdict VALUE LIMIT WHAT-IT-MUST-NOT-EXCEED
verdict() {
	awk -v v="$1" -v l="$2" -v w="$3" 'BEGIN {
		printf "   %-70s %s\n", "target: " w " at most " l, v + 0 <= l + 0 ? "pass" : sprintf("MISS (%.2f)", v) }'
}

wall() {
	column "$1" 1 1e-6 | cut -d ' ' -f 1
}

wall_ratio() {
	ratios "$1" "$2" 1 | cut -d ' ' -f 1
}

# The greatest number of a column of KiB, in MiB.
most() {
	awk -v c="$2" '$c > max { max = $c } END { printf "%.1f\n", max / 1024 }' "$1"
}

# ---- the work ----

# import_new ARCHIVE LOG: the corpus into a fresh archive, as one timed command.
import_new() {
	rm -rf "$1"
	# shellcheck disable=SC2016
	"$bin/meter" "$2" sh -c '"$1" init "$2" && "$1" -C "$2" import bugzilla --source bmo --captured-at "$3" "$4"' \
		sh "$lapse" "$1" "$captured" "$tmp/corpus"
}

# audit LOG ARCHIVE PARTIES [METER-OPTION]: with nothing cached.
audit() {
	rm -rf "$XDG_CACHE_HOME"
	"$bin/meter" -a ${4:+"$4"} "$1" "$lapse" -C "$2" audit --at "$at" --policy "$data/week.json" --parties "$3"
}

# fast_import REPOSITORY LOG: what feed wrote, as one timed command.
fast_import() {
	rm -rf "$1"
	# shellcheck disable=SC2016
	"$bin/meter" "$2" sh -c 'git init -q --bare "$1" && git -C "$1" fast-import --quiet <"$2"' \
		sh "$1" "$tmp/stream"
}

# The corpus, unpacked, in an archive: $tmp/archive.
prepare() {
	for f in "$data"/bugs.json.gz "$data"/comments-*.json.gz; do
		[ -f "$f" ] || { echo "bench: $f is not there" >&2; return 1; }
		f=${f##*/}
		gzip -dc "$data/$f" >"$tmp/corpus/${f%.gz}" || return 1
	done
	import_new "$tmp/archive" "$tmp/log.prepare" && "$bin/bare" -l "$tmp/archive" >"$tmp/ids"
}

machine() {
	echo "lapse bench, $(date -u +%Y-%m-%dT%H:%M:%SZ)"
	commit=$(cd "$here" && git describe --always --dirty 2>/dev/null) || commit='no commit'
	echo "   lapse       $("$lapse" --version | cut -d ' ' -f 2), $commit"
	echo "   processor   $(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo | head -n 1), $(nproc) cores"
	echo "   memory      $(awk '/^MemTotal/ { printf "%.1f GiB", $2 / 1048576 }' /proc/meminfo)"
	echo "   kernel      $(uname -sr)"
	echo "   disk        $(df -PhT "$tmp" | awk 'NR == 2 { print $2 " on " $1 ", " $5 " free" }')"
	echo "   git         $(git --version | cut -d ' ' -f 3), libgit2 $(pkg-config --modversion libgit2)," \
		"jansson $(pkg-config --modversion jansson)"
	echo "   load        $(cut -d ' ' -f 1-3 /proc/loadavg) at the start (other work makes all of this slower)"
	echo "   All figures are with warm file caches. Ratios are of each pair, then the median of these."
}

measure_import() {
	echo
	echo "1. Import: $bugs bugs, $posts comments into a fresh archive; $pairs pairs"
	"$bin/feed" "$tmp/archive" >"$tmp/stream" || return 1
	fast_import "$tmp/git" "$tmp/log.warm" || return 1
	[ "$(git -C "$tmp/git" rev-parse 'main^{tree}')" = "$(git -C "$tmp/archive" rev-parse 'HEAD^{tree}')" ] ||
		{ echo "bench: git fast-import made another tree" >&2; return 1; }
	for _ in $(seq "$pairs"); do
		import_new "$tmp/new" "$tmp/log.import" && fast_import "$tmp/git" "$tmp/log.git" &&
		MALLOC_TRIM_THRESHOLD_=1073741824 fast_import "$tmp/git" "$tmp/log.keep" || return 1
	done
	heading s
	seconds 'lapse init, import' "$tmp/log.import"
	seconds 'git init, fast-import' "$tmp/log.git"
	seconds 'git, keeping its memory' "$tmp/log.keep"
	ratio 'ratio lapse : git' "$tmp/log.import" "$tmp/log.git"
	ratio 'ratio lapse : git, keeping' "$tmp/log.import" "$tmp/log.keep"
	verdict "$(wall_ratio "$tmp/log.import" "$tmp/log.git")" 2 'wall time of git fast-import, times'
	verdict "$(wall_ratio "$tmp/log.import" "$tmp/log.keep")" 2 'the same of git keeping its memory, times'
	echo "   git is fed the same blobs at the same paths and makes the same tree. Both sync the pack and its index to disk"
	echo "   (git's default, core.fsync unset); lapse also the folders and the ref, and it reads and writes the JSON again."
	echo "   git gives its memory back to the system after each object and faults it in again, which can take most of its time;"
	echo "   with MALLOC_TRIM_THRESHOLD_ set it keeps it, and is the harder one to compare with."
	echo "   On disk: lapse $(du -sk "$tmp/new" | cut -f 1) KiB, git $(du -sk "$tmp/git" | cut -f 1) KiB (with deltas)."
	rm -rf "$tmp/new" "$tmp/git" "$tmp/stream"
}

measure_audit() {
	echo
	echo "2. Audit: $bugs bugs under week.json at $at, nothing cached; $pairs rounds"
	audit "$tmp/log.warm" "$tmp/archive" "$data/parties.json" || return 1
	for _ in $(seq "$pairs"); do
		audit "$tmp/log.audit" "$tmp/archive" "$data/parties.json" &&
		"$bin/meter" "$tmp/log.bare" "$bin/bare" "$tmp/archive" <"$tmp/ids" &&
		"$bin/meter" "$tmp/log.cat" git -C "$tmp/archive" cat-file --batch --buffer <"$tmp/ids" || return 1
	done
	for _ in 1 2 3; do
		audit "$tmp/log.memory" "$tmp/archive" "$data/parties.json" -m || return 1
	done
	heading s
	seconds 'lapse audit' "$tmp/log.audit"
	seconds 'bare: read and parse' "$tmp/log.bare"
	seconds 'git cat-file --batch --buffer' "$tmp/log.cat"
	ratio 'ratio audit : bare' "$tmp/log.audit" "$tmp/log.bare"
	ratio 'ratio bare : cat-file' "$tmp/log.bare" "$tmp/log.cat"
	verdict "$(wall_ratio "$tmp/log.audit" "$tmp/log.bare")" 1.5 'wall time of reading and parsing alone, times'
	echo "   peak anonymous memory $(most "$tmp/log.memory" 4) MiB (RssAnon, sampled every ms, most of 3 runs)," \
		"resident with mapped files $(most "$tmp/log.memory" 3) MiB"
	verdict "$(most "$tmp/log.memory" 4)" 64 'MiB of anonymous memory'
	echo "   bare reads the $(wc -l <"$tmp/ids") blobs that the audit reads, in its order, through libgit2 with every object"
	echo "   hashed again, and parses them with jansson. git cat-file reads the same ids and checks no hash."
}

# One size of the component; prints its row and appends "N import/bug audit/bug" to the summary.
measure_size() {
	n=$1
	dir=$tmp/scale
	log=$tmp/log.scale.$n
	need=$((n * (12 + text / 20) * 1024))	# KiB: the answers, the archive, what a run spools
	have=$(df -Pk "$tmp" | awk 'NR == 2 { print $4 }')
	[ "$have" -gt "$need" ] || { echo "bench: scale $n needs $need KiB of disk, $have are free" >&2; return 1; }
	reps=$((n > 30 ? 1 : n > 3 ? 3 : pairs))
	"$bin/generate" "$dir" "$n" "$text" >"$tmp/made" && read -r made_bugs made_posts <"$tmp/made" || return 1
	for _ in $(seq "$reps"); do
		rm -rf "$dir/archive"
		"$lapse" init "$dir/archive" >/dev/null &&
		"$bin/meter" -m "$log.import" "$lapse" -C "$dir/archive" import bugzilla --source bmo \
			--captured-at "$captured" "$dir/answers" || return 1
	done
	for _ in $(seq "$reps"); do
		audit "$log.audit" "$dir/archive" "$dir/parties.json" -m || return 1
	done
	echo "$n $made_bugs $(wall "$log.import") $(wall "$log.audit")" >"$tmp/size"
	cat "$tmp/size" >>"$tmp/sizes"
	echo "$made_posts $reps $(most "$log.import" 4) $(most "$log.import" 3) $(most "$log.audit" 4) $(most "$log.audit" 3)" \
		"$(du -sk "$dir/archive" | cut -f 1)" | paste -d ' ' "$tmp/size" - |
		awk '{ printf "   %5d %7d %9d %5d %9.2f %8.3f %6.0f %6.0f %9.2f %8.3f %6.0f %6.0f %8.0f\n", $1, $2, $5, $6,
			$3, $3 / $2 * 1e3, $7, $8, $4, $4 / $2 * 1e3, $9, $10, $11 / 1024 }'
	rm -rf "$dir"
}

measure_scale() {
	echo
	echo "3. Scale: a component made N times as large as the corpus, comments of $text bytes on average, one capture"
	printf '   %5s %7s %9s %5s %9s %8s %6s %6s %9s %8s %6s %6s %8s\n' N bugs comments times \
		"import s" ms/bug anon rss "audit s" ms/bug anon rss archive
	for n in ${BENCH_SCALE:-1 10}; do
		measure_size "$n" || return 1
	done
	echo "   memory (anonymous, sampled every ms; resident with mapped files) and archive in MiB"
	for c in 3 4; do
		verdict "$(awk -v c=$c '{ p = $c / $2 } NR == 1 { first = p } p / first > max { max = p / first } END { print max }' \
			"$tmp/sizes")" 1.5 "$([ $c -eq 3 ] && echo import || echo audit) time a bug, of that at the smallest size, times"
	done
}

# small_runs ARCHIVE FIRST LAST LOG: these lines of the list, timed as one.
small_runs() {
	sed -n "$2,$3p" "$tmp/runs/list" >"$tmp/part"
	# shellcheck disable=SC2016
	"$bin/meter" "$4" sh -c 'while read -r when file; do
		"$1" -C "$2" import bugzilla --source bmo --captured-at "$when" "$file" || exit 2
	done <"$3"' sh "$lapse" "$1" "$tmp/part"
}

measure_runs() {
	runs=${BENCH_RUNS:-1000}
	quarter=$((runs / 4))
	[ "$quarter" -gt 0 ] || { echo "bench: BENCH_RUNS is 4 or more" >&2; return 1; }
	runs=$((4 * quarter))
	echo
	echo "4. Small runs: $runs captures after the corpus, each one bug with one new comment; $pairs rounds of reading"
	mkdir "$tmp/runs" && "$bin/runs" "$tmp/corpus" "$tmp/runs" "$runs" || return 1
	rm -rf "$tmp/after" "$tmp/once"
	cp -R "$tmp/archive" "$tmp/after" && cp -R "$tmp/archive" "$tmp/once" || return 1
	for q in 0 1 2 3; do
		small_runs "$tmp/after" $((q * quarter + 1)) $(((q + 1) * quarter)) "$tmp/log.runs" || return 1
	done
	rm -f "$tmp/runs/list"
	"$lapse" -C "$tmp/once" import bugzilla --source bmo --captured-at 2026-04-01 "$tmp/runs" >/dev/null || return 1
	[ "$(git -C "$tmp/after" rev-parse HEAD:threads)" = "$(git -C "$tmp/once" rev-parse HEAD:threads)" ] ||
		echo "   note: many small captures and one large one did not make the same threads"
	for _ in $(seq "$pairs"); do
		for which in archive after once; do
			audit "$tmp/log.read.$which" "$tmp/$which" "$data/parties.json" || return 1
		done
	done
	heading s
	seconds "audit before" "$tmp/log.read.archive"
	seconds "audit after" "$tmp/log.read.after"
	seconds "audit, the same in one capture" "$tmp/log.read.once"
	ratio 'ratio after : before' "$tmp/log.read.after" "$tmp/log.read.archive"
	ratio 'ratio after : in one capture' "$tmp/log.read.after" "$tmp/log.read.once"
	verdict "$(wall_ratio "$tmp/log.read.after" "$tmp/log.read.archive")" 1.5 'wall time of the audit before, times'
	verdict "$(wall_ratio "$tmp/log.read.after" "$tmp/log.read.once")" 1.5 'wall time with the same in one capture, times'
	awk -v q="$quarter" '{ t += $1; v[NR] = $1 / q / 1000; c += $2 } END {
		printf "   one small run takes %.1f ms (user+sys %.1f ms); by quarters %.1f %.1f %.1f %.1f ms\n",
		    t / NR / q / 1000, c / NR / q / 1000, v[1], v[2], v[3], v[4] }' "$tmp/log.runs"
	echo "   Each run adds a post, so the audit after reads more than the one before; against one capture it reads the same."
	printf '   posts grow from %s to %s; on disk %s KiB before, %s after (%s loose objects), %s in one capture\n' "$posts" \
		$((posts + runs)) "$(du -sk "$tmp/archive" | cut -f 1)" "$(du -sk "$tmp/after" | cut -f 1)" \
		"$(git -C "$tmp/after" count-objects | cut -d ' ' -f 1)" "$(du -sk "$tmp/once" | cut -f 1)"
	rm -rf "$tmp/runs" "$tmp/after" "$tmp/once"
}

# shellcheck source=tests/bench/replay.sh
. "$here/replay.sh"
# shellcheck source=tests/bench/sync.sh
. "$here/sync.sh"
# shellcheck source=tests/bench/mail.sh
. "$here/mail.sh"

machine
prepare || { echo "bench: the corpus could not be imported" >&2; exit 1; }
bugs=$(git -C "$tmp/archive" ls-tree -r --name-only HEAD threads | grep -c '/thread\.json$')
posts=$(git -C "$tmp/archive" ls-tree -r --name-only HEAD threads | grep -c '/posts/.*\.json$')
for part in ${BENCH_PARTS:-import audit scale runs replay sync mail}; do
	case $part in
	import) measure_import ;;
	audit) measure_audit ;;
	scale) measure_scale ;;
	runs) measure_runs ;;
	replay) measure_replay ;;
	sync) measure_sync ;;
	mail) measure_mail ;;
	*) false ;;
	esac || { echo "   $part: could not be measured"; broken=1; }
done
exit "$broken"

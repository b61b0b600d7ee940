# shellcheck shell=sh disable=SC2154
# The part `replay` of bench.sh, which reads this file: the index, and what rests on it.
#
#   BENCH_REPLAY  sizes of the component, CORPORA:CAPTURES ("1:30 10:30"; "full" adds 100:300 and the stated size, 205:300,
#                 170,000 bugs and 2.2 million posts: most of an hour, and 10 GB of disk)
replay_at=2026-04-01T00:00:00Z
story=show
"$lapse" log -h >/dev/null 2>&1 && story=log

# warm LOG ARCHIVE PARTIES METER-OPTIONS COMMAND…: with what is cached; the archive's own parties when PARTIES is empty.
warm() {
	log=$1 archive=$2 parties=$3 options=$4
	shift 4
	# shellcheck disable=SC2086
	"$bin/meter" -a $options "$log" "$lapse" -C "$archive" "$@" ${parties:+--parties "$parties"}
}

# verdict_ms LOG WHAT LIMIT: of a log's wall times.
verdict_ms() {
	verdict "$(column "$1" 1 1e-3 | cut -d ' ' -f 1)" "$3" "$2, ms of wall time"
}

# ---- the corpus ----

measure_warm() {
	echo "   The corpus: $bugs bugs, one capture, week.json; then with 10 small captures more; $pairs rounds, the index there"
	rm -rf "$tmp/few" "$tmp/runs"
	mkdir "$tmp/runs" && "$bin/runs" "$tmp/corpus" "$tmp/runs" 10 && cp -R "$tmp/archive" "$tmp/few" &&
	small_runs "$tmp/few" 1 10 "$tmp/log.few" || return 1
	for _ in 0 $(seq "$pairs"); do
		for command in audit status gaps; do
			warm "$tmp/log.warm.$command" "$tmp/archive" "$data/parties.json" "" "$command" --at "$at" \
				--policy "$data/week.json" || return 1
		done
		warm "$tmp/log.known" "$tmp/few" "$data/parties.json" "" audit --at "$at" --policy "$data/week.json" || return 1
		for back in 0 5 9; do
			warm "$tmp/log.known.$back" "$tmp/few" "$data/parties.json" "" audit --at "$at" --policy "$data/week.json" \
				--known "HEAD~$back" || return 1
		done
		# The first round made the index.
		if [ ! -f "$tmp/log.round" ]; then
			rm -f "$tmp"/log.warm.* "$tmp"/log.known*
			: >"$tmp/log.round"
		fi
	done
	heading s
	for command in audit status gaps; do
		seconds "$command" "$tmp/log.warm.$command"
	done
	seconds 'audit, 10 captures more' "$tmp/log.known"
	for back in 0 5 9; do
		seconds "audit --known HEAD~$back" "$tmp/log.known.$back"
	done
	for command in audit status gaps; do
		verdict_ms "$tmp/log.warm.$command" "warm $command" 50
	done
	for back in 0 5 9; do
		verdict "$(wall_ratio "$tmp/log.known.$back" "$tmp/log.known")" 2 "--known HEAD~$back, times the same without"
	done
	rm -rf "$tmp/runs" "$tmp/few"
}

# ---- a component through many captures ----

# captures FIRST LAST: bring in these lines of the list.
captures() {
	sed -n "$1,$2p" "$dir/list" >"$tmp/part"
	while read -r when file; do
		"$lapse" -C "$dir/archive" import bugzilla --source bmo --captured-at "$when" "$file" >/dev/null || return 1
	done <"$tmp/part"
}

# The last captures one by one: brought in, then an answer that takes them into the index, then the same that need not.
# It is one thread's, which tells a few milliseconds better than an audit of all does.
measure_captures() {
	for k in $(seq $((ncaptures - 4)) "$ncaptures"); do
		read -r when file <<-EOF
		$(sed -n "${k}p" "$dir/list")
		EOF
		"$bin/meter" "$rlog.take" "$lapse" -C "$dir/archive" import bugzilla --source bmo --captured-at "$when" "$file" &&
		warm "$rlog.first" "$dir/archive" "" "" show "$thread" &&
		warm "$rlog.second" "$dir/archive" "" "" show "$thread" || return 1
	done
	paste -d ' ' "$rlog.take" "$rlog.first" "$rlog.second" | awk '{ print $1 + $5 - $9 }' | spread | awk '{ print $1 / 1e6 }' >"$rlog.cost"
}

# One size; appends "N posts captures build bare anonymous-build audit anonymous-audit story anonymous-story cost" to $tmp/replays.
measure_lives() {
	n=${1%:*} ncaptures=${1#*:} dir=$tmp/lives rlog=$tmp/log.lives.$1
	reps=$((n > 30 ? 1 : n > 3 ? 3 : pairs))
	need=$((n * 24 * 1024))
	have=$(df -Pk "$tmp" | awk 'NR == 2 { print $4 }')
	[ "$have" -gt "$need" ] || { echo "bench: $n corpora need $need KiB of disk, $have are free" >&2; return 1; }
	[ "$ncaptures" -gt 5 ] || { echo "bench: a component has more than 5 captures" >&2; return 1; }
	rm -rf "$dir"
	"$bin/generate" "$dir" "$n" 0 >"$tmp/made" && read -r _ posts_made <"$tmp/made" &&
	"$bin/lives" "$dir" "$ncaptures" >"$tmp/made" && read -r bugs_made changes_made <"$tmp/made" &&
	"$lapse" init "$dir/archive" >/dev/null &&
	"$bin/meter" "$rlog.import" "$lapse" -C "$dir/archive" import bugzilla --source bmo --captured-at "$captured" \
		"$dir/answers" && captures 1 $((ncaptures - 5)) || return 1
	thread=$(sed 's/[^0-9]*\([0-9]*\).*/\1/;q' "$dir/captures/000001.json")
	"$lapse" -C "$dir/archive" show "$thread" >/dev/null &&
	measure_captures && "$bin/bare" -b "$dir/archive" >"$tmp/ids.all" || return 1
	for _ in $(seq "$reps"); do
		rm -rf "$XDG_CACHE_HOME"
		warm "$rlog.build" "$dir/archive" "" "" show "$thread" &&
		"$bin/meter" "$rlog.bare" "$bin/bare" "$dir/archive" <"$tmp/ids.all" || return 1
	done
	rm -rf "$XDG_CACHE_HOME"
	warm "$rlog.anon" "$dir/archive" "" -m show "$thread" || return 1
	for _ in $(seq $((reps < 3 ? 3 : reps))); do
		warm "$rlog.audit" "$dir/archive" "$dir/parties.json" "" audit --at "$replay_at" &&
		warm "$rlog.story" "$dir/archive" "" "" "$story" "$thread" || return 1
	done
	warm "$rlog.anon.audit" "$dir/archive" "$dir/parties.json" -m audit --at "$replay_at" || return 1
	posts_made=$((posts_made + 20 * ncaptures))
	echo "$n $posts_made $(wall "$rlog.build") $(wall_ratio "$rlog.build" "$rlog.bare") $(wall "$rlog.audit") $(wall "$rlog.story")" \
		"$(cat "$rlog.cost") $(most "$rlog.anon" 4) $(most "$rlog.anon.audit" 4)" >>"$tmp/replays"
	tail -n 1 "$tmp/replays" | awk -v b="$bugs_made" -v h="$changes_made" -v c="$ncaptures" -v i="$(wall "$rlog.import")" \
		-v k="$(du -sk "$XDG_CACHE_HOME" | cut -f 1)" -v r="$("$lapse" -C "$dir/archive" audit --at "$replay_at" \
		--parties "$dir/parties.json" --format csv 2>/dev/null | wc -l)" '{
		printf "   %4d %7d %8d %8d %4d %8.1f %8.2f %7.2f %6.2f %8.3f %7d %8.1f %8.1f %6.0f %6.0f %6.0f\n", $1, b, $2, h, c, i,
			$3, $3 / $2 * 1e6, $4, $5, r, $6 * 1e3, $7 * 1e3, $8, $9, k / 1024 }'
}

# git-history over the same captures: a file of all comments, committed as each capture left it.
measure_git_history() {
	if ! command -v git-history >/dev/null 2>&1; then
		echo "   git-history is not here to be timed side by side."
		return 0
	fi
	rm -rf "$tmp/other"
	git init -q "$tmp/other" || return 1
	for commit in $(git -C "$dir/archive" log --reverse --format=%H --grep='^Lapse-Source:'); do
		git -C "$dir/archive" ls-tree -r "$commit" threads | awk '/\/posts\/[0-9]*\// { print $3 }' |
			git -C "$dir/archive" cat-file --batch --buffer | awk 'BEGIN { printf "[" }
			NR % 2 == 0 { printf "%s%s\n", n++ ? "," : "", $0 } END { print "]" }' >"$tmp/other/comments.json"
		git -C "$tmp/other" add comments.json &&
		git -C "$tmp/other" -c user.name=bench -c user.email=bench@localhost commit -q -m capture || return 1
	done
	"$bin/meter" "$tmp/log.other" git-history file "$tmp/other.db" "$tmp/other/comments.json" --repo "$tmp/other" --id id || return 1
	awk -v o="$(wall "$tmp/log.other")" -v l="$(tail -n 1 "$tmp/replays" | cut -d ' ' -f 3)" 'BEGIN {
		printf "   git-history takes in the same comments of these captures in %.1f s, lapse its index in %.2f s: %.0f times\n",
			o, l, o / l }'
	rm -rf "$tmp/other" "$tmp/other.db"
}

# worst COLUMN: the greatest; growth COLUMN DIVISOR-COLUMN: the greatest share of the first one's.
worst() {
	awk -v c="$1" '$c > max { max = $c } END { print max }' "$tmp/replays"
}

growth() {
	awk -v c="$1" -v d="$2" '{ p = $c / (d ? $d : 1) } NR == 1 { first = p } p / first > max { max = p / first } END { print max }' \
		"$tmp/replays"
}

measure_replay() {
	sizes=${BENCH_REPLAY:-1:30 10:30}
	[ "$sizes" = full ] && sizes="1:30 10:100 100:300 205:300"
	echo
	echo "5. Replay"
	measure_warm || return 1
	echo
	echo "   A component N times the corpus with its histories, and so many captures, each of 20 bugs; under the built-in policy"
	printf '   %4s %7s %8s %8s %4s %8s %8s %7s %6s %8s %7s %8s %8s %6s %6s %6s\n' N bugs posts changes caps "import s" "build s" \
		us/post ": bare" "audit s" rows "$story ms" "take ms" anon audit index
	rm -f "$tmp/replays"
	for size in $sizes; do
		measure_lives "$size" || return 1
		[ "$size" = "${sizes%% *}" ] && { measure_git_history || return 1; }
		rm -rf "$tmp/lives"
	done
	echo "   build: the index from nothing, by show; bare: reading and parsing the same documents alone; audit, $story: warm;"
	echo "   take: bringing in one more capture and the first show after it, less a warm one; anonymous memory of the build and"
	echo "   of the audit, and the index, in MiB"
	verdict "$(growth 3 2)" 1.5 'time to build a post, of that at the smallest size, times'
	verdict "$(worst 4)" 1.5 'time to build, of reading and parsing alone, times'
	verdict "$(worst 5)" 2 'warm audit at the largest size here, s'
	verdict "$(worst 6)" 0.05 "one thread's $story at the largest size here, s"
	verdict "$(growth 7 0)" 2 'taking in a capture, of that at the smallest size, times'
	verdict "$(worst 8)" 1024 'MiB of anonymous memory, building'
	verdict "$(worst 9)" 1024 'MiB of anonymous memory, auditing'
}

# The part `sync` of bench.sh, which reads this file: syncs from a Bugzilla on loopback (tests/http) that lets every answer
# wait for 20 ms, against curl.
latency=20
connections=4	# that a sync opens
search='buglist.cgi?product=CA%20Program&component=CA%20Certificate%20Compliance'

# serve FOLDER: play a Bugzilla from saved answers; $place is its address, $tmp/asked what it is asked.
serve() {
	stop_server
	rm -f "$tmp/port"
	: >"$tmp/asked"
	"$build/httpd" --port-file "$tmp/port" --log "$tmp/asked" --bugzilla "$1" --latency "$latency" &
	server=$!
	while [ ! -f "$tmp/port" ]; do
		kill -0 "$server" 2>/dev/null || { server=; return 1; }
		sleep 0.05
	done
	place=http://127.0.0.1:$(cat "$tmp/port")
}

# sync LOG ARCHIVE [METER-OPTION [SYNC-OPTION]]: one sync, timed; a bench asks more often than every five minutes.
sync() {
	LAPSE_OFFLINE='' "$bin/meter" ${3:+"$3"} "$1" "$lapse" -C "$2" sync --force ${4:+"$4"}
}

# sync_new LOG ARCHIVE [METER-OPTION]: the first sync of a fresh archive.
sync_new() {
	rm -rf "$2"
	"$lapse" init "$2" >/dev/null && "$lapse" -C "$2" source add bmo "$place/$search" >/dev/null && sync "$1" "$2" ${3:+"$3"}
}

# fetch LOG CONNECTIONS LIST: have curl ask for the targets of a list, each answer in a file of its own; all must be there.
fetch() {
	rm -rf "$tmp/fetched"
	mkdir "$tmp/fetched" || return 1
	awk -v p="$place" -v d="$tmp/fetched" '{ printf "url = \"%s%s\"\noutput = \"%s/%d.json\"\n", p, $0, d, NR }' "$3" >"$tmp/curl"
	"$bin/meter" "$1" curl -q --silent --no-progress-meter --fail --noproxy '*' --http1.1 --parallel --parallel-max "$2" --config "$tmp/curl" &&
	[ "$(find "$tmp/fetched" -type f | wc -l)" -eq "$(wc -l <"$3")" ]
}

# import_fetched LOG: the bugs among what curl fetched, into a fresh archive. Lists, counts and times are nothing to import.
import_fetched() {
	rm -rf "$tmp/new" "$tmp/bugs"
	mkdir "$tmp/bugs" || return 1
	for n in $(grep -n '[?]id=' "$tmp/list" | cut -d : -f 1); do
		mv "$tmp/fetched/$n.json" "$tmp/bugs" || return 1
	done
	"$lapse" init "$tmp/new" >/dev/null &&
	"$bin/meter" "$1" "$lapse" -C "$tmp/new" import bugzilla --source bmo --captured-at "$captured" "$tmp/bugs"
}

# The targets of a first sync, and those of asking for its bugs one by one.
prepare_lists() {
	sync_new "$tmp/log.warm" "$tmp/synced" || return 1
	sed -n 's/^GET \([^ ]*\) .*/\1/p' "$tmp/asked" >"$tmp/list"
	grep -o '[?]id=[0-9,]*' "$tmp/list" | sed 's/^.id=//' | tr ',' '\n' |
		awk '{ print "/rest/bug/" $0; print "/rest/bug/" $0 "/comment"; print "/rest/bug/" $0 "/history" }' >"$tmp/one-by-one"
}

measure_first() {
	for _ in $(seq "$pairs"); do
		fetch "$tmp/log.curl" "$connections" "$tmp/list" && import_fetched "$tmp/log.fetched" &&
		sync_new "$tmp/log.sync" "$tmp/synced" || return 1
	done
	[ "$(git -C "$tmp/new" rev-parse HEAD:threads)" = "$(git -C "$tmp/synced" rev-parse HEAD:threads)" ] ||
		{ echo "bench: the sync and the import did not make the same threads" >&2; return 1; }
	fetch "$tmp/log.one" 1 "$tmp/one-by-one" || return 1
	heading s
	seconds 'first sync' "$tmp/log.sync"
	seconds "curl, the same $(wc -l <"$tmp/list") requests" "$tmp/log.curl"
	seconds 'import of these answers' "$tmp/log.fetched"
	seconds 'curl, bug by bug (once)' "$tmp/log.one"
	verdict "$(paste -d ' ' "$tmp/log.sync" "$tmp/log.curl" "$tmp/log.fetched" | awk '{ print $1 / ($5 + 1.2 * $9) }' |
		spread | cut -d ' ' -f 1)" 1 'first sync, of curl and 1.2 imports, times'
	verdict "$(awk -v s="$(wall "$tmp/log.sync")" -v o="$(wall "$tmp/log.one")" 'BEGIN { print s / o }')" 0.1 \
		'first sync, of fetching bug by bug, times'
	echo "   curl asks over HTTP/1.1 and $connections connections for what the sync asks; bug by bug it asks for each bug, its"
	echo "   comments and its history, $(wc -l <"$tmp/one-by-one") requests one after the other. The sync keeps evidence, too."
}

measure_idle() {
	for option in '' --always; do
		: >"$tmp/asked"
		for _ in $(seq "$pairs"); do
			sync "$tmp/log.idle$option" "$tmp/synced" '' "$option" || return 1
		done
		seconds "nothing new ${option:+"($option)"}" "$tmp/log.idle$option"
		verdict_ms "$tmp/log.idle$option" "sync with nothing new${option:+" $option"}" $((100 + latency))
		verdict "$(awk -v n="$pairs" '/^GET / { c++ } END { print c / n }' "$tmp/asked")" 2 "its requests"
	done
}

# The memory of first syncs, and of imports of the same.
measure_memory() {
	for n in 1 4; do
		"$bin/generate" "$tmp/large" "$n" "$text" >/dev/null && serve "$tmp/large/answers" || return 1
		for _ in 1 2 3; do
			sync_new "$tmp/log.anon.$n" "$tmp/synced" -m || return 1
		done
		rm -rf "$tmp/large"
		printf '   a component of %s corpora: anonymous memory %s MiB, resident with mapped files %s MiB\n' "$n" \
			"$(most "$tmp/log.anon.$n" 4)" "$(most "$tmp/log.anon.$n" 3)"
	done
	verdict "$(awk -v a="$(most "$tmp/log.anon.4" 4)" -v b="$(most "$tmp/log.anon.1" 4)" 'BEGIN { print a / b }')" 1.25 \
		'anonymous memory at 4 corpora, of that at 1, times'
}

measure_sync() {
	echo
	echo "6. Sync: the corpus from a Bugzilla on loopback, $latency ms an answer; $pairs rounds"
	command -v curl >/dev/null || { echo "bench: there is no curl to compare with" >&2; return 1; }
	serve "$tmp/corpus" && prepare_lists && measure_first && measure_idle && measure_memory || return 1
	stop_server
	rm -rf "$tmp/synced" "$tmp/new" "$tmp/fetched" "$tmp/bugs"
}

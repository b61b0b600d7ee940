#!/bin/sh
# A sync that keeps evidence, killed or failed at every call that changes a file: the archive is the old or the new one, the
# evidence that a record names is whole, and the next sync just works.
. "$(dirname "$0")/lib.sh"
. "$root/tests/cli/httpd.sh"

fault=$(dirname "$LAPSE")/fault.so
if [ "${LAPSE_FLAVOUR:-plain}" != plain ] || [ ! -f "$fault" ]; then
	echo "skipped: a preloaded object and the sanitizers do not go together" >&2
	finish
fi
export LAPSE_LOCK_WAIT=0
mkdir state
cp "$root/tests/data/incident/bug.json" "$root/tests/data/incident/comments.json" state/
serve web --bugzilla state
ok "an archive" "$LAPSE" init base
ok "a source" "$LAPSE" -C base source add bz "$web_url/buglist.cgi?product=Example%20Root%20Program"
ok "a first sync" "$LAPSE" -C base sync
jq '.bugs[0].last_change_time = "2025-06-01T12:00:00Z"' state/bug.json >bug.json
jq '.bugs["101"].comments += [.bugs["101"].comments[0] + {id: 99999, count: 99, creation_time: "2025-06-01T12:00:00Z",
    time: "2025-06-01T12:00:00Z", text: "news", raw_text: "news"}]' state/comments.json >comments.json
mv bug.json comments.json state/
export LAPSE_NOW=2025-06-02T00:00:00Z

tip() { git -C "$1" rev-parse -q --verify "$2" 2>/dev/null; }
leftovers() {
	find "$1" \( -name '*.lock' -o -name '*tmp*' -o -name 'pack_git2*' -o -name 'lapse.spool*' \) ! -name lapse.lock \
	    ! -path '*/description'
}

# harm MODE N: one sync that is harmed at its N-th call, and the one after it.
harm() {
	rm -rf it "$XDG_STATE_HOME"
	cp -r base it
	status=0
	LD_PRELOAD=$fault LAPSE_FAULT_DIR=$PWD/it LAPSE_FAULT=$1:$2 "$LAPSE" -C it sync >"$out" 2>"$err" || status=$?
	case $1:$status in
	kill:137 | tear:137 | fail:0 | fail:3 | fail:75 | full:0 | full:3 | full:75) ;;
	# The run that was counted may have made some calls more: how often it waits for the server differs.
	kill:0 | tear:0) [ "$2" -gt $((calls - 20)) ] || { fail "$1:$2: ends as it must"; return; } ;;
	*) fail "$1:$2: ends as it must"; return ;;
	esac
	if ! "$LAPSE" -C it verify >"$out" 2>"$err" || [ -s "$err" ]; then
		fail "$1:$2: the archive and its evidence are whole"
		return
	fi
	if ! git -C it fsck --strict --no-progress --no-dangling >"$out" 2>"$err"; then
		fail "$1:$2: so says git"
		return
	fi
	if ! "$LAPSE" -C it sync --force --always >"$out" 2>"$err" || ! "$LAPSE" -C it verify >"$out" 2>"$err" ||
	    ! git -C it show HEAD:threads/bz/01/01/101/posts/0/99.json | grep -q news; then
		fail "$1:$2: the next sync just works"
		return
	fi
	if [ "$1" != fail ] && [ -n "$(leftovers it)" ]; then
		leftovers it >"$err"
		fail "$1:$2: nothing is left behind"
		return
	fi
	# Evidence without a capture is harmless: the branch has at least one commit a capture.
	[ "$(git -C it rev-list --count evidence)" -ge "$(($(git -C it rev-list --count HEAD) - 2))" ] && pass ||
	    fail "$1:$2: evidence is there before the capture"
}

rm -rf it
cp -r base it
LD_PRELOAD=$fault LAPSE_FAULT_DIR=$PWD/it LAPSE_FAULT_COUNT=$PWD/count "$LAPSE" -C it sync >"$out" 2>"$err"
calls=$(tail -n 1 count)
[ "$calls" -gt 40 ] && pass || fail "$calls calls are counted"
[ "$(tip it HEAD)" != "$(tip base HEAD)" ] && [ "$(tip it evidence)" != "$(tip base evidence)" ] && pass || fail "the sync does something"
# At all calls when FAULTS=all, else at a sample.
for how in kill tear fail full; do
	i=1
	while [ $i -le "$calls" ]; do
		case ${FAULTS:-}$how in kill) step=5 ;; all*) step=1 ;; *) step=$((calls / 6 + 1)) ;; esac
		harm $how $i
		i=$((i + step))
	done
done
finish

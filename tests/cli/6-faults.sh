#!/bin/sh
# Killed, torn, failed or out of space at every call that changes a file: the archive is
# the old or the new one, and the next run just works. The calls are counted and harmed by a preloaded object.
. "$(dirname "$0")/lib.sh"

fault=$(dirname "$LAPSE")/fault.so
if [ "${LAPSE_FLAVOUR:-plain}" != plain ] || [ ! -f "$fault" ]; then
	echo "skipped: a preloaded object and the sanitizers do not go together" >&2
	finish
fi

# small and large: what they import; one bug, with a few or with many comments.
bug() {
	jq -nc --argjson n "$1" --arg text "$2" '{bugs: [{id: 7, summary: "Example: a bug", status: "NEW",
	    creation_time: "2024-01-01T00:00:00Z", history: [], attachments: [],
	    comments: [range($n) | {id: ., bug_id: 7, count: ., author: "a@example.org",
	        creation_time: "2024-01-01T00:00:00Z", text: "\($text) \(.)"}]}]}'
}
bug 3 first >first.json
bug 4 second >small.json
bug 700 second >large.json
bug 1500 third >many.json
echo '{"format":"lapse-parties-1","parties":[]}' >parties.json

tip() { git -C "$1" rev-parse -q --verify HEAD 2>/dev/null; }
tree() { git -C "$1" rev-parse -q --verify 'HEAD^{tree}' 2>/dev/null; }

# The work under test, on an archive: one of these a scenario.
work_small() { "$LAPSE" -C "$1" import bugzilla --captured-at 2024-02-02 small.json; }
work_large() { "$LAPSE" -C "$1" import bugzilla --captured-at 2024-02-02 large.json; }
work_parties() { "$LAPSE" -C "$1" parties add parties.json; }
work_init() { "$LAPSE" init "$1"; }

# What nobody needs after a run that ended well.
leftovers() {
	find "$1" \( -name '*.lock' -o -name '*tmp*' -o -name 'pack_git2*' -o -name 'lapse.spool*' -o -name 'lapse.init' \) \
	    ! -name lapse.lock ! -path '*/description'
}

# Whole, whatever the captures here say of each other: their texts change, and nothing declares it.
verifies() {
	verified=0
	"$LAPSE" -C it verify --json >"$out" 2>"$err" || verified=$?
	[ "$verified" -le 1 ] && [ ! -s "$err" ] && ! grep -q -v '"class":"silent"' "$out"
}

# harm SCENARIO MODE N: one run that is harmed at its N-th call, and the one after it.
harm() {
	scenario=$1 mode=$2 n=$3
	rm -rf it
	[ ! -d "base-$scenario" ] || cp -r "base-$scenario" it
	old=$(tip it)
	status=0
	LD_PRELOAD=$fault LAPSE_FAULT_DIR=$PWD/it LAPSE_FAULT=$mode:$n "work_$scenario" it >"$out" 2>"$err" || status=$?
	case $mode:$status in
	kill:137 | tear:137) ;;
	fail:0 | fail:3 | fail:75 | full:0 | full:3 | full:75) ;;
	*) fail "$scenario $mode:$n: ends as it must"; return ;;
	esac
	new=$(tip it)
	if [ "$new" != "$old" ] && [ "$(tree it)" != "$(tree "done-$scenario")" ]; then
		fail "$scenario $mode:$n: the archive is neither the old nor the new one"
		return
	fi
	if [ "$status" -eq 0 ] && [ "$(tree it)" != "$(tree "done-$scenario")" ]; then
		fail "$scenario $mode:$n: a run that ended well did not do its work"
		return
	fi
	if [ -n "$new" ] && { ! verifies ||
	    ! git -C it fsck --strict --no-progress --no-dangling >"$out" 2>"$err"; }; then
		fail "$scenario $mode:$n: the archive is whole"
		return
	fi
	if [ "$scenario" = init ] && [ -n "$new" ]; then pass; return; fi
	if ! "work_$scenario" it >"$out" 2>"$err" || [ "$(tree it)" != "$(tree "done-$scenario")" ]; then
		fail "$scenario $mode:$n: the next run just works"
		return
	fi
	# A removal that failed may leave its file; nothing else may.
	if [ "$mode" != fail ] && [ -n "$(leftovers it)" ]; then
		leftovers it >"$err"
		fail "$scenario $mode:$n: nothing is left behind"
		return
	fi
	pass
}

# A run is killed at every one of its calls. The other harms, and a run of very many calls, are tried at the first and
# the last ones, where a run begins and lands, and at a sample; at all of them when FAULTS=all.
is_tried() {
	[ "${FAULTS:-}" = all ] || { [ "$how" = kill ] && [ "$2" -lt 1000 ]; } || [ "$1" -le 4 ] || [ "$1" -gt $(($2 - 8)) ] || [ $(($1 % ($2 / 8 + 1))) -eq 0 ]
}

# try SCENARIO MODE...: with the calls of the scenario.
try() {
	name=$1
	shift
	rm -rf it
	[ ! -d "base-$name" ] || cp -r "base-$name" it
	LD_PRELOAD=$fault LAPSE_FAULT_DIR=$PWD/it LAPSE_FAULT_COUNT=$PWD/count "work_$name" it >"$out" 2>"$err"
	calls=$(tail -n 1 count)
	cp -r it "done-$name"
	[ "$calls" -gt 5 ] && pass || fail "$name: $calls calls are counted"
	for how; do
		i=1
		while [ "$i" -le "$calls" ]; do
			! is_tried "$i" "$calls" || harm "$name" "$how" "$i"
			i=$((i + 1))
		done
	done
}

ok "a base" "$LAPSE" init base-small
ok "a first capture" "$LAPSE" -C base-small import bugzilla --captured-at 2024-01-01 first.json
cp -r base-small base-large
cp -r base-small base-parties

try init kill tear fail full
try parties kill fail full
try small kill tear fail full
try large kill tear fail full

# A run that packs what has piled up.
cp -r base-small base-tidy
ok "many objects" "$LAPSE" -C base-tidy import bugzilla --captured-at 2024-01-02 many.json
mkdir packs
mv base-tidy/objects/pack/* packs/
for pack in packs/*.pack; do
	git -C base-tidy unpack-objects -q <"$pack" || fail "unpacking"
done
work_tidy() { work_small "$1"; }
loose() { find "$1/objects" -path '*/??/*' -type f | wc -l; }
[ "$(loose base-tidy)" -gt 1400 ] && pass || fail "objects have piled up"
try tidy kill fail
[ "$(loose done-tidy)" -lt 100 ] && pass || fail "they were packed"

finish

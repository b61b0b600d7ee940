#!/bin/sh
# What `make demo` shows: the main job on bundled real data, then an invented
# incident with its whole history.
# usage: demo.sh LAPSE
set -eu

[ $# -eq 1 ] || { echo 'usage: demo.sh LAPSE' >&2; exit 2; }
lapse=$1
data=$(dirname "$(dirname "$0")")/data
dir=$(mktemp -d "${TMPDIR:-/tmp}/lapse-demo.XXXXXX")
real=$dir/real
invented=$dir/invented

# The reader's own archive and clock are none of this demonstration's business.
unset LAPSE_DIR LAPSE_NOW
LAPSE_PAGER="cat"
export LAPSE_PAGER

say() {
	printf '\n'
	printf '%s\n' "$@"
}

# run STATUS COMMAND...: show the command, run it, insist on its exit status.
# $files is a pattern of files to come after it, shown as it is.
files=
run() {
	expected=$1
	shift
	printf '\n$ %s\n' "$*${files:+ $files}"
	status=0
	# shellcheck disable=SC2086
	"$@" $files || status=$?
	files=
	[ "$status" -eq "$expected" ] && return
	printf 'demo: exit status %d, not %d as it should be\n' "$status" "$expected" >&2
	exit 1
}

say '== 1. An archive of real incidents' \
    '829 public bugs about certificate authorities (CAs), as saved on 2026-03-14.' \
    'An archive is an ordinary git repository; every run adds one commit.'
run 0 "$lapse" init "$real"
files="$data/demo/*.json.gz"
run 0 "$lapse" -C "$real" import bugzilla --source bmo --captured-at 2026-03-14T06:37:16Z
run 0 "$lapse" -C "$real" parties add "$data/demo/parties.json"
run 0 "$lapse" -C "$real" policy add "$data/demo/week.json"
run 0 "$lapse" -C "$real" policy add "$data/demo/week-pacific.json"

say '== 2. How long did one CA stay silent in one bug?' \
    'Each line is a gap of more than seven calendar days (Pacific time) between two' \
    'posts of the CA. No change history was captured: nothing below is firm, and' \
    'nobody is said to have broken a rule.'
run 0 "$lapse" -C "$real" gaps bmo:1888882 --policy week-pacific --clock update --late --at 2026-03-14

say '== 3. The list that the CA wrote about itself, against the record' \
    'It was written by hand. Of the three bugs that it names one is in this half of' \
    'the record. Its dates are right, one of them within a day, and it leaves out the' \
    'longest gaps of all. Something is missing, so the exit status is 1.'
run 1 "$lapse" -C "$real" reconcile --policy week-pacific --at 2026-03-14 "$data/demo/cfca-claims.csv"

say '== 4. An invented incident, with its change history' \
    'Here closings and reopenings are known, so findings can be firm.'
run 0 "$lapse" init "$invented"
run 0 "$lapse" -C "$invented" import bugzilla --source example --captured-at 2024-05-20T06:00:00Z \
    "$data/incident/bug.json" "$data/incident/comments.json" \
    "$data/incident/history.json" "$data/incident/attachment.json"
run 0 "$lapse" -C "$invented" parties add "$data/incident/parties.json"
run 0 "$lapse" -C "$invented" policy add "$data/incident/rules.json"

say '== 5. The audit' \
    'It leads with what is firm and ends with what is doubtful, and why.' \
    'Exit status 1 is right here: there are firm breaches.'
run 1 "$lapse" -C "$invented" audit --policy example-rules

say '== What to try next' \
    "Both archives stay in $dir (remove it when you are done):" \
    '' \
    "  $lapse -C $real status --policy week --at 2026-03-14" \
    "  $lapse -C $real list | head" \
    "  $lapse -C $real audit --policy week --owner cfca --doubtful" \
    "  $lapse -C $real gaps --policy week --late --format ndjson | head -1 | jq ." \
    "  $lapse -C $invented show example:101 --policy example-rules" \
    "  $lapse -C $invented audit --policy example-rules --at 2024-03-11" \
    "  $lapse -C $invented verify" \
    "  git -C $invented log --stat"

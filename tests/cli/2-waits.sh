#!/bin/sh
# lapse sync and servers that want to be left alone for a while: who waits, how long, and who does not. Here the clock runs.
. "$(dirname "$0")/lib.sh"
. "$root/tests/cli/httpd.sh"
. "$root/tests/cli/syncs.sh"
unset LAPSE_NOW

# limit SECONDS: the server `one` has had enough, once.
limit() {
	echo "/rest/bug[?]*count_only* status=429 header=Retry-After:$1 body=<html> times=1" >rules
	serve one --bugzilla state --rules rules
}

# until_says PATTERN FILE
until_says() {
	waited=0
	while ! grep -q "$1" "$2" && [ $waited -lt 400 ]; do sleep 0.05; waited=$((waited + 1)); done
	ok "'$1' is said" grep -q "$1" "$2"
}

stamp='[-0-9]*T[:0-9]*Z'
bugs state 1 3 2025-05-30T00:00:00Z 1

# ---- the next run ----

limit 4
archive next
exits 75 "a server that has had enough" sync next
says "^lapse: sync: bmo: 127.0.0.1:[0-9]* has had enough of our requests (HTTP 429): come back at $stamp; until then the next run waits\$"
exits 75 "a run that is not to wait" sync next --no-wait
says "^lapse: sync: bmo: the server had enough of our requests and is not asked; come back at $stamp\$"
is "asks nobody" "$(met one)" 0
ok "what would be asked" "$LAPSE" -C next sync --dry-run
prints "^the server had enough of our requests: not before $stamp\$"
ok "a run waits by itself" sync next
prints "^bmo: the server had enough of our requests and is not asked; come back at $stamp: waiting until then\$"
prints '^captured bmo at .*: bugs 3, '
says_nothing
unserve one

limit 4
archive quiet
exits 75 "again" sync quiet
ok "a run of a schedule" sync quiet -q
prints_nothing
says_nothing
is "has what there is" "$(said quiet '.counts.bugs')" 3
unserve one

limit 2
archive same
ok "--wait waits in the run that was told" sync same --wait
prints "^bmo: 127.0.0.1:[0-9]* has had enough of our requests (HTTP 429): come back at $stamp; .*: waiting until then\$"
prints '^captured bmo at .*: bugs 3, '
unserve one

misused "both" "--wait and --no-wait exclude each other" -C same sync --wait --no-wait

# ---- two runs, and a signal ----

limit 30
archive crowd
exits 75 "one that is told for long" sync crowd
env --default-signal=INT "$LAPSE" -C crowd sync >waits.out 2>waits.err &
pid=$!
until_says 'waiting until then$' waits.out
exits 75 "another run of the schedule" sync crowd
says "^lapse: sync: bmo: another run waits until $stamp already\$"
ok "the archive is free meanwhile" "$LAPSE" -q -C crowd import bugzilla --source saved state/1.json
kill -INT $pid
wait $pid 2>/dev/null
status=$? last="Ctrl-C while it waits"
is "it ends by it" "$status" 130
is "nobody was asked" "$(met one)" 0
unserve one

# ---- several sources ----

limit 3
bugs other 7 8 2025-05-30T00:00:00Z 1
serve two --bugzilla other
archive both
ok "another source" "$LAPSE" -q -C both source add other "$two_url/buglist.cgi?product=CA%20Program&component=Incidents"
exits 75 "one of two has had enough" sync both
prints '^captured other at .*: bugs 2, '
ok "the next run" sync both --force
prints '^captured bmo at .*: bugs 3, '
is "has asked the other first" "$(sed -n 's/^\(bmo\|other\): .*waiting.*/\1 waits/p; s/^other: nothing new.*/other/p; s/^captured bmo.*/bmo/p' "$out" | tr '\n' ' ')" "bmo waits other bmo "
unserve one
unserve two
finish

#!/bin/sh
# The README: what it prints after a command is what that command prints. Only commits have other names here.
. "$(dirname "$0")/lib.sh"
export ASAN_OPTIONS="$ASAN_OPTIONS:detect_leaks=0"	# as in 2-mail.sh
ln -s "$root/tests" tests
mkdir bin
ln -s "$LAPSE" bin/lapse
export LAPSE_NOW=2026-06-01T00:00:00Z
PATH=$PWD/bin:$PATH

# The blocks with a "$ ", in order: N.run is a command, also over several lines while a quote is open, N.want its output.
awk -v quote="'" '
/^```/ { inside = !inside; n += asked; asked = 0; next }
inside && /^\$ / { n += asked; asked = 1; sub(/^\$ /, ""); open = gsub(quote, quote) % 2
	print >(n ".run"); printf "" >(n ".want"); next }
asked && open { open = (open + gsub(quote, quote)) % 2; print >(n ".run"); next }
asked { print >(n ".want") }' "$root/README.md"

# The larger example is made by a block without them.
sed -n '/^lapse init incidents$/,/^```$/{ /^```$/!p; }' "$root/README.md" >incidents.run
ok "the larger example's block is there" test "$(wc -l <incidents.run)" -eq 4
ok "the larger example" sh -e incidents.run

# Somebody who copies what stands there, from the top down, has each archive of a block before it is used.
awk '/^```/ { inside = !inside } !inside || !/^(\$ )?lapse / { next }
{ sub(/^\$ /, "") } $2 == "init" { made[$3] = 1 }
NR > first && $2 == "-C" && !made[$3] { print NR ": " $0 }' first="$(grep -n '^## A first hour' "$root/README.md" | cut -d : -f 1)" \
    "$root/README.md" >early
ok "no archive is used before it is made" diff /dev/null early

# as_written FILE: with no commit's name in it.
as_written() {
	sed -E 's/(^|[^0-9a-f])[0-9a-f]{12}([^0-9a-f]|$)/\1COMMIT\2/g' "$1"
}

count=$(find . -maxdepth 1 -name '*.run' ! -name incidents.run | wc -l)
ok "there are commands" test "$count" -gt 10
n=0
while [ "$n" -lt "$count" ]; do
	command=$(cat "$n.run")
	eval "$command" >"$n.got" 2>"$n.err"
	as_written "$n.got" >got
	as_written "$n.want" >want
	# "…" stands for lines that are cut out.
	if grep -q -x '…' want; then
		before=$(awk '/^…$/ { print NR - 1; exit }' want)
		after=$(awk '/^…$/ { n = NR } END { print NR - n }' want)
		{ head -n "$before" got; echo '…'; tail -n "$after" got; } >cut
		mv cut got
	fi
	ok "$command" diff want got
	n=$((n + 1))
done
finish

#!/bin/sh
# What `make check` runs after setup: everything, in both flavours. Quiet but for a line a group;
# what failed is shown in full. The last line is "N passed, M failed".
#   FLAVOURS="plain"   only that one        JOBS=4   so many at once
set -u
cd "$(dirname "$0")/../.." || exit 99
export LC_ALL=C
results=$(pwd)/build/check
jobs=${JOBS:-2}
rm -rf "$results"
mkdir -p "$results"
passed=0 failed=0

# add COUNTED_PASSED COUNTED_FAILED LABEL
add() {
	passed=$((passed + $1))
	failed=$((failed + $2))
	printf '%-24s %6d passed' "$3" "$1"
	[ "$2" -eq 0 ] || printf ', %d failed' "$2"
	echo
}

# group FLAVOUR KIND LABEL FILE...: run them all, show what failed.
group() {
	flavour=$1 kind=$2 label=$3
	shift 3
	[ -f "$1" ] || return 0
	printf '%s\n' "$@" | xargs -P "$jobs" -n 1 sh tests/check/one.sh "$results" "$flavour" "$kind"
	p=0 f=0
	for file; do
		name=$flavour-$kind-$(basename "$file" | sed 's/\.[a-z]*$//')
		read -r one_passed one_failed <"$results/$name.count" || { one_passed=0 one_failed=1; }
		p=$((p + one_passed)) f=$((f + one_failed))
		if [ "$one_failed" -gt 0 ]; then
			echo "--- $flavour: $file"
			cat -v "$results/$name.log"
		fi
	done
	add "$p" "$f" "$label"
}

build() {
	if make -s -j"$jobs" FLAVOUR="$1" WERROR=-Werror all tests >"$results/$1-build.log" 2>&1; then
		add 1 0 "$1: build"
	else
		cat "$results/$1-build.log"
		add 0 1 "$1: build"
		return 1
	fi
}

for flavour in ${FLAVOURS:-plain asan}; do
	build "$flavour" || continue
	group "$flavour" unit "$flavour: unit" tests/unit/test_*.c
	group "$flavour" cli "$flavour: command line" tests/cli/[0-9]*.sh
	group "$flavour" fuzz "$flavour: fuzz corpora" tests/fuzz/fuzz_*.c
done
group plain style "style" tests/check/layers.sh tests/check/headers.sh tests/check/banned.sh tests/check/commands.sh
group plain repro "reproducible build" tests/check/repro.sh
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]

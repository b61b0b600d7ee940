#!/bin/sh
# one.sh RESULTS FLAVOUR KIND FILE: run one test program from the root and leave two files
# named for it in RESULTS: .count ("PASSED FAILED") and .log.
set -u
results=$1 flavour=$2 kind=$3 file=$4
build=build/$flavour
name=$flavour-$kind-$(basename "$file" | sed 's/\.[a-z]*$//')
log=$results/$name.log
export LAPSE_FLAVOUR="$flavour" LAPSE="$build/lapse" ASAN_OPTIONS=exitcode=99 LSAN_OPTIONS=exitcode=99 \
	UBSAN_OPTIONS=exitcode=99:print_stacktrace=1
limit="timeout ${CHECK_TIMEOUT:-900}"

# A program that dies, or ends badly without a failed test, is one failure more.
count() {
	status=$1 passed=$2 failed=$3
	[ "$status" -eq 0 ] || [ "$failed" -gt 0 ] || failed=1
	[ "$status" -eq 0 ] || echo "(exit status $status)" >>"$log"
	echo "$passed $failed" >"$results/$name.count"
}

case $kind in
unit)
	CMOCKA_MESSAGE_OUTPUT=TAP $limit "$build/${file%.c}" >"$log" 2>&1 </dev/null
	status=$?
	passed=$(grep -c '^ok [0-9]' "$log")
	failed=$(grep '^not ok [0-9]' "$log" | grep -v -c '# SKIP')
	# What was announced and never came: the program died on the way.
	planned=$(sed -n 's/^1\.\.\([0-9]*\)$/\1/p' "$log" | awk '{ n += $1 } END { print n + 0 }')
	came=$(grep -c -E '^(not )?ok [0-9]' "$log")
	[ "$came" -ge "$planned" ] || failed=$((failed + planned - came))
	[ "$planned" -gt 0 ] || { failed=1 && echo "no tests" >>"$log"; }
	count "$status" "$passed" "$failed" ;;
fuzz)
	target=$(basename "$file" .c)
	corpus=tests/fuzz/corpus/${target#fuzz_}
	files=$(find "$corpus" -type f 2>/dev/null | wc -l)
	$limit "$build/${file%.c}" "$corpus" >"$log" 2>&1 </dev/null
	status=$?
	[ "$files" -gt 0 ] || { status=99 && echo "no corpus in $corpus" >>"$log"; }
	if [ "$status" -eq 0 ]; then count 0 "$files" 0; else count "$status" 0 1; fi ;;
*)
	$limit sh "$file" >"$log" 2>&1 </dev/null
	status=$?
	counts=$(sed -n '$s/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' "$log")
	# shellcheck disable=SC2086
	count "$status" ${counts:-0 1} ;;
esac

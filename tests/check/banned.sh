#!/bin/sh
# Functions that nobody may call, and those that have one home.
. "$(dirname "$0")/count.sh"

# FILE:LINE:CODE of C files, without comments and what is in quotes.
code() {
	for file; do
		awk -v file="$file" '{
			line = ""
			rest = $0
			while (rest != "") {
				if (within) {
					i = index(rest, "*/")
					if (i == 0) break
					within = 0
					rest = substr(rest, i + 2)
				} else if (match(rest, /^"([^"\\]|\\.)*"/) || match(rest, /^'\''([^'\''\\]|\\.)*'\''/)) {
					line = line "\"\""
					rest = substr(rest, RLENGTH + 1)
				} else if (substr(rest, 1, 2) == "/*") {
					within = 1
					rest = substr(rest, 3)
				} else {
					line = line substr(rest, 1, 1)
					rest = substr(rest, 2)
				}
			}
			print file ":" FNR ":" line
		}' "$file"
	done
}
code lib/*/*.[ch] cmd/*.[ch] include/lapse/*.h >"${TMPDIR:-/tmp}/lapse-code.$$"
trap 'rm -f "${TMPDIR:-/tmp}/lapse-code.$$"' EXIT

# calls NAMES HOMES: calls of these functions outside the files that match HOMES.
calls() {
	grep -E "(^|[^A-Za-z0-9_.>])($1)[ 	]*\(" "${TMPDIR:-/tmp}/lapse-code.$$" | grep -v -E "^($2):"
}

for name in strcpy stpcpy strcat strncat strncpy sprintf vsprintf gets strtok strtok_r atoi atol atoll atof \
	scanf fscanf sscanf system popen tmpnam tempnam mktemp alloca rand srand localtime gmtime mktime \
	ctime asctime gettimeofday setjmp longjmp; do
	none "$name is not called" "$(calls "$name" nowhere)"
done
none "the time is known in one place" "$(calls 'time|clock' lib/base/time.c)"
none "and so is its clock" "$(grep -E 'CLOCK_REALTIME' "${TMPDIR:-/tmp}/lapse-code.$$" | grep -v '^lib/base/time.c:')"
none "memory comes from alloc" "$(calls 'malloc|calloc|realloc|strdup|strndup|reallocarray' lib/base/alloc.c)"
none "the library prints nothing" "$(calls 'printf|vprintf|puts|putchar|perror' nowhere | grep '^lib/'
	grep -E '^lib/.*[^a-z_](stderr|stdout)([^a-z_]|$)' "${TMPDIR:-/tmp}/lapse-code.$$" | grep -v '^lib/base/alloc.c:')"
none "the library ends no process" "$(calls 'exit|_exit|abort|quick_exit' lib/base/alloc.c | grep '^lib/')"
none "the locale is set in one place" "$(calls 'setlocale' cmd/main.c)"
none "and left for numbers in one" "$(calls 'uselocale|newlocale' lib/base/json.c)"
none "time zones are known in one place" "$(calls 'localtime_r|tzset|setenv|putenv' '(lib/base/zone.c|cmd/pager.c)')"
none "comments are /* */" "$(grep -E '(^|[^:])//' "${TMPDIR:-/tmp}/lapse-code.$$" | grep -v -E ':[0-9]+:[^"]*"[^"]*//')"
none "no blanks at the end of a line" "$(grep -n -E '[ 	]+$' lib/*/*.[ch] cmd/*.[ch] include/lapse/*.h tests/*/*.[ch] tests/*/*.sh Makefile)"
done_counting

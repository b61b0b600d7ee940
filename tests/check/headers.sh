#!/bin/sh
# Each header compiles alone: it includes what its own declarations need.
. "$(dirname "$0")/count.sh"

flags="-std=c11 -D_POSIX_C_SOURCE=200809L -D_XOPEN_SOURCE=700 -Iinclude -Wall -Wextra -Wpedantic -Werror
	-Wstrict-prototypes -Wundef $(pkg-config --cflags libgit2 jansson zlib libcrypto libcurl)"
compile() {
	# shellcheck disable=SC2086
	printf '#include "%s"\nextern int nothing;\n' "$1" | ${CC:-cc} $flags -I. -fsyntax-only -x c -
}
for header in include/lapse/*.h lib/*/*.h cmd/*.h; do
	[ -f "$header" ] && fact "$header compiles alone" compile "$header"
done
done_counting

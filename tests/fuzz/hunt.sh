#!/bin/sh
# Hunt for crashes with libFuzzer: hunt.sh NAME SECONDS builds
# tests/fuzz/fuzz_NAME.c and starts from tests/fuzz/corpus/NAME. What it learns
# stays in build/hunt; an input that fails is left there as NAME-crash-*, and
# belongs in the corpus once the cause is repaired.
set -eu

name=${1-} seconds=${2:-60}
cd "$(dirname "$0")/../.."
if [ -z "$name" ] || [ ! -f "tests/fuzz/fuzz_$name.c" ]; then
	echo "usage: make fuzz F=NAME [T=SECONDS], with NAME one of:" \
	    "$(ls tests/fuzz/fuzz_*.c | sed 's/.*fuzz_//; s/\.c$//' | tr '\n' ' ')" >&2
	exit 2
fi
command -v clang >/dev/null || { echo "hunt: clang is not installed" >&2; exit 2; }

${MAKE:-make} --no-print-directory build/plain/gen/builtin.c
libs='libgit2 jansson zlib libcrypto'
mkdir -p "build/hunt/$name"
# shellcheck disable=SC2046 # pkg-config answers several words
clang -std=c11 -D_POSIX_C_SOURCE=200809L -D_XOPEN_SOURCE=700 -Iinclude -Itests \
    -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer,address,undefined \
    -fno-sanitize-recover=all -o "build/hunt/fuzz_$name" \
    "tests/fuzz/fuzz_$name.c" lib/*/*.c build/plain/gen/builtin.c \
    $(pkg-config --cflags libcurl libxml-2.0 gmime-3.0) $(pkg-config --cflags --libs $libs)
"build/hunt/fuzz_$name" -max_total_time="$seconds" -print_final_stats=1 -verbosity=0 \
    -artifact_prefix="build/hunt/$name-" "build/hunt/$name" "tests/fuzz/corpus/$name"

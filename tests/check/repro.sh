#!/bin/sh
# Two builds of one tree, in folders of other names, with another umask and time zone: the same bytes.
. "$(dirname "$0")/count.sh"

scratch=$(mktemp -d "${TMPDIR:-/tmp}/lapse-repro.XXXXXX") || exit 99
trap 'rm -rf "$scratch"' EXIT
trap 'exit 99' HUP INT TERM

# build FOLDER UMASK ZONE
build() {
	(
		umask "$2"
		mkdir -p "$1" && cp -R Makefile cmd include lib "$1" || exit
		cd "$1" && TZ=$3 HOME=$1 make -s -j2 FLAVOUR=plain all
	)
}
fact "a build" build "$scratch/a" 022 UTC
fact "another, elsewhere" build "$scratch/a-longer-name/b" 077 Asia/Tokyo
fact "the same bytes" cmp "$scratch/a/build/plain/lapse" "$scratch/a-longer-name/b/build/plain/lapse"
fact "no folder of the build is in them" eval '! grep -q -a -F "$scratch" "$scratch/a/build/plain/lapse"'
done_counting

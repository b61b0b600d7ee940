#!/bin/sh
# The floors: a file includes only its own floor and lower ones, floors of one height that stand side
# by side are unaware of each other, and each outside library has its homes.
. "$(dirname "$0")/count.sh"

level() {
	case $1 in
	base) echo 1 ;;
	model | store) echo 2 ;;
	clock | replay | source) echo 3 ;;
	audit) echo 4 ;;
	report) echo 5 ;;
	cmd) echo 6 ;;
	*) echo 0 ;;
	esac
}

# The floor that a public header is the contract of: the folder of its name, else that of the .c of its name.
home_of() {
	if [ -d "lib/$1" ]; then
		echo "$1"
		return
	fi
	# lib/report/gaps.c may write what lib/audit/gaps.c finds: the lower floor has the contract.
	for file in lib/*/"$1".c; do
		floor=$(basename "$(dirname "$file")")
		[ -f "$file" ] && echo "$(level "$floor") $floor"
	done | sort -n | sed -n '1s/.* //p'
}

homes_of_library() {
	case $1 in
	git2.h | git2/*) echo store ;;
	curl/*) echo source ;;
	libxml/*) echo source ;;
	gmime/*) echo source ;;
	sqlite3.h) echo report ;;
	zlib.h | openssl/*) echo base ;;
	jansson.h) echo base model source clock replay report ;;
	*) echo any ;;
	esac
}

# What is wrong with one #include of a file on a floor; nothing when nothing is.
judge() {
	file=$1 floor=$2 what=$3
	case $what in
	'"lapse/'*)
		header=${what#'"lapse/'}
		header=${header%.h*}
		home=$(home_of "$header")
		if [ -z "$home" ]; then
			echo "$file: lapse/$header.h is no floor's contract (no lib/*/$header.c)"
		elif [ "$home" != "$floor" ] && [ "$(level "$home")" -ge "$(level "$floor")" ]; then
			echo "$file ($floor): lapse/$header.h is of $home"
		fi ;;
	'"'*)
		name=${what#'"'}
		[ -f "$(dirname "$file")/${name%'"'}" ] || echo "$file: $what is not beside it" ;;
	'<'*)
		name=${what#<}
		homes=$(homes_of_library "${name%>}")
		case " $homes " in
		*" any "* | *" $floor "*) ;;
		*) echo "$file ($floor): $what belongs to $homes" ;;
		esac ;;
	esac
}

for file in lib/*/*.[ch] cmd/*.[ch] include/lapse/*.h; do
	[ -f "$file" ] || continue
	case $file in
	lib/*) floor=$(basename "$(dirname "$file")") ;;
	cmd/*) floor=cmd ;;
	include/*) floor=$(home_of "$(basename "$file" .h)") ;;
	esac
	if [ -z "$floor" ] || [ "$(level "$floor")" -eq 0 ]; then
		none "the floor of $file" "it has none"
		continue
	fi
	none "the includes of $file" "$(sed -n 's/^#[ 	]*include[ 	]*\([<"][^>"]*[>"]\).*/\1/p' "$file" |
		while read -r what; do judge "$file" "$floor" "$what"; done)"
done
done_counting

# Source this: what a style check counts. It ends with done_counting.
cd "$(dirname "$0")/../.." || exit 99
export LC_ALL=C
passed=0 failed=0

# fact NAME CMD...: it holds when the command ends with 0; else what it printed is shown.
fact() {
	name=$1
	shift
	if text=$("$@" 2>&1); then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "not ok: $name"
		echo "$text" | head -n 60 | sed 's/^/  /'
	fi
}

is_empty() {
	echo "$text"
	[ -z "$text" ]
}

# none NAME TEXT: it holds when the text is empty.
none() {
	text=$2
	fact "$1" is_empty
}

done_counting() {
	echo "$passed passed, $failed failed"
	[ "$failed" -eq 0 ]
	exit
}

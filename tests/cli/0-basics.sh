#!/bin/sh
# What every command has in common: usage, help, options, exit status, streams.
. "$(dirname "$0")/lib.sh"
commands=$(sed -n '/^#define COMMANDS/,/[^\\]$/p' "$root/cmd/main.c" | tr ' \t' '\n\n' | sed -n 's/^X(\([a-z][a-z]*\))$/\1/p')
is "all commands are tried" "$(echo "$commands" | wc -l | tr -d ' ')" "$("$LAPSE" -h | grep -c '^  [a-z][a-z]*  ')"

ok "alone it gives the overview" "$LAPSE"
prints '^first steps$'
prints '^  canon '
says_nothing
cp "$out" overview
ok "-h is the overview" "$LAPSE" -h
same_as overview
ok "help is the overview" "$LAPSE" help
same_as overview
ok "--version" "$LAPSE" --version
prints '^lapse [0-9]'

for command in $commands; do
	ok "help of $command" "$LAPSE" "$command" -h
	says_nothing
	prints "^usage: lapse $command"
	prints '^exit status$'
	prints '^examples$'
	cp "$out" help
	ok "no line of it is wider than 96" awk 'length > 96 { exit 1 }' help
	ok "--help before $command" "$LAPSE" --help "$command"
	same_as help
	ok "help $command" "$LAPSE" help "$command"
	same_as help
	ok "the overview lists $command" grep -q "^  $command " overview
	exits 2 "$command: unknown option" "$LAPSE" "$command" --no-such-option
	says "^lapse: $command: unknown option '--no-such-option' (try 'lapse $command -h')\$"
	prints_nothing
	ok "one line" test "$(wc -l <"$err")" -eq 1
	exits 2 "$command: unknown letter" "$LAPSE" "$command" -Z
	says "^lapse: $command: unknown option '-Z'"
done

exits 2 "unknown command" "$LAPSE" frobnicate
says "^lapse: unknown command 'frobnicate' (try 'lapse -h')\$"
prints_nothing
exits 2 "a slip of the fingers" "$LAPSE" canno
says "did you mean 'canon'?"
exits 2 "two letters changed about" "$LAPSE" snyc
says "unknown command 'snyc'; did you mean 'sync'?"
exits 2 "in a longer one" "$LAPSE" verfiy
says "did you mean 'verify'?"
exits 2 "which is no licence for short ones" "$LAPSE" gsap
says "unknown command 'gsap' (try 'lapse -h')"
ok "help of a verb" "$LAPSE" help source add
cp "$out" help
ok "is that of its command" "$LAPSE" source add -h
same_as help
exits 2 "help of more" "$LAPSE" help source add x
says "help: too many operands: lapse help \[COMMAND \[VERB\]\]"
exits 2 "a verb without its operands" "$LAPSE" import warc
says "import: too few operands: lapse import warc \[--source NAME\] .*"
exits 2 "no verb" "$LAPSE" import
says "import: too few operands: lapse import bugzilla "
ok "what connects says when it is worth trying later" "$LAPSE" sync -h
prints '^  75  try again later (another run holds the archive; offline; no answer; too early)$'
exits 2 "help of an unknown command" "$LAPSE" help frobnicate
says "^lapse: help: unknown command 'frobnicate'"
exits 2 "options and no command" "$LAPSE" -C x
says "no command is named"
exits 2 "an unknown option before the command" "$LAPSE" --frob canon
says "^lapse: unknown option '--frob'"
exits 2 "an empty command" "$LAPSE" ''
exits 2 "a hostile command" "$LAPSE" "$(printf 'x\033[31m\nlapse: forged')"
says 'x\\x1B\[31m lapse: forged'
ok "one line" test "$(wc -l <"$err")" -eq 1

exits 2 "an option that needs an argument" "$LAPSE" canon --color
says "canon: --color needs an argument: auto|always|never"
exits 2 "a choice that is none" "$LAPSE" canon --color=green
says "canon: --color: 'green' is not one of auto|always|never"
exits 2 "an argument that is not wanted" "$LAPSE" canon --quiet=yes
says "canon: --quiet takes no argument"
exits 2 "an option given twice" "$LAPSE" canon --color=never --color never
says "canon: --color is given twice"
exits 2 "an option misspelt" "$LAPSE" canon --qiet
says "did you mean '--quiet'?"
exits 2 "a global option that means nothing here" "$LAPSE" canon --at 2024-05-08
says "canon: --at means nothing to this command"
exits 2 "nor before the command" "$LAPSE" -C x canon
says "canon: --archive means nothing to this command"
exits 2 "too many operands" "$LAPSE" canon a b
says "canon: too many operands: lapse canon \[FILE\]"

echo '[1]' >one.json
ok "options before" "$LAPSE" -q --color never canon one.json
prints '^\[1\]$'
ok "options after" "$LAPSE" canon one.json --color=never -q
prints '^\[1\]$'
ok "letters together" "$LAPSE" -qq canon one.json
cp one.json ./--color
ok "-- ends options" "$LAPSE" canon -- --color
prints '^\[1\]$'
cp one.json ./-7d
ok "a dash and a digit is an operand" "$LAPSE" canon -7d

if [ -w /dev/full ]; then
	to_full() {
		"$@" >/dev/full
	}
	exits 3 "a full disk" to_full "$LAPSE" canon one.json
	says '^lapse: canon: writing the answer: No space left on device$'
	exits 3 "a full disk, for the overview" to_full "$LAPSE"
	says '^lapse: writing the answer: '
	exits 3 "a full disk, for a command's help" to_full "$LAPSE" canon -h
fi
closed() {
	"$@" >&-
}
exits 3 "a closed standard output" closed "$LAPSE" canon one.json
says 'writing the answer'
# A reader that leaves at once: the program writes into a pipe that nobody reads.
left() {
	mkfifo pipe
	"$@" >pipe &
	exec 9<pipe 9<&-
	wait $!
}
awk 'BEGIN { printf "["; for (i = 0; i < 200000; i++) printf "1,"; print "1]" }' >long.json
exits 0 "a reader that left is no failure" left "$LAPSE" canon long.json
says_nothing
finish

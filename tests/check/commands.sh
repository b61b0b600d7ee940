#!/bin/sh
# Every command in the table has its file and a black-box script; every file is in the table.
. "$(dirname "$0")/count.sh"

commands=$(sed -n '/^#define COMMANDS/,/[^\\]$/s/.*X(\([a-z]*\)).*/\1/p' cmd/main.c)
fact "the table is found" test -n "$commands"
for command in $commands; do
	fact "cmd/cmd_$command.c is there" test -f "cmd/cmd_$command.c"
	fact "a script in tests/cli runs $command" grep -q -E "LAPSE\"?( .*)? $command( |\$)" tests/cli/[0-9]*.sh
done
for file in cmd/cmd_*.c; do
	name=${file#cmd/cmd_}
	fact "$file is in the table" eval 'echo "$commands" | grep -q -x "${name%.c}" || case ${name%.c} in *_*) ;; *) false ;; esac'
done
done_counting

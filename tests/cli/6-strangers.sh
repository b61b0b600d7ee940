#!/bin/sh
# An archive from a stranger: nothing in it is run, followed, waited for or believed, and nothing
# outside it is touched.
. "$(dirname "$0")/lib.sh"

data=$root/tests/data/incident
ok "an archive" "$LAPSE" -q init good
ok "a capture" "$LAPSE" -q -C good import bugzilla --source example --captured-at 2024-05-20T06:00:00Z \
    "$data/bug.json" "$data/comments.json" "$data/history.json"
ok "its parties" "$LAPSE" -q -C good parties add "$data/parties.json"

# stranger: a fresh copy to do harm to.
stranger() {
	rm -rf bad
	cp -r good bad
	broken bad
}
# refused NAME RE: every command ends in time, with 3 and one line.
refused() {
	for command in list verify "import bugzilla --captured-at 2024-05-23 $data/bug.json"; do
		# shellcheck disable=SC2086
		exits 3 "$1: $command" timeout 20 "$LAPSE" -C bad $command
		says "^lapse: [a-z]*: $2"
		[ "$(wc -l <"$err")" -eq 1 ] && pass || fail "$last: one line"
	done
}

# Pipes, for which a reader would wait for ever.
for file in config packed-refs refs/heads/main objects/pack/pack-1.idx objects/pack/multi-pack-index; do
	stranger
	rm -f "bad/$file"
	mkfifo "bad/$file"
	refused "a pipe at $file" "'.*$file' is n"
done
stranger
mkfifo pipe
printf '[include]\n\tpath = %s/pipe\n' "$PWD" >>bad/config
ok "a configuration that includes a pipe is not followed" timeout 20 "$LAPSE" -C bad list

# Doors to other folders.
cp -r good other
mkdir door && echo 'ref: refs/heads/main' >door/HEAD && echo "$PWD/other" >door/commondir
rm -rf bad && mv door bad
refused "a commondir" "'bad' is part of another repository"
rm -rf bad && mkdir bad && echo "gitdir: $PWD/other" >bad/.git
refused "a .git that is a file" "'bad/.git' leads to another folder"
rm -rf bad && mkdir bad && ln -s "$PWD/other" bad/.git
refused "a .git that is a link" "'bad/.git' leads to another folder"
stranger
mkdir outside && rm -rf bad/objects/00 && ln -s "$PWD/outside" bad/objects/00
refused "a link among the objects" "'.*objects/00' is neither"
stranger
echo 'ref: refs/heads/../../../other/refs/heads/main' >bad/HEAD
refused "a HEAD that leads out" "'.*HEAD' names no branch of this repository"
[ "$(git -C other rev-parse HEAD)" = "$(git -C good rev-parse HEAD)" ] && pass || fail "the other one is as it was"

# A note of a run that never was, which asks to clear up something else.
stranger
mkdir precious && : >precious/x.lock && ln -s "$PWD/precious" bad/refs/heads/deep
printf 'ref refs/heads/deep/x %040d\nend\n' 0 | tr 0 a >bad/lapse.lock
ok "a note in the lock" "$LAPSE" -q -C bad import bugzilla --captured-at 2024-05-23 "$data/bug.json"
ok "what lies outside stays" test -f precious/x.lock

# Hooks, programs, and what git would believe.
stranger
mkdir -p bad/hooks
for hook in post-commit reference-transaction post-update pre-receive post-receive; do
	printf '#!/bin/sh\ntouch %s/ran\n' "$PWD" >"bad/hooks/$hook"
	chmod +x "bad/hooks/$hook"
done
git -C bad config core.fsmonitor "touch $PWD/ran"
git -C bad config core.hooksPath "$PWD/bad/hooks"
ok "hooks and programs" "$LAPSE" -q -C bad import bugzilla --captured-at 2024-05-23 "$data/bug.json"
ok "are not run" test ! -e ran

# An object that says it is larger than anything can be.
stranger
oid=$(git -C bad rev-parse HEAD)
object=bad/objects/$(echo "$oid" | cut -c 1-2)/$(echo "$oid" | cut -c 3-)
chmod u+w "$object"
printf 'x\234K\316\317\315\315,Q0\0013\200\201' >"$object"
exits 3 "a damaged tip" timeout 20 "$LAPSE" -C bad list
exits 1 "is named" timeout 20 "$LAPSE" -C bad verify
prints "^object  *$oid"
head -c 3000000 /dev/zero | gzip -9 >"$object"
exits 3 "a tip in gzip" timeout 20 "$LAPSE" -C bad list

# Paths that are none of the layout, and documents that are another's, by git's own means.
# plant PATH FILE [MODE]: put a file at a path of the newest commit.
plant() {
	GIT_INDEX_FILE=$PWD/index git -C bad read-tree HEAD
	blob=$(git -C bad hash-object -w --stdin <"$2")
	GIT_INDEX_FILE=$PWD/index git -C bad update-index --add --cacheinfo "${3:-100644},$blob,$1"
	tree=$(GIT_INDEX_FILE=$PWD/index git -C bad write-tree)
	git -C bad log -1 --format=%B "$(git -C bad log --grep '^Lapse-Record' --format=%H -1)" >message
	new=$(git -C bad -c user.name=x -c user.email=x@x.example commit-tree "$tree" -p HEAD -F "$PWD/message")
	git -C bad update-ref HEAD "$new"
}
ok "the figure" "$LAPSE" -C good gaps --policy "$data/rules.json" --json
cp "$out" gaps
bug=threads/example/01/01/101
git -C good show "HEAD:$bug/posts/0/3.json" >post
for path in $bug/posts/0/evil.json $bug/posts/zz/x/3.json threads/example/00/00/101/posts/0/3.json; do
	stranger
	plant "$path" post
	ok "$path is passed over" "$LAPSE" -C bad gaps --policy "$data/rules.json" --json
	sed 's/"capture":"[0-9a-f]*"//' "$out" >these
	sed 's/"capture":"[0-9a-f]*"//' gaps >those
	cmp -s these those && pass || fail "$path counts for nothing"
done
stranger
plant "$bug/posts/0/50.json" post
exits 3 "a post of another number" "$LAPSE" -C bad gaps
says 'posts/0/50.json: its "count" is not that of its path'
stranger
git -C good show "HEAD:$bug/thread.json" | sed 's/"id":101/"id":5/' >thread
plant "$bug/thread.json" thread
exits 3 "fields of another bug" "$LAPSE" -C bad gaps
says 'thread.json: its "id" is not that of its path'

stranger
echo '{"numbers":[-1]}' >list
plant "$bug/posts.json" list
exits 3 "a list with a number below 0" "$LAPSE" -C bad show example:101
says "^lapse: show: $bug: posts.json: \"numbers\" holds something that is no number from 0"

# Links and programs in the place of a document are none: the log goes by what was there before, as when it is gone.
ok "the log" "$LAPSE" -C good log --json example:101 --at 2024-05-20T06:00:00Z
sed 's/"capture":"[0-9a-f]*"//g' "$out" >log
for mode in 120000 100755; do
	stranger
	plant "$bug/posts/0/3.json" post "$mode"
	ok "a log with a file of mode $mode" "$LAPSE" -C bad log --json example:101 --at 2024-05-20T06:00:00Z
	sed 's/"capture":"[0-9a-f]*"//g' "$out" | cmp -s - log && pass || fail "mode $mode counts for nothing"
	printf '../../../../../../../etc/passwd' >link
	plant "$bug/posts/0/3.json" link "$mode"
	ok "a log with anything of mode $mode" "$LAPSE" -C bad log --json example:101 --at 2024-05-20T06:00:00Z
	exits 1 "verify of mode $mode" "$LAPSE" -C bad verify
	prints "$bug/posts/0/3.json  *neither a plain file nor a folder"
	plant "$bug/posts.json" link "$mode"
	exits 3 "show with a list of mode $mode" "$LAPSE" -C bad show example:101
	says "^lapse: show: $bug: posts.json: is not a document"
done

# retold SED-SCRIPT: the capture again, with another message, and nothing after it.
retold() {
	git -C bad log -1 --format=%B HEAD~1 | sed "$1" >message
	told=$(git -C bad -c user.name=x -c user.email=x@x.example commit-tree -p HEAD~2 -F "$PWD/message" 'HEAD~1^{tree}') && git -C bad update-ref HEAD "$told"
}

# A time that is forged in the commit alone: nobody's silence is held against him up to it.
stranger
retold 's/^Lapse-Capture: .*/Lapse-Capture: 9999-12-31T00:00:00Z/'
for command in list gaps audit status log; do
	thread=$([ "$command" = log ] && echo example:101)
	exits 3 "$command by a forged time" "$LAPSE" -C bad "$command" $thread
	says "^lapse: $command: the archive: captures/.*\.json: the commit's trailers and its record do not agree\$"
done
stranger
retold 's/^Lapse-Source: .*/&\
Lapse-Source: another/'
exits 1 "verify of a commit that says two things" "$LAPSE" -C bad verify
prints "the commit has some trailers of a capture and lacks others"

# What it holds does not reach the terminal as it is.
stranger
printf '{"format":"lapse-parties-1","note":"\302\23331m \342\200\256","parties":[]}' >evil
plant parties.json evil
ok "its parties, shown" "$LAPSE" -C bad parties show
if LC_ALL=C grep -q "$(printf '\302\233')" "$out" || LC_ALL=C grep -q "$(printf '\342\200\256')" "$out"; then
	fail "parties show is safe"
else
	pass
fi
finish

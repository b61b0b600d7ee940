#!/bin/sh
# Evidence: what a sync was told is kept as WARC, which other programs read; verify derives the capture from it
# again; and WARC files, ours and wget's, are imported.
. "$(dirname "$0")/lib.sh"
. "$root/tests/cli/httpd.sh"
export LAPSE_LOCK_WAIT=0

# read_warc FILE.gz: one line a record, read by the standard and nothing of ours. Every record is whole, is what its
# digests say, and is a gzip member of its own.
read_warc() {
	gzip -t "$1" && zcat "$1" >plain || return 1
	size=$(wc -c <plain) at=0 records=0
	while [ "$at" -lt "$size" ]; do
		tail -c +$((at + 1)) plain | LC_ALL=C awk '{ print } $0 == "\r" { exit }' >head
		length=$(tr -d '\r' <head | sed -n 's/^Content-Length: //p')
		at=$((at + $(wc -c <head)))
		tail -c +$((at + 1)) plain | head -c "$length" >block
		at=$((at + length + 4))
		[ "$(head -n 1 head | tr -d '\r')" = WARC/1.1 ] || { echo "no version"; return 1; }
		[ "$(head -c "$at" plain | tail -c 4 | od -An -tx1 | tr -d ' ')" = 0d0a0d0a ] || { echo "no end"; return 1; }
		[ "$(field WARC-Block-Digest)" = "sha256:$(sha256sum <block | cut -d' ' -f1)" ] || { echo "another block"; return 1; }
		if [ "$(field WARC-Type)" = response ]; then
			len=$(LC_ALL=C awk '{ print } $0 == "\r" { exit }' block | wc -c)
			[ "$(field WARC-Payload-Digest)" = "sha256:$(tail -c +$((len + 1)) block | sha256sum | cut -d' ' -f1)" ] ||
			    { echo "another payload"; return 1; }
		fi
		field WARC-Record-ID | grep -q -x '<urn:uuid:[0-9a-f]\{8\}-[0-9a-f]\{4\}-8[0-9a-f]\{3\}-[89ab][0-9a-f]\{3\}-[0-9a-f]\{12\}>' ||
		    { echo "no id"; return 1; }
		echo "$(field WARC-Type) $(field WARC-Target-URI | sed 's/:[0-9][0-9]*\//:PORT\//') $(field Content-Type) $(field WARC-IP-Address)"
		records=$((records + 1))
	done
	[ "$at" -eq "$size" ] || { echo "cut"; return 1; }
	members=$(LC_ALL=C grep -aoP '\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03' "$1" | wc -l)
	[ "$members" -eq "$records" ] || { echo "$members members of $records records"; return 1; }
}
field() { tr -d '\r' <head | sed -n "s/^$1: //p"; }

# evidence ARCHIVE NAME: all files of the evidence of its newest capture, in order.
record() { git -C "$1" log -1 --format='%(trailers:key=Lapse-Record,valueonly)' | sed 1q; }
exhibit() { git -C "$1" show "HEAD:$(record "$1")" | jq -r ".evidence.$2"; }
evidence() {
	git -C "$1" ls-tree --name-only "$(exhibit "$1" commit)" "$(exhibit "$1" folder)/" | while read -r path; do
		git -C "$1" show "evidence:$path"
	done
}
threads() { git -C "$1" rev-parse "HEAD:threads/$2" "HEAD:people/$2"; }

incident=$root/tests/data/incident
mkdir state
cp "$incident/bug.json" "$incident/comments.json" "$incident/history.json" "$incident/attachment.json" state/

# ---- a sync's evidence ----

serve web --bugzilla state
ok "an archive" "$LAPSE" init a
ok "a source" "$LAPSE" -C a source add bz "$web_url/buglist.cgi?product=Example%20Root%20Program"
ok "a sync" "$LAPSE" -C a sync
ok "the archive and its evidence agree" "$LAPSE" -C a verify
prints '^captures compared with their evidence: 1$'
[ "$(exhibit a commit)" = "$(git -C a rev-parse evidence)" ] && pass || fail "the record names the commit"
evidence a >run.warc.gz
[ "$(exhibit a sha256)" = "$(sha256sum <run.warc.gz | cut -d' ' -f1)" ] && pass || fail "the record names the digest"
[ "$(git -C a log -1 --format='%(trailers:key=Lapse-Sha256,valueonly)' evidence | sed 1q)" = "$(exhibit a sha256)" ] && pass ||
    fail "and so does the commit"
ok "another reader reads it" read_warc run.warc.gz
prints '^warcinfo  application/warc-fields $'
prints '^request http://127.0.0.1:PORT/rest/bug.id=101&.* application/http;msgtype=request 127.0.0.1$'
prints '^response http://127.0.0.1:PORT/rest/bug.id=101&.* application/http;msgtype=response 127.0.0.1$'
[ "$(grep -c '^request' "$out")" -eq "$(asked web)" ] && pass || fail "every request is there"
git -C a cat-file commit evidence | grep -q '^evidence bz 2025-06-01T00:00:00Z$' && pass || fail "the commit's subject"

# The same answers again: the same documents, by another way.
ok "another archive" "$LAPSE" init b
ok "the evidence is imported" "$LAPSE" -C b import warc --source bz run.warc.gz
prints '^captured bz at 2025-06-01T00:00:00Z (stated): bugs 1, comments 17, changes 12, attachments 1; commit '
[ "$(threads a bz)" = "$(threads b bz)" ] && pass || fail "the same answers make the same documents"

cat >down.rules <<'END'
/rest/bug[?]id=* status=503 times=1
/rest/bug[?]id=* pass cut=200 times=1
END
serve bad --bugzilla state --rules down.rules
ok "an archive of a poor server" "$LAPSE" init c
ok "its source" "$LAPSE" -C c source add bz "$bad_url/buglist.cgi?product=Example%20Root%20Program"
ok "its sync" "$LAPSE" -C c sync
ok "is derived from what came in the end" "$LAPSE" -C c verify
prints '^captures compared with their evidence: 1$'
evidence c >bad.warc.gz
zcat bad.warc.gz >bad.warc
grep -a -q '^HTTP/1.1 503' bad.warc && grep -a -q '^WARC-Truncated: unspecified' bad.warc && grep -a -q '^trouble: ' bad.warc &&
    pass || fail "what failed is kept too"
[ "$(threads a bz)" = "$(threads c bz)" ] && pass || fail "and the documents are the same"

# Packed answers are kept as they came.
serve packed --bugzilla state --gzip
ok "an archive" "$LAPSE" init d
ok "its source" "$LAPSE" -C d source add bz "$packed_url/buglist.cgi?product=Example%20Root%20Program"
ok "its sync" "$LAPSE" -C d sync
ok "is derived" "$LAPSE" -C d verify
evidence d >packed.warc.gz
ok "another reader reads it" read_warc packed.warc.gz
zcat packed.warc.gz | grep -a -q -i '^Content-Encoding: gzip' && pass || fail "packed answers stay packed"
[ "$(threads a bz)" = "$(threads d bz)" ] && pass || fail "and the documents are the same"

# A second sync, and one without.
export LAPSE_NOW=2025-06-02T00:00:00Z
ok "a second sync" "$LAPSE" -C a sync
[ "$(git -C a rev-list --count evidence)" -eq 2 ] && pass || fail "each run has its commit"
ok "verify" "$LAPSE" -C a verify
prints '^captures compared with their evidence: 2$'
export LAPSE_NOW=2025-06-03T00:00:00Z
ok "a sync without evidence" "$LAPSE" -C a sync --no-evidence
[ "$(git -C a rev-list --count evidence)" -eq 2 ] && pass || fail "no commit of evidence"
ok "verify" "$LAPSE" -C a verify
prints '^captures compared with their evidence: 2$'

# A server that sends what it should not: neither the archive nor its evidence has it.
jq -c '{bugs: [.bugs[0] // . | . + {history: [], attachments: [], comments: [{id: 1, bug_id: .id, count: 0, author: "a@b.example",
    creation_time: "2024-03-01T00:00:00Z", is_private: true, text: "leaked words"}]}]}' state/bug.json >leak.json
echo "/rest/bug[?]id=* file=leak.json" >leak.rules
serve leak --bugzilla state --rules leak.rules
ok "an archive of a leaking server" "$LAPSE" init l
ok "its source" "$LAPSE" -C l source add bz "$leak_url/buglist.cgi?product=Example%20Root%20Program"
ok "its sync" "$LAPSE" -C l sync
says 'not logged in: 1; they were not kept, and neither was the evidence of this run$'
git -C l rev-parse -q --verify evidence >"$out" && fail "no evidence" || pass
ok "verify" "$LAPSE" -C l verify
git -C l cat-file --batch-all-objects --batch | grep -a -q 'leaked words' && fail "the words are nowhere" || pass

# ---- without the branch ----

ok "a clone of the archive alone" git clone -q --bare --single-branch "file://$PWD/a" alone
ok "it can be verified" "$LAPSE" -C alone verify
says '^lapse: verify: evidence: not here, of captures: 2 '
ok "and read" "$LAPSE" -C alone show bz:101
says_nothing
ok "a sync there begins a branch of its own" "$LAPSE" -q -C alone sync --force --always
ok "and what is older is still elsewhere" "$LAPSE" -C alone verify
says '^lapse: verify: evidence: not here, of captures: 2 '
prints '^captures compared with their evidence: 1$'
rm -rf alone
git clone -q --bare --single-branch "file://$PWD/a" alone
ok "a whole clone" git clone -q a whole
ok "has the evidence" "$LAPSE" -C whole verify
prints '^captures compared with their evidence: 2$'
git -C alone branch evidence main
exits 1 "evidence that is lost is a fault" "$LAPSE" -C alone verify
prints '^evidence .*the commit of its evidence is not in this repository, and the branch evidence, which is older, is$'

# regrow MESSAGE INDEX-OPTION...: a clone of a, whose branch of the evidence has a commit more, in which one file is another, or not there.
regrow() {
	message=$1
	shift
	rm -rf regrown
	git clone -q --bare a regrown
	GIT_INDEX_FILE=$PWD/index git -C regrown read-tree evidence
	GIT_INDEX_FILE=$PWD/index git -C regrown update-index "$@"
	commit=$(GIT_AUTHOR_NAME=x GIT_AUTHOR_EMAIL=x GIT_COMMITTER_NAME=x GIT_COMMITTER_EMAIL=x git -C regrown commit-tree -p evidence \
	    -m x -m "$message" "$(GIT_INDEX_FILE=$PWD/index git -C regrown write-tree)")
	git -C regrown update-ref refs/heads/evidence "$commit"
}
kept=$(git -C a ls-tree -r --name-only evidence | tail -n 1)
other=$(echo other | git -C a hash-object -w --stdin)
regrow "Lapse-Evidence: $kept" --add --cacheinfo "100644,$other,$(dirname "$kept")_002/0001.warc.gz"
ok "the branch of the evidence grows" "$LAPSE" -C regrown verify
regrow "Lapse-Evidence: $kept" --cacheinfo "100644,$other,$kept"
exits 1 "what it held is another" "$LAPSE" -C regrown verify
prints "^evidence .* $kept  *the branch evidence: what was kept was changed later\$"
prints '^captures compared with their evidence: 2$'
printf '0 0000000000000000000000000000000000000000\t%s\n' "$kept" | regrow "Lapse-Evidence: $kept" --index-info
exits 1 "what it held is gone" "$LAPSE" -C regrown verify
prints "^evidence .* $kept  *the branch evidence: what was kept was taken away later\$"
rm -rf cutback
git clone -q --bare a cutback
git -C cutback update-ref refs/heads/evidence evidence~1
exits 1 "a branch that was cut back" "$LAPSE" -C cutback verify
prints '^evidence .*the commit of its evidence is here, and not on the branch evidence: git will throw it away$'
git -C cutback update-ref -d refs/heads/evidence
exits 1 "one that was taken away" "$LAPSE" -C cutback verify
is "all of it is told" "$(grep -c 'git will throw it away' "$out")" 2
regrow "No-Evidence: x" --add --cacheinfo "100644,$other,elsewhere"
exits 1 "a commit of somebody else on it" "$LAPSE" -C regrown verify
prints '^evidence .*the branch evidence: the commit does not say that it brings evidence$'

# forge FILTER: an archive like a, whose newest capture's record is what jq's FILTER makes of it.
forge() {
	rm -rf forged
	git clone -q --bare a forged
	git -C forged update-ref refs/heads/main main~
	blob=$(git -C forged show "main:$(record forged)" | jq -c -j -S "$1" | git -C forged hash-object -w --stdin)
	parent=$(git -C forged rev-parse main~)
	GIT_INDEX_FILE=$PWD/index git -C forged read-tree main
	GIT_INDEX_FILE=$PWD/index git -C forged update-index --cacheinfo "100644,$blob,$(record forged)"
	tree=$(GIT_INDEX_FILE=$PWD/index git -C forged write-tree)
	commit=$(git -C forged log -1 --format=%B | GIT_AUTHOR_NAME=x GIT_AUTHOR_EMAIL=x GIT_COMMITTER_NAME=x GIT_COMMITTER_EMAIL=x \
	    git -C forged commit-tree -p "$parent" "$tree")
	git -C forged update-ref refs/heads/main "$commit"
}
zeros=0000000000000000000000000000000000000000
forge .
ok "a record written anew" "$LAPSE" -C forged verify
forge ".evidence.sha256 = \"${zeros}000000000000000000000000\""
exits 1 "another digest" "$LAPSE" -C forged verify
prints '^evidence .*its evidence has another SHA-256 than its record says$'
forge ".evidence.commit = \"$zeros\""
exits 1 "another commit" "$LAPSE" -C forged verify
prints '^evidence .*the commit of its evidence is not in this repository'
forge '.evidence.folder = "../../etc"'
exits 1 "another folder" "$LAPSE" -C forged verify
prints '^evidence .*its evidence is not the files that its record names$'
forge '.evidence.files = 7'
exits 1 "another number of files" "$LAPSE" -C forged verify
prints '^evidence .*its evidence is not the files that its record names$'
forge '.scope.bugs = [101,102]'
exits 1 "more is said to be covered" "$LAPSE" -C forged verify
prints '^evidence .*its record says that it covers 2 in "bugs", and its evidence covers 0 or others$'
forge '.evidence.commit = "x"'
exits 1 "no commit" "$LAPSE" -C forged verify
prints '^schema .*evidence: no usable commit, sha256 or number of files$'

# ---- files of others ----

# response URI BODY: a record as others write it, in WARC 1.0.
response() {
	printf 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n%s' "$2" >http
	printf 'WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:1>\r\nWARC-Target-URI: <%s>\r\nWARC-Date: %s\r\n' "$1" "$3"
	printf 'Content-Type: application/http;msgtype=response\r\nContent-Length: %s\r\n\r\n' "$(wc -c <http)"
	cat http
	printf '\r\n\r\n'
}
one='{"bugs":[{"id":1,"summary":"Example: one","comments":[],"history":[]}]}'
two='{"bugs":[{"id":2,"summary":"Example: two"}]}'
b=https://bugzilla.example.org
{ response $b/rest/bug/1 "$one" 2025-01-02T00:00:00Z; response $b/ '<html>' 2025-01-01T00:00:00Z
  response $b/rest/bug/2 "$two" 2025-01-01T12:00:00Z
  response $b/rest/bug/3 '{"error":true,"code":102,"message":"no"}' 2025-01-01T00:00:00Z; } >other.warc
ok "an archive" "$LAPSE" init e
ok "what is Bugzilla's is taken" "$LAPSE" -C e import warc --source x other.warc
prints '^captured x at 2025-01-01T12:00:00Z (stated): bugs 2, comments 0, changes 0, attachments 0; commit '
ok "and once is enough" "$LAPSE" -C e import warc --source x other.warc
prints '^nothing new: '
ok "a time that is said counts" "$LAPSE" -C e import warc --source x --captured-at 2025-02-01 other.warc
prints '^captured x at 2025-02-01T00:00:00Z (stated)'
exits 3 "an older one is refused" "$LAPSE" -C e import warc --source x other.warc
says "source 'x' was captured at 2025-02-01T00:00:00Z already; a capture at 2025-01-01T12:00:00Z would be older"
ok "verify" "$LAPSE" -C e verify
gzip -c other.warc >packed.gz
exits 0 "standard input, packed whole" sh -c "\"$LAPSE\" -C e import warc --source y - <packed.gz"
prints '^captured y at 2025-01-01T12:00:00Z'

{ cat other.warc; response https://bugzilla.other.example/rest/bug/1 "$one" 2025-01-01T00:00:00Z; } >both.warc
exits 3 "two servers have the same numbers" "$LAPSE" -C e import warc --source z both.warc
says 'both.warc: https://bugzilla.other.example/rest/bug/1: answers of two servers, https://bugzilla.example.org and https://bugzilla.other.example: choose one with --host$'
ok "one is chosen" "$LAPSE" -C e import warc --source z --host bugzilla.other.example both.warc
prints '^captured z at 2025-01-01T00:00:00Z (stated): bugs 1, '
prints '^passed over: other answers (no data of Bugzilla.s, errors, or of another host): [1-9][0-9]*$'
{ response http://127.0.0.1:8081/rest/bug/1 "$one" 2025-01-01T00:00:00Z; cat both.warc; } >ports.warc
exits 3 "a host without its port" "$LAPSE" -C e import warc --source w --host 127.0.0.1 ports.warc
says "^lapse: import: no answer of Bugzilla's REST interface at 127.0.0.1 in what was given (other answers: [0-9]*, broken ones: 0); there are some of 127.0.0.1:8081, bugzilla.example.org, bugzilla.other.example\$"

exits 3 "nothing of Bugzilla's" sh -c "{ $(command -v printf) 'WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: 0\r\n\r\n\r\n\r\n'; } | \"$LAPSE\" -C e import warc --source n -"
says "no answer of Bugzilla's REST interface in what was given (other answers: 0, broken ones: 0)$"
response $b/rest/bug/1 "$one" 2035-01-01T00:00:00Z >future.warc
exits 3 "an answer of the future" "$LAPSE" -C e import warc --source n future.warc
says 'future.warc: https://bugzilla.example.org/rest/bug/1: an answer that was given in the future; say --captured-at$'
response $b/rest/bug/1 "$one" yesterday >undated.warc
exits 3 "an answer without a date" "$LAPSE" -C e import warc --source n undated.warc
says 'nothing says when these answers were given; say --captured-at$'
ok "which somebody else knows" "$LAPSE" -C e import warc --source n --captured-at 2025-01-01 undated.warc
response $b/rest/bug/1 '{"bugs":[{"id":"x"}]}' 2025-01-01T00:00:00Z >odd.warc
exits 3 "an answer that cannot be taken" "$LAPSE" -C e import warc --source o odd.warc
says 'odd.warc: https://bugzilla.example.org/rest/bug/1: bugs\[0\]: a bug without a usable "id"$'
tip=$(git -C e rev-parse HEAD)
for cut in 10 100 200 $(($(wc -c <packed.gz) - 1)); do
	head -c "$cut" packed.gz >cut.gz
	exits 3 "packed, and cut after $cut" "$LAPSE" -C e import warc --source o cut.gz
	says 'cut.gz: '
done
head -c 300 other.warc >cut.warc
exits 3 "cut" "$LAPSE" -C e import warc --source o cut.warc
says 'cut.warc: record 1: the file ends within it$'
echo '{"bugs":[]}' >no.warc
exits 3 "no WARC file" "$LAPSE" -C e import warc --source o no.warc
says "^lapse: import: no.warc: not a WARC file: it does not begin with WARC/1.0 or WARC/1.1$"
printf '{"bugs":[]}' >no.warc
exits 3 "nor one without a line's end" "$LAPSE" -C e import warc --source o no.warc
says "no.warc: not a WARC file: it does not begin with WARC/1.0 or WARC/1.1$"
exits 3 "a WARC file as an answer" "$LAPSE" -C e import bugzilla --source o packed.gz
says '^lapse: import: packed.gz: a WARC file: lapse import warc$'
: >empty.warc
exits 3 "an empty file" "$LAPSE" -C e import warc --source o empty.warc
says 'empty.warc: an empty file$'
[ "$(git -C e rev-parse HEAD)" = "$tip" ] && pass || fail "nothing of it is brought in"
exits 2 "another kind" "$LAPSE" -C e import mbox x
says "cannot import 'mbox'; this version imports bugzilla, mail and warc"
exits 2 "--host of no WARC file" "$LAPSE" -C e import bugzilla --host x other.warc
says '\-\-host goes with warc only'

# A bomb within a file: 300 MiB of zeros as the packed body of one answer.
{ printf 'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n'; head -c 314572800 /dev/zero | gzip -1; } >http
{ printf 'WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: x\r\nContent-Type: application/http\r\nContent-Length: %s\r\n\r\n' "$(wc -c <http)"
  cat http; printf '\r\n\r\n'; cat other.warc; } >bomb.warc
ok "a bomb is passed over" "$LAPSE" -C e import warc --source p bomb.warc
says 'answers that are cut short, or coded in a way that is not known, were passed over: 1$'
prints '^captured p at 2025-01-01T12:00:00Z (stated): bugs 2, '

# ---- wget ----

ok "the same answers as files" "$LAPSE" -C e import bugzilla --source bz --captured-at 2025-01-01 "$incident/bug.json" \
    "$incident/comments.json" "$incident/history.json" "$incident/attachment.json"
if command -v wget >/dev/null; then
	urls="$web_url/rest/bug/101 $web_url/rest/bug/101/comment $web_url/rest/bug/101/history $web_url/rest/bug/101/attachment $web_url/"
	# shellcheck disable=SC2086
	wget -q --no-config --warc-file=wget -O /dev/null $urls
	# shellcheck disable=SC2086
	wget -q --no-config --no-warc-compression --warc-file=flat -O /dev/null $urls
	# Packed and in chunks, as they came.
	echo '/rest/* pass gzip chunked' >chunks.rules
	serve chunked --bugzilla state --rules chunks.rules
	# shellcheck disable=SC2046
	wget -q --no-config --warc-file=chunked -O /dev/null $(echo "$urls" | sed "s|$web_url|$chunked_url|g")
	zcat chunked.warc.gz | grep -a -q '^Transfer-Encoding: chunked' && pass || fail "wget keeps chunks"
else
	echo "skipped: files that wget makes now (no wget)" >&2
fi
export LAPSE_NOW=2099-01-01T00:00:00Z
for file in "$root/tests/data/warc/wget.warc.gz" wget.warc.gz flat.warc chunked.warc.gz; do
	[ -f "$file" ] || continue
	rm -rf w
	ok "an archive" "$LAPSE" init w
	ok "wget's $(basename "$file")" "$LAPSE" -C w import warc --source bz "$file"
	prints '^captured bz at 20.* (stated): bugs 1, comments 17, changes 12, attachments 1; commit '
	[ "$(threads w bz)" = "$(threads e bz)" ] && pass || fail "the same answers make the same documents"
done

finish

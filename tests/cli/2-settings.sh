#!/bin/sh
# lapse init, source, parties, policy: what an archive says about itself.
. "$(dirname "$0")/lib.sh"
data=$root/tests/data/incident

# doc PATH: a document's bytes in the archive.
doc() {
	git -C archive cat-file blob "HEAD:$1"
}

# committed NAME PATH SUBJECT: the last command made one commit, of this one path.
committed() {
	is "$1: one commit" "$(git -C archive rev-parse HEAD~1)" "$head"
	is "$1: of one path" "$(git -C archive diff-tree -r --name-only HEAD~1 HEAD)" "$2"
	is "$1: that says so" "$(git -C archive log -1 --format=%B)" "$3

Lapse-Setting: $2"
	head=$(git -C archive rev-parse HEAD)
}

# unchanged NAME: the last command made none.
unchanged() {
	is "$1: no commit" "$(git -C archive rev-parse HEAD)" "$head"
}

# refused NAME RE ARGUMENT...: exit 3, one line, nothing done.
refused() {
	name=$1 re=$2
	shift 2
	exits 3 "$name" "$LAPSE" -C archive "$@"
	says "^lapse: $re\$"
	prints_nothing
	is "$name: lines" "$(wc -l <"$err" | tr -d ' ')" 1
	unchanged "$name"
}

# misused NAME RE ARGUMENT...: exit 2, one line, nothing done.
misused() {
	name=$1 re=$2 command=$3
	shift 2
	exits 2 "$name" "$LAPSE" -C archive "$@"
	says "^lapse: $command: $re (try 'lapse $command -h')\$"
	prints_nothing
	unchanged "$name"
}

# ---- init ----

ok "init" "$LAPSE" init archive
prints '^new archive in archive, with the built-in parties and the policy ccadb$'
says_nothing
head=$(git -C archive rev-parse HEAD)
is "on the branch main" "$(git -C archive symbolic-ref HEAD) $(git -C archive rev-parse --is-bare-repository)" "refs/heads/main true"
is "it explains itself" "$(git -C archive ls-tree -r HEAD | sed 's/ [0-9a-f]*	/ /' | tr '\n' ' ')" \
    "100644 blob lapse.json 100644 blob parties.json 100644 blob policies/ccadb.json "
is "in a first commit" "$(git -C archive log --format='%B%P%aI %cI')" "a new archive

Lapse-Setting: lapse.json
2025-06-01T00:00:00+00:00 2025-06-01T00:00:00+00:00"
is "of this format" "$(doc lapse.json)" '{"format":"lapse-archive-1"}'
ok "it verifies" "$LAPSE" -C archive verify
ok "every archive begins with the same tree" "$LAPSE" -q init other
prints_nothing
is "there too" "$(git -C other rev-parse HEAD:)" "$(git -C archive rev-parse HEAD:)"
mkdir empty full here
touch full/x afile
ok "init in an empty folder" "$LAPSE" init empty
ok "init where -C says" "$LAPSE" -C there init
prints '^new archive in there, '
ok "init here" sh -c 'cd here && "$1" init' sh "$LAPSE"
prints '^new archive in \., '
ok "is an archive" "$LAPSE" -C here verify
refused "an archive that is there" "init: 'archive' is an archive already" init archive
refused "a folder with something in it" "init: 'full' is not empty" init full
ok "and nothing was added to it" test "$(ls -A full)" = x
refused "a file" "init: .*afile.*" init afile
refused "below a folder that is not there" "init: 'no/such/folder': No such file or directory" init no/such/folder
misused "two folders" "too many operands: lapse init \[DIR\]" init a b
if [ -w /dev/full ]; then
	exits 3 "a summary that cannot be written" sh -c '"$1" init told >/dev/full' sh "$LAPSE"
	says '^lapse: init: writing the answer: No space left on device$'
fi

# ---- sources ----

search='https://bugzilla.mozilla.org/buglist.cgi?list_id=17&product=CA%20Program&order=Importance'
ok "a source" "$LAPSE" -C archive source add bmo "$search"
prints "^source bmo: $search; read again: none; evidence: kept\$"
prints '^a sync asks https://bugzilla.mozilla.org/rest/bug?product=CA%20Program$'
committed "a source" sources/bmo.json "source: bmo"
is "its document" "$(doc sources/bmo.json)" \
    '{"format":"lapse-source-1","kind":"bugzilla","name":"bmo","query":[["product","CA Program"]],"rest":"https://bugzilla.mozilla.org/rest/","url":"'"$search"'"}'
ok "the same again" "$LAPSE" -C archive source add bmo "$search"
prints "^nothing new: source bmo: $search; read again: none; evidence: kept\$"
unchanged "the same again"
refused "another address" "source: sources/bmo\.json is there already, and says something else (lapse source list; lapse source set changes it)" \
    source add bmo 'https://example.org/buglist.cgi?product=x'
longest=$(printf %064d 0)
ok "the longest name" "$LAPSE" -q -C archive source add "$longest" http://x.example/ --product P --product Q --component C --recheck 7d --no-evidence
prints_nothing
committed "the longest name" "sources/$longest.json" "source: $longest"
is "its document, with all that can be said" "$(doc "sources/$longest.json")" \
    '{"evidence":false,"format":"lapse-source-1","kind":"bugzilla","name":"'$longest'","query":[["product","P"],["product","Q"],["component","C"]],'\
'"recheck":"7d","rest":"http://x.example/rest/","url":"http://x.example/"}'
for name in '' BMO a/b .. .x -x _x 'a b' ä "0$longest"; do
	misused "the name '$name'" "not a source's name (a-z 0-9 \. _ -, a letter or digit first): '$name'" source add -- "$name" https://x.example/
done
for url in '' x ftp://x.example/ 'https://x.example/a b' file:///etc/passwd https:// https://-x/ https://x.example:99999/; do
	misused "the address '$url'" "not a web address (http or https, a host): '$url'" source add x "$url"
done
for url in https://x.example/ 'HTTPS://x.example/buglist.cgi?list_id=3&product=' 'https://x.example/query.cgi'; do
	misused "the address '$url'" "the address does not say which bugs, and that would be all of the site: .*" source add x "$url"
done
misused "a password in the address" "the address holds a login or a password: take it out (keys lie outside of the archive)" \
    source add x 'https://me:hunter2@x.example/buglist.cgi?product=P'
misused "a key in the address" "the address holds a login, a password or a key ('Bugzilla_api_key'): take it out .*" \
    source add x 'https://x.example/buglist.cgi?product=P&Bugzilla_api_key=hunter2'
ok "neither is repeated" test -z "$(grep hunter2 "$err")"
misused "a saved search" "the address is that of a saved search, which does not say what it looks for: .*" source add x 'https://x.example/buglist.cgi?cmdtype=dorem&namedcmd=mine'
misused "a schedule that is none" "--recheck takes open, all, none or an age such as 7d, not 'often'" source add x https://x.example/ --product P --recheck often
misused "a Google Group" "a Google Group gives no mail to programs: bring in .* with lapse import mail" source add x https://groups.google.com/a/mozilla.org/g/dev-security-policy
misused "a list of Mailman 2" "a list of Mailman 2: fetch its months .*" source add x https://lists.cabforum.org/pipermail/public/
misused "a list of Mailman 3" "a list of Mailman 3: fetch its export .*" source add x https://lists.example/archives/list/x@lists.example/
misused "pages of mail" "mail-archive.com shows pages, and gives no mail: .*" source add x https://www.mail-archive.com/x@lists.example/
misused "a public-inbox" "a public-inbox: make a mirror .*" source add x https://lore.kernel.org/git/
misused "an address of mail" "an address of mail: bring in .*" source add x dev-security-policy@mozilla.org
misused "no address" "add takes a NAME and an ADDRESS" source add x
misused "two addresses" "add takes a NAME and an ADDRESS" source add x --url https://x.example/ https://y.example/
misused "the address of an attachment" "the address of an attachment, which says no bug: .*" source add x 'https://x.example/attachment.cgi?id=3'
misused "no search behind the question marks" "the address does not say which bugs.*" source add x 'https://x.example/buglist.cgi??'
misused "no verb" "too few operands: lapse source add .*" source
misused "too much of a list" "list takes nothing more" source list x
misused "another verb" "none of add, set and list: 'show'" source show
for verb in rm drop remove; do
	misused "to be rid of a source" "an archive only grows, and a source stays in it: 'lapse source set NAME --stop' keeps syncs from asking it, .*" \
	    source $verb bmo
done
misused "stopped from the first" "--stop and --resume go with set only" source add x https://x.example/ --product P --stop
ok "a capture" "$LAPSE" -q -C archive import bugzilla --source bmo --captured-at 2024-05-20T06:00:00Z "$data/bug.json" "$data/comments.json" "$data/history.json"
head=$(git -C archive rev-parse HEAD)
ok "the list" "$LAPSE" -C archive source list --format csv
printf '%s\r\n' 'source,kind,newest_capture,url,rest,query,recheck,evidence,due,asks,stopped' \
    "$longest,bugzilla,,http://x.example/,http://x.example/rest/,product=P&product=Q&component=C,7d,false,0,http://x.example/rest/bug?product=P&product=Q&component=C,false" \
    "bmo,bugzilla,2024-05-20T06:00:00Z,$search,https://bugzilla.mozilla.org/rest/,product=CA%20Program,,true,0,https://bugzilla.mozilla.org/rest/bug?product=CA%20Program,false" >expected
same_as expected
ok "the list, as NDJSON" "$LAPSE" -C archive source list --json
prints '^{"asks":"https://bugzilla.mozilla.org/rest/bug?product=CA%20Program","due":0,"evidence":true,"kind":"bugzilla","newest_capture":"2024-05-20T06:00:00Z","query":"product=CA%20Program","recheck":null,"rest":"https://bugzilla.mozilla.org/rest/","source":"bmo","stopped":false,"type":"source","url":".*product=CA%20Program.*","v":1}$'
ok "the list, as a table" "$LAPSE" -C archive source list
prints '^bmo  *bugzilla  2024-05-20T06:00:00Z  .*  0  https://bugzilla.mozilla.org/rest/bug?product=CA%20Program  no$'
ok "the list, as Markdown" "$LAPSE" -C archive source list --format markdown
prints '^| bmo | bugzilla | 2024-05-20T06:00:00Z |.*`https://bugzilla.mozilla.org/rest/bug.*` | no |$'
exits 3 "no archive" "$LAPSE" -C nowhere source list
says "^lapse: source: no archive in 'nowhere' (lapse init makes one)\$"

# ---- a source that changes ----

# set_source NAME RE ARGUMENT...: source set, which prints that, and makes one commit of the source bmo.
set_source() {
	name=$1 re=$2
	shift 2
	ok "$name" "$LAPSE" -C archive source set bmo "$@"
	says_nothing
	prints "$re"
	committed "$name" sources/bmo.json "source: bmo"
}
set_source "a schedule, and no evidence" "^source bmo: $search; read again: open; evidence: not kept\$" --recheck open --no-evidence
is "its document" "$(doc sources/bmo.json)" \
    '{"evidence":false,"format":"lapse-source-1","kind":"bugzilla","name":"bmo","query":[["product","CA Program"]],"recheck":"open","rest":"https://bugzilla.mozilla.org/rest/","url":"'"$search"'"}'
ok "the same again" "$LAPSE" -C archive source set bmo --no-evidence
prints "^nothing new: source bmo: $search; read again: open; evidence: not kept\$"
unchanged "the same again"
set_source "an old name beside the new one" '^a sync asks https://bugzilla.mozilla.org/rest/bug?product=CA%20Program&product=NSS$' --product NSS
ok "a name of another kind" "$LAPSE" -C archive source set bmo --component 'CA Certificate Compliance'
says '^lapse: source: the search named no component so far: with one it finds fewer bugs, not more$'
prints '^a sync asks https://bugzilla.mozilla.org/rest/bug?product=CA%20Program&product=NSS&component=CA%20Certificate%20Compliance$'
committed "a name of another kind" sources/bmo.json "source: bmo"
set_source "another search" '^source bmo: https://bugzilla.mozilla.org/buglist.cgi?product=CA%20Program&list_id=18; read again: none; evidence: kept$' \
    'https://bugzilla.mozilla.org/buglist.cgi?product=CA%20Program&list_id=18' --product NSS --recheck none --evidence
is "its document" "$(doc sources/bmo.json)" \
    '{"format":"lapse-source-1","kind":"bugzilla","name":"bmo","query":[["product","CA Program"],["product","NSS"]],"rest":"https://bugzilla.mozilla.org/rest/","url":"https://bugzilla.mozilla.org/buglist.cgi?product=CA%20Program&list_id=18"}'
set_source "back again" '^a sync asks https://bugzilla.mozilla.org/rest/bug?product=CA%20Program$' "$search"
set_source "no more syncs" "^source bmo: $search; read again: none; evidence: kept; stopped\$" --stop
is "its document" "$(doc sources/bmo.json | jq -c .stopped)" true
set_source "or a schedule" '; read again: 7d; evidence: kept; stopped$' --recheck 7d
set_source "and syncs again" "^source bmo: $search; read again: none; evidence: kept\$" --resume --recheck none
is "its document" "$(doc sources/bmo.json | jq -c .stopped)" null
ok "it verifies" "$LAPSE" -C archive verify
refused "another Bugzilla" "source: the archive has bugs of https://bugzilla\.mozilla\.org/rest/ under this name, .*" \
    source set bmo https://bugzilla.example/ --product P
refused "a source that is none" "source: no source 'nobody' in the archive (lapse source list)" source set nobody --recheck open
misused "nothing to change" "set takes what is to be changed: an ADDRESS, .*" source set bmo
misused "no name" "set takes a NAME and what is to be changed" source set --recheck open
misused "two addresses" "set takes a NAME and what is to be changed" source set bmo "$search" --url "$search"
misused "a schedule that is none" "--recheck takes open, all, none or an age such as 7d, not 'often'" source set bmo --recheck often
misused "yes and no" "--evidence and --no-evidence exclude each other" source set bmo --evidence --no-evidence
misused "on and off" "--stop and --resume exclude each other" source set bmo --stop --resume
misused "a key in an address" "the address holds a login, a password or a key ('token'): take it out .*" source set bmo "$search&token=x"
ok "one without a capture may go anywhere" "$LAPSE" -q -C archive source set "$longest" https://bugzilla.example/ --product P
prints_nothing
is "and keeps what was not named" "$(doc "sources/$longest.json")" \
    '{"evidence":false,"format":"lapse-source-1","kind":"bugzilla","name":"'$longest'","query":[["product","P"]],'\
'"recheck":"7d","rest":"https://bugzilla.example/rest/","url":"https://bugzilla.example/"}'
ok "one of saved files" "$LAPSE" -q -C archive import bugzilla --source saved --captured-at 2024-05-20T06:00:00Z "$data/bug.json"
head=$(git -C archive rev-parse HEAD)
ok "the same bugs beside it" "$LAPSE" -C archive source add twin https://bugzilla.mozilla.org/ --product "CA Program"
says '^lapse: source: source bmo asks the same: with both, every bug and what it owes will be there twice$'
says "^lapse: source: source saved has no address: if its bugs are of this Bugzilla too, they will be there twice; 'lapse source set saved ADDRESS' goes on with them\$"
is "and nothing of the others" "$(wc -l <"$err" | tr -d ' ')" 2
head=$(git -C archive rev-parse HEAD)
misused "has no names" "source saved has no address to add names to: name one" source set saved --product P
ok "until it has an address" "$LAPSE" -q -C archive source set saved "$search"
head=$(git -C archive rev-parse HEAD)

# ---- parties ----

ok "the built-in parties" "$LAPSE" -C archive parties --format csv
prints '^mozilla,Mozilla,root-program,,[0-9]*.$'
cp "$out" builtin.csv
ok "list is the default" "$LAPSE" -C archive parties list --format csv
same_as builtin.csv
ok "parties" "$LAPSE" -C archive parties add "$data/parties.json"
prints "^the archive's parties are now the 3 of $data/parties\\.json\$"
committed "parties" parties.json "parties: 3 of them"
is "in canonical form, notes too" "$(doc parties.json)" "$(jq -cS . "$data/parties.json")"
ok "the same again" "$LAPSE" -C archive parties add "$data/parties.json"
prints "^nothing new: the archive's parties are the 3 of .*parties\\.json already\$"
unchanged "the same parties again"
jq . "$data/parties.json" | gzip >p.json.gz
ok "other blanks, packed" "$LAPSE" -C archive parties add p.json.gz
prints '^nothing new'
unchanged "the same parties in other bytes"
ok "they are listed" "$LAPSE" -C archive parties list --json
cat >expected <<'END'
{"members":1,"name":"Example Trust","party":"example-trust","prefixes":["Example Trust"],"role":"ca","type":"party","v":1}
{"members":1,"name":"Example Root Program","party":"example-root","prefixes":[],"role":"root-program","type":"party","v":1}
{"members":1,"name":"The community","party":"community","prefixes":[],"role":"community","type":"party","v":1}
END
same_as expected
ok "they are shown, to be edited" "$LAPSE" -C archive parties show
jq -cS . "$data/parties.json" >expected
same_as expected
cp "$out" shown.json
ok "what is shown can be added" "$LAPSE" -C archive parties add shown.json
prints '^nothing new'
ok "they are checked" "$LAPSE" parties check "$data/parties.json"
prints "^$data/parties\\.json: parties: 3\$"
ok "from standard input" sh -c '"$1" parties check - <"$2"' sh "$LAPSE" "$data/parties.json"
prints ': parties: 3$'
jq '.parties |= map(select(.id != "community"))' "$data/parties.json" >fewer.json
ok "others" "$LAPSE" -C archive parties add fewer.json
committed "others replace them" parties.json "parties: 2 of them"
ok "--parties instead of the archive's" "$LAPSE" -C archive --parties "$data/parties.json" parties list --format csv
prints '^community,The community,community,,1.$'
ok "the unclaimed" "$LAPSE" -C archive parties --unclaimed --format csv
printf '%s\r\n' 'address,posts,threads,first,last' 'ida@reader.example,3,1,2024-03-12T20:00:00Z,2024-05-14T11:00:00Z' \
    'pat@mail.example,1,1,2024-03-21T09:00:00Z,2024-03-21T09:00:00Z' >expected
same_as expected
ok "the unclaimed, as they were known and stood" "$LAPSE" -C archive parties --unclaimed --at 2024-03-20 --json
prints '^{"address":"ida@reader.example","first":"2024-03-12T20:00:00Z","last":"2024-03-12T20:00:00Z","posts":1,"threads":1,"type":"unclaimed","v":1}$'
is "of that day only" "$(wc -l <"$out" | tr -d ' ')" 1
ok "the unclaimed, by other parties" "$LAPSE" -C archive --parties "$data/parties.json" parties --unclaimed
prints '^pat@mail.example  *1  *1  2024-03-21T09:00:00Z  2024-03-21T09:00:00Z$'

# wrong NAME TEXT RE: parties that add, check and --parties refuse in one sentence.
wrong() {
	printf '%s' "$2" >wrong.json
	refused "add: $1" "parties: wrong\.json$3" parties add wrong.json
	refused "check: $1" "parties: wrong\.json$3" parties check wrong.json
	refused "--parties: $1" "gaps: wrong\.json$3" gaps --parties wrong.json
}
wrong "a role that is none" '{"format":"lapse-parties-1","parties":[{"id":"a","role":"king"}]}' ": party 'a': unknown role 'king' .*"
wrong "another format" '{"format":"lapse-parties-2","parties":[]}' ": not a lapse-parties-1 document"
wrong "a key that is not known" '{"format":"lapse-parties-1","parties":[],"partys":[]}' ": .*partys.*"
wrong "one prefix for two" '{"format":"lapse-parties-1","parties":[{"id":"a","role":"ca","summary_prefixes":["A"]},{"id":"b","role":"ca","summary_prefixes":["a"]}]}' \
    ": party 'b': the summary prefix 'a' is one of 'a' too"
wrong "broken JSON" '{"format":"lapse-parties-1",
"parties":[' ":2:[0-9]*: .*"
wrong "nothing" '' ":1:1: the text ends too early"
wrong "a list" '[]' ": .*"
refused "a file that is not there" "parties: nowhere\.json: cannot open: No such file or directory" parties add nowhere.json
misused "add without a file" "add takes a FILE" parties add
misused "check without a file" "check takes a FILE" parties check
misused "a list of something" "list takes nothing more" parties list x
misused "--unclaimed and more" "--unclaimed takes nothing more" parties --unclaimed list
misused "another verb" ".*none of add, check, list, show: 'drop'" parties drop

# ---- policies ----

ok "a policy" "$LAPSE" -C archive policy add "$data/rules.json"
prints '^policy example-rules, rules: 3$'
committed "a policy" policies/example-rules.json "policy: example-rules"
is "in canonical form" "$(doc policies/example-rules.json)" "$(jq -cS . "$data/rules.json")"
ok "the same again" "$LAPSE" -C archive policy add "$data/rules.json"
prints '^nothing new: policy example-rules, rules: 3, is there already$'
unchanged "the same policy again"
ok "the list" "$LAPSE" -C archive policy --json
prints '^{"evaluated":3,"name":"Example rules: a week for answers and updates, three days to acknowledge","policy":"example-rules","rules":3,"type":"policy","v":1}$'
is "is sorted" "$(jq -r .policy "$out" | tr '\n' ' ')" "ccadb example-rules "
ok "the list, as CSV" "$LAPSE" -C archive policy list --format csv
prints '^policy,name,rules,evaluated.$'
jq -c '.rules |= map(if .id == "update" then . + {next_update: true, novel: 1} else . end)' "$data/rules.json" >richer.json
ok "a policy that this version does not evaluate whole" "$LAPSE" policy check richer.json
prints '^richer\.json: policy example-rules, rules: 3, of which this version evaluates 2$'
prints "^not evaluated: update: it has the key 'novel', which this version does not know\$"
ok "replaces the one of its id" "$LAPSE" -C archive policy add richer.json
committed "another of that id" policies/example-rules.json "policy: example-rules"
ok "its rules" "$LAPSE" -C archive policy show example-rules --json
is "are shown with why they are not evaluated" "$(jq -r 'select(.evaluated | not) | "\(.rule): \(.why_not)"' "$out")" \
    "update: it has the key 'novel', which this version does not know"
ok "in a table" "$LAPSE" -C archive policy show example-rules
prints '^respond  *response  P7D  *elapsed  UTC  *must  *2024-01-01T00:00:00Z  -  *2023-12-01  yes  *-$'
prints "^update  .* no  *it has the key 'novel'"
ok "of a file" "$LAPSE" -C archive policy show "$data/rules.json" --format csv
prints '^acknowledge,response,post,PT72H,elapsed,UTC,should,2024-04-01T00:00:00Z,,2024-03-15,,true,,'
ok "of the default" "$LAPSE" -C archive policy show
prints '^policy ccadb: '
ok "of --policy" "$LAPSE" -C archive --policy example-rules policy show
prints '^policy example-rules: '
ok "of the default, by its id" "$LAPSE" -C archive policy show ccadb --json
is "rule by rule" "$(jq -r .rule "$out" | tr '\n' ' ')" "$(doc policies/ccadb.json | jq -r '.rules[].id' | tr '\n' ' ')"

# wrong NAME TEXT RE: a policy that add, check, show and --policy refuse in one sentence.
wrong() {
	printf '%s' "$2" >wrong.json
	refused "add: $1" "policy: wrong\.json$3" policy add wrong.json
	refused "check: $1" "policy: wrong\.json$3" policy check wrong.json
	refused "show: $1" "policy: wrong\.json$3" policy show wrong.json
	refused "--policy: $1" "gaps: wrong\.json$3" gaps --policy wrong.json
}
wrong "a clock that is none" '{"format":"lapse-policy-1","id":"x","rules":[{"id":"r","clock":"nap","limit":"P7D","level":"must"}]}' ": rule 'r': unknown clock 'nap' .*"
wrong "a limit that is none" '{"format":"lapse-policy-1","id":"x","rules":[{"id":"r","clock":"update","limit":"7d","level":"must"}]}' ": rule 'r': 'limit': .*"
wrong "a zone that is none" '{"format":"lapse-policy-1","id":"x","rules":[{"id":"r","clock":"update","limit":"P7D","level":"must","timezone":"Mars"}]}' \
    ": rule 'r': unknown time zone 'Mars'"
wrong "hours in calendar days" '{"format":"lapse-policy-1","id":"x","rules":[{"id":"r","clock":"update","limit":"PT72H","count":"calendar","level":"must"}]}' \
    ": rule 'r': calendar days are counted, but the limit 'PT72H' is not in whole days"
wrong "an id that is no name" '{"format":"lapse-policy-1","id":"../x","rules":[]}' ": 'id' is not .*: '\.\./x'"
wrong "another format" '{"format":"lapse-parties-1","parties":[]}' ": not a lapse-policy-1 document"
wrong "broken JSON" '{"format":
"lapse-policy-1",]' ":2:[0-9]*: .*"
sed 's/"example-rules"/"Example"/' "$data/rules.json" >capital.json
refused "an id that is no file's name" "policy: capital\.json: the id 'Example' cannot be a file's name (a-z 0-9 \. _ -)" policy add capital.json
refused "a policy that is not there" "policy: no policy 'week' in the archive (lapse policy list shows what there is; a file is named with a slash or \.json)" \
    policy show week
refused "a file that is not there" "policy: \./week: cannot open: No such file or directory" policy show ./week
misused "neither id nor file" "not a policy's id or file: 'We ek'" policy show 'We ek'
misused "add without a file" "add takes a FILE" policy add
misused "check without a file" "check takes a FILE" policy check
misused "another verb" ".*none of add FILE, check FILE, list, show \[ID|FILE\]: 'drop'" policy drop
ok "all of it verifies" "$LAPSE" -C archive verify

# ---- an archive that cannot be written ----

exec 8>>archive/lapse.lock
flock 8
for setting in "source add y https://y.example/?product=P" "parties add $data/parties.json" "policy add $data/rules.json"; do
	# shellcheck disable=SC2086
	exits 75 "while another run holds the archive: $setting" env LAPSE_LOCK_WAIT=0 "$LAPSE" -C archive $setting
	says "^lapse: ${setting%% *}: the archive is in use by another run\$"
	prints_nothing
done
unchanged "while another run holds the archive"
exec 8>&-

# Root may write everywhere: it becomes nobody for this, where it can.
program=$LAPSE stranger=
if [ "$(id -u)" -eq 0 ]; then
	program=$scratch/lapse stranger="setpriv --reuid=65534 --regid=65534 --clear-groups"
	cp "$LAPSE" "$program"
	chmod 755 "$scratch" "$scratch/here" "$program"
fi
mkdir -p locked
chmod -R a+rX,a-w archive locked
# shellcheck disable=SC2086
if $stranger "$program" --version >/dev/null 2>&1; then
	exits 3 "init in a folder that cannot be written" $stranger "$program" init locked
	says "^lapse: init: '.*': Permission denied\$"
	exits 3 "init below one" $stranger "$program" init locked/a
	says "^lapse: init: 'locked/a': Permission denied\$"
	exits 3 "a read-only archive" $stranger "$program" -C archive source add z https://z.example/?product=P
	says "^lapse: source: '.*' cannot be written: Permission denied\$"
	ok "and reads" $stranger "$program" -C archive policy
else
	echo "skipped: nobody cannot run the program here, so nothing is read-only"
fi
chmod -R u+w archive locked
unchanged "a read-only archive"

# ---- without libcurl ----

mkdir broken && : >broken/libcurl.so.4
exits 3 "a sync where libcurl cannot be loaded" env LD_LIBRARY_PATH="$PWD/broken" "$LAPSE" -C archive sync bmo
says "^lapse: .*a library is not here (.*libcurl.so.4: file too short); install Debian's libcurl4\$"
unchanged "without libcurl"
ok "what reads does without it" env LD_LIBRARY_PATH="$PWD/broken" "$LAPSE" -C archive policy
finish

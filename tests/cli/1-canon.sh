#!/bin/sh
# lapse canon: the canonical bytes of a JSON document.
. "$(dirname "$0")/lib.sh"

cat >doc.json <<'END'
{ "b": [1.50, 1e21, -0, 333333333.33333329],
  "\u20ac": "\u0001\u000a\"\\\/é", "a": null, "B": {"y": true, "x": false} }
END
ok "sorts keys and has one spelling for everything" "$LAPSE" canon doc.json
says_nothing
same canon/doc.json
cp "$out" once
ok "adds nothing at the end" test "$(tail -c 1 once)" = '}'
ok "again changes nothing" "$LAPSE" canon once
same_as once
ok "from standard input" "$LAPSE" canon <doc.json
same_as once
ok "from standard input as -" "$LAPSE" canon - <doc.json
same_as once
gzip -n <doc.json >doc.json.gz
ok "gzip is unpacked" "$LAPSE" canon doc.json.gz
same_as once
ok "a scalar is a document" "$LAPSE" canon <<'END'
  "x"
END
prints '^"x"$'

# refuse NAME WHERE TEXT: the text (a printf format) is refused, at this line and column.
refuse() {
	# shellcheck disable=SC2059
	printf "$3" >bad.json
	exits 3 "$1" "$LAPSE" canon bad.json
	says "^lapse: canon: bad.json:$2: ."
	prints_nothing
}
refuse "a key that occurs twice" '1:[0-9]*' '{"a":1,"a":2}\n'
refuse "a lone surrogate" '1:[0-9]*' '["\\ud800"]\n'
refuse "an unfinished text" '[0-9]*:[0-9]*' '{"a":\n'
refuse "a comma too many, on line 2" '2:[0-9]*' '[1,\n 2,]\n'
refuse "something after the end" '2:[0-9]*' '{}\nx\n'
refuse "bytes that are not UTF-8" '1:[0-9]*' '["\377"]'
refuse "an empty file" '[0-9]*:[0-9]*' ''
refuse "a number out of range" '1:[0-9]*' '[1e999]'
exits 3 "standard input has a name" "$LAPSE" canon <bad.json
says '^lapse: canon: standard input:1:'
exits 3 "a file that is not there" "$LAPSE" canon nowhere.json
says '^lapse: canon: nowhere.json: cannot open: No such file or directory$'
exits 3 "a folder" "$LAPSE" canon .
says '^lapse: canon: \.: '
gzip -n <doc.json | head -c 40 >cut.gz
exits 3 "gzip cut short" "$LAPSE" canon cut.gz
says '^lapse: canon: cut.gz: '
prints_nothing

for input in "$root"/tests/data/jcs/input/*.json; do
	[ -f "$input" ] || continue
	name=$(basename "$input")
	ok "the published vector $name" "$LAPSE" canon "$input"
	same_as "$root/tests/data/jcs/output/$name"
done
finish

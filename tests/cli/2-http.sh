#!/bin/sh
# HTTP as the library asks: answers, trouble, bounds, redirects, TLS, keys, proxies; and that nobody else is asked.
. "$(dirname "$0")/lib.sh"
. "$root/tests/cli/httpd.sh"
get=$bin/httpget
key=Sesame7c2f1e

# requests FILE: those in it, without what is none.
requests() {
	sed -n '/^GET /,/^.$/p' "$1"
}

now() {
	before=$(date +%s%N)
}

# took SECONDS NAME: so long, at least, since now().
took() {
	ok "$2: at least $1 s" test "$(($(date +%s%N) - before))" -ge "${1}000000000"
}

# below SECONDS NAME
below() {
	ok "$2: below $1 s" test "$(($(date +%s%N) - before))" -lt "${1}000000000"
}

# ---- an answer ----

printf '{"bugs":[{"id":7,"summary":"of some length, so that packing it pays, of some length, of some length"}]}' >bugs.json
printf '\0\001\377 not text' >bytes
cat >rules <<'END'
/rest/bug[?]id=7 file=bugs.json etag="e7" type=Application/JSON;%20charset=UTF-8
/rest/packed file=bugs.json gzip
/rest/chunked file=bugs.json chunked drip=10/1
/rest/open file=bugs.json close
/rest/bytes file=bytes type=application/octet-stream
/rest/empty status=200
/rest/hinted raw=hinted
/rest/missing status=404 body={"error":true,"code":101}
/rest/hidden status=401 body={"error":true,"code":102}
/rest/bad status=400 body={"error":true}
/rest/limited status=429 type=text/html body=<html> header=Retry-After:3600
END
printf '%s\r\n' 'HTTP/1.1 103 Early Hints' 'Link: </x>; rel=preload' '' \
    'HTTP/1.1 200 OK' 'Content-Length: 2' 'Content-Type: application/json' '' >hinted
printf '{}' >>hinted
serve one --rules rules
ok "an answer" "$get" --bodies got --exchanges kept "$one_url/rest/" 'bug?id=7'
prints '^bug?id=7 200 application/json [0-9]* "e7" -1$'
prints '^sent 1 again 0$'
ok "its body" cmp got bugs.json
requests one.log >requests
requests kept >shown
ok "evidence has the request as it was sent" cmp requests shown
is "its line" "$(sed -n 1p requests)" "$(printf 'GET /rest/bug?id=7 HTTP/1.1\r')"
is "it says who asks" "$(grep -c '^User-Agent: lapse-test/1.$' requests)" 1
is "it takes gzip" "$(grep -c '^Accept-Encoding: gzip.$' requests)" 1
is "no cookies, no key" "$(grep -c -i -e cookie -e key -e authorization requests)" 0
is "evidence names the server" "$(sed -n 1p kept)" "# $one_url/rest/bug?id=7 127.0.0.1 -"
ok "the status that stands" "$get" "$one_url/rest/" missing hidden bad limited empty
prints '^missing 404 application/json 25 - -1$'
prints '^hidden 401 application/json 25 - -1$'
prints '^bad 400 application/json 14 - -1$'
prints '^limited 429 text/html 6 - 3600$'
prints '^empty 200 application/json 0 - -1$'
prints '^sent 5 again 0$'
for how in packed chunked open; do
	ok "$how" "$get" --bodies got --exchanges kept "$one_url/rest/" $how
	ok "$how: the body" cmp got bugs.json
	is "$how: how it was framed is not kept" "$(grep -a -c -i transfer-encoding kept)" 0
done
ok "packed" "$get" --exchanges kept "$one_url/rest/" packed
sed '1,/^Content-Encoding: gzip/d' kept | tail -n +2 | gzip -d >unpacked 2>/dev/null
ok "evidence has the body as it came" cmp unpacked bugs.json
ok "bytes that are no text" "$get" --bodies got "$one_url/rest/" bytes
ok "the same bytes" cmp got bytes
ok "what only announces an answer" "$get" --exchanges kept "$one_url/rest/" hinted
prints '^hinted 200 application/json 2 - -1$'
is "is not kept" "$(grep -c -e 103 -e Link kept)" 0
ok "an ETag that is known" "$get" --etag '"e7"' --exchanges kept "$one_url/rest/" 'bug?id=7'
prints '^bug?id=7 304 - 0 "e7" -1$'
is "it was sent" "$(grep -c '^If-None-Match: "e7".$' one.log)" 1
is "and is kept" "$(grep -c '^If-None-Match: "e7".$' kept)" 1
ok "another one" "$get" --etag '"e8"' "$one_url/rest/" 'bug?id=7'
prints '^bug?id=7 200 '
exits 3 "an ETag that would be more than one field" "$get" --etag "$(printf 'a\r\nX: y')" "$one_url/rest/" empty
says 'its ETag is not one'
exits 3 "a target with a blank" "$get" "$one_url/rest/" 'bug?id=7 HTTP/1.1'
says 'blanks or control characters'

# ---- connections ----

: >one.log
# shellcheck disable=SC2046
ok "many requests" "$get" --connections 3 "$one_url/rest/" $(yes 'bug?id=7' | head -n 60)
prints '^sent 60 again 0$'
is "all are asked" "$(asked one)" 60
ok "over few connections" test "$(met one)" -le 3

# ---- tries ----

cat >rules <<'END'
/e503 status=503 times=2
/e503 file=bugs.json
/e500 status=500 body=<html>oh
/after status=503 header=Retry-After:2 times=1
/after file=bugs.json
/later status=503 header=Retry-After:3600
/dated status=503 file=bugs.json header=Retry-After:Fri,%2031%20Dec%202199%2023:59:59%20GMT
/past status=503 header=Retry-After:Fri,%2031%20Dec%201999%2023:59:59%20GMT times=1
/past file=bugs.json
/dropped drop times=1
/dropped file=bugs.json
/reset file=bugs.json reset=20 times=1
/reset file=bugs.json
/cut file=bugs.json cut=20 times=1
/cut file=bugs.json
/cut-chunks file=bugs.json chunked cut=20 times=1
/cut-chunks file=bugs.json
/cut-pack file=bugs.json gzip close cut=40 times=1
/cut-pack file=bugs.json gzip
/cut-head raw=cut-head times=1
/cut-head file=bugs.json
/noise raw=noise times=1
/noise file=bugs.json
/html body=<!DOCTYPE%20html> type=text/html times=1
/html file=bugs.json
/always-html body=<!DOCTYPE%20html> type=text/html
/always-cut file=bugs.json cut=20
/silent delay=20000 status=200
/slow file=bugs.json drip=1/3000
/steady file=bugs.json drip=10/100
END
printf 'HTTP/1.1 200 OK\r\nContent-Le' >cut-head
printf 'SSH-2.0-OpenSSH_9.2\r\n' >noise
serve two --rules rules
ok "503 twice" "$get" --delay 20 --bodies got --exchanges kept "$two_url/" e503
prints '^e503 200 '
prints '^sent 3 again 2$'
is "evidence of every try" "$(grep -c '^# ' kept)" 3
is "with its status" "$(grep -c '^HTTP/1.1 503 ' kept)" 2
: >two.log
exits 75 "500 for ever" "$get" --delay 10 --tries 4 "$two_url/" e500
says "^httpget: $two_url/e500: asked 4 times: HTTP status 500\$"
is "so often" "$(asked two)" 4
now
ok "a time to come back" "$get" --delay 10 "$two_url/" after
took 2 "it is honoured"
now
exits 75 "a time beyond all patience" "$get" --delay 10 "$two_url/" later
says "^httpget: $two_url/later: not asked again, which would have to wait 3600 s (waiting may take 300 s in all): HTTP status 503\$"
exits 75 "a date beyond all patience" "$get" --delay 10 "$two_url/" dated
says 'not asked again, which would have to wait [0-9]* s (.*): HTTP status 503$'
exits 75 "a budget" "$get" --delay 4000 --budget 1 "$two_url/" e500
says 'waiting may take 1 s in all'
below 5 "nobody waits for these"
ok "a date that has passed" "$get" --delay 10 "$two_url/" past
prints '^past 200 '
for how in dropped reset cut cut-chunks cut-pack cut-head noise; do
	ok "$how" "$get" --delay 10 --bodies got "$two_url/" $how
	prints "^$how 200 "
	prints '^sent 2 again 1$'
	ok "$how: the whole body" cmp got bugs.json
done
ok "HTML where JSON should be" "$get" --delay 10 --json --bodies got "$two_url/" html
prints '^sent 2 again 1$'
ok "the JSON in the end" cmp got bugs.json
exits 75 "HTML for ever" "$get" --delay 10 --json "$two_url/" always-html
says "^httpget: $two_url/always-html: asked 5 times: 1:"
exits 75 "cut for ever" "$get" --delay 10 --tries 3 "$two_url/" always-cut
says "asked 3 times: transfer closed with .* bytes remaining to read\$"
now
exits 75 "silence" "$get" --tries 1 --timeout 1 "$two_url/" silent
says 'asked 1 time: Operation timed out'
exits 75 "a byte now and then" "$get" --tries 1 --stall 2 "$two_url/" slow
says 'asked 1 time: Operation too slow'
below 10 "neither takes long"
ok "slow but steady" "$get" --stall 2 --bodies got "$two_url/" steady
ok "comes whole" cmp got bugs.json
exits 75 "nobody there" "$get" --tries 2 --delay 10 "http://127.0.0.1:1/" x
says "^httpget: http://127.0.0.1:1/x: asked 2 times: Failed to connect"
: >two.log
exits 75 "one that fails for good ends the run" "$get" --connections 1 --tries 1 "$two_url/" e500 steady steady
is "nothing more is asked" "$(asked two)" 1
now
exits 75 "cancelled" "$get" --cancel 1 --connections 2 "$two_url/" steady silent silent
says '^httpget: interrupted$'
below 5 "at once"

# ---- bounds ----

cat >rules <<'END'
/large spaces=2
/large-chunks spaces=2 chunked
/bomb spaces=48 gzip
/brotli file=bugs.json header=Content-Encoding:br
/no-gzip file=bugs.json header=Content-Encoding:gzip
/head raw=head
/line raw=line
END
{ printf 'HTTP/1.1 200 OK\r\n' && yes "X-Long: $(head -c 4000 /dev/zero | tr '\0' x)" | head -n 400 | sed 's/$/\r/'; } >head
{ printf 'HTTP/1.1 200 OK\r\nX-Long: ' && head -c 200000 /dev/zero | tr '\0' x && printf '\r\n\r\n{}'; } >line
serve three --rules rules
ok "just so large" "$get" --max-body 2097152 "$three_url/" large large-chunks
for how in large large-chunks; do
	exits 3 "$how is too much" "$get" --max-body 2097151 "$three_url/" $how
	says "^httpget: $three_url/$how: the answer is too big\$"
	prints '^sent 1 again 0$'
done
for how in head line; do
	exits 3 "a head, too, $how" "$get" "$three_url/" $how
	says "^httpget: $three_url/$how: the answer's head is too large\$"
	prints '^sent 1 again 0$'
done
exits 3 "a gzip bomb" "$get" --max-body 1000000 "$three_url/" bomb
says "^httpget: $three_url/bomb: more than 1000000 bytes\$"
prints '^sent 1 again 0$'
exits 3 "an encoding that was not asked for" "$get" "$three_url/" brotli
says 'an encoding that was not asked for: br$'
exits 75 "what is called gzip and is not" "$get" --delay 10 --tries 2 "$three_url/" no-gzip
says 'asked 2 times: not gzip data'

# ---- redirects, keys ----

mkdir -p "$XDG_CONFIG_HOME/lapse"
serve elsewhere --rules rules
serve other --listen 127.0.0.2 --rules rules
certify right 127.0.0.1 localhost
serve tls --tls right.pem --rules rules
certify wrong bugzilla.example
serve misnamed --tls wrong.pem --rules rules
cat >rules <<END
/rest/near redirect=bug?id=7
/rest/rooted redirect=/rest/bug?id=7
/rest/four redirect=three
/rest/three redirect=two
/rest/two redirect=near
/rest/loop redirect=loop
/rest/port redirect=$elsewhere_url/rest/bug?id=7
/rest/host redirect=$other_url/rest/bug?id=7
/rest/slashes redirect=//127.0.0.2:$other_port/rest/bug?id=7
/rest/named redirect=http://me:pass@127.0.0.1/rest/bug?id=7
/rest/file redirect=file:///etc/passwd
/rest/tls redirect=$tls_url/large
/rest/nowhere status=302 body={}
/rest/bug[?]id=7 file=bugs.json
END
serve four --rules rules
printf '%s %s\n' "127.0.0.1:$four_port" "$key" "127.0.0.1:$tls_port" "$key" "127.0.0.1:$misnamed_port" "$key" \
    >"$XDG_CONFIG_HOME/lapse/keys"
chmod 600 "$XDG_CONFIG_HOME/lapse/keys"
ok "redirects that stay" "$get" --find-key --connections 1 --exchanges kept "$four_url/rest/" near rooted three
is "each is followed" "$(asked four)" 8
is "each has the key" "$(grep -c "^X-BUGZILLA-API-KEY: $key.\$" four.log)" 8
is "evidence has them" "$(grep -c '^GET ' kept)" 8
is "without the key" "$(grep -c -i -e "$key" -e api-key kept)" 0
sed '/^X-BUGZILLA-API-KEY/d' four.log >four.without
requests four.without >requests
requests kept >shown
ok "and nothing else is left out" cmp requests shown
ok "a redirect to nowhere is an answer" "$get" "$four_url/rest/" nowhere
prints '^nowhere 302 '
for how in four loop; do
	exits 3 "$how: too many" "$get" "$four_url/rest/" $how
	says 'redirected more than 3 times$'
done
for how in port host slashes; do
	exits 3 "$how: another place" "$get" --find-key "$four_url/rest/" $how
	says "^httpget: $four_url/rest/$how: redirected to another place, which is not followed: http://127.0.0.[12]:[0-9]*/rest/bug?id=7 (lapse source set NAME ADDRESS)\$"
	prints '^sent 1 again 0$'
	exits 3 "$how: without a key too" "$get" "$four_url/rest/" $how
done
exits 3 "a redirect with a password" "$get" "$four_url/rest/" named
says "redirected to: an address with a name or password in it\$"
exits 3 "a redirect to a file" "$get" "$four_url/rest/" file
says 'redirected to: neither http nor https$'
is "nobody else was asked" "$(met elsewhere) $(met other)" "0 0"
ok "to TLS on the same host" "$get" --cacert right.crt "$four_url/rest/" tls
prints '^tls 200 '
exits 3 "not with a key, which is for one place" "$get" --find-key --cacert right.crt "$four_url/rest/" tls
is "TLS never saw it" "$(grep -c "$key" tls.log)" 0

# ---- TLS ----

ok "TLS" "$get" --find-key --cacert right.crt "$tls_url/" large
is "the key goes there" "$(grep -c "^X-BUGZILLA-API-KEY: $key.\$" tls.log)" 1
: >tls.log
exits 3 "a certificate that nobody vouches for" "$get" --find-key "$tls_url/" large
says "^httpget: $tls_url/large: SSL certificate problem: .*certificate.* (--cacert FILE says whom else to trust)\$"
prints '^sent 1 again 0$'
exits 3 "a certificate of another host" "$get" --find-key --cacert wrong.crt "$misnamed_url/" large
says "^httpget: $misnamed_url/large: .*no .*name matches"
ok "which no certificates would help" sh -c '! grep -q cacert "$1"' sh "$err"
exits 3 "no certificates" "$get" --cacert nowhere.pem "$tls_url/" large
says "certificate file.*nowhere.pem"
is "none of them was told anything" "$(asked tls) $(asked misnamed)" "0 0"
exits 75 "TLS where there is none" "$get" --tries 1 --cacert right.crt "https://127.0.0.1:$four_port/" large

# ---- keys stay where they belong ----

: >four.log
ok "a host without a key" "$get" --find-key "http://localhost:$four_port/rest/" 'bug?id=7'
is "is sent none" "$(grep -c -i api-key four.log)" 0
printf '%s %s\n' bugzilla.example:80 "$key" >"$XDG_CONFIG_HOME/lapse/keys"
exits 3 "a key over plain HTTP" "$get" --find-key http://bugzilla.example/rest/ 'bug?id=7'
says '^httpget: http://bugzilla.example/rest/: an API key is sent over TLS only; make it https$'
printf 'bugzilla.example %s\n' "$key" >"$XDG_CONFIG_HOME/lapse/keys"
chmod 640 "$XDG_CONFIG_HOME/lapse/keys"
exits 3 "a file that others may read" "$get" --find-key https://bugzilla.example/rest/ 'bug?id=7'
says "^httpget: $XDG_CONFIG_HOME/lapse/keys: it holds a key and its mode is 0640: others may read it (chmod 600 it)\$"
chmod 600 "$XDG_CONFIG_HOME/lapse/keys"
printf 'machine 127.0.0.1:%s login x password %s\n' "$four_port" "$key" >"$HOME/.netrc"
chmod 600 "$HOME/.netrc"
ok "a key of netrc" "$get" --find-key "$four_url/rest/" 'bug?id=7'
is "is sent as a field" "$(grep -c "^X-BUGZILLA-API-KEY: $key.\$" four.log)" 1
: >four.log
ok "not unless it is asked for" "$get" "$four_url/rest/" 'bug?id=7'
is "libcurl reads no netrc" "$(grep -c -i -e api-key -e authorization four.log)" 0
exits 3 "a password in the address" "$get" "http://me:pass1@127.0.0.1:$four_port/" x
says '^httpget: the address to ask: an address with a name or password in it$'

# ---- proxies ----

printf '* file=bugs.json\n' >rules
serve proxy --rules rules
ok "a proxy of the environment" env http_proxy="$proxy_url" "$get" http://bugzilla.example/rest/ 'bug?id=7'
is "is asked" "$(grep -c '^GET http://bugzilla.example/rest/bug?id=7 HTTP/1.1.$' proxy.log)" 1
exits 75 "one that does not connect" env https_proxy="$proxy_url" "$get" --tries 1 --find-key https://bugzilla.example/rest/ x
says '^httpget: .* CONNECT .* (the proxy that $https_proxy names)$'
is "is asked to" "$(grep -c '^CONNECT bugzilla.example:443 HTTP/1.1.$' proxy.log)" 1
is "and not told the key" "$(grep -c -i -e "$key" -e api-key proxy.log)" 0
exits 75 "one that is not there" env http_proxy=http://me:hunter2@127.0.0.1:1 "$get" --tries 1 http://bugzilla.example/rest/ x
says '^httpget: http://bugzilla.example/rest/x: .*Failed to connect to 127.0.0.1 port 1 .* (the proxy that $http_proxy names)$'
ok "its password is not told" sh -c '! grep -q hunter2 "$1"' sh "$err"
: >proxy.log
ok "what is for this machine passes no proxy" env http_proxy="$proxy_url" all_proxy="$proxy_url" \
    "$get" --find-key "$four_url/rest/" 'bug?id=7'
is "none" "$(met proxy)" 0

# ---- offline, and nobody else ----

: >four.log
exits 75 "offline" "$get" --offline "$four_url/rest/" 'bug?id=7'
says '^httpget: offline (--offline or LAPSE_OFFLINE): nothing is asked$'
exits 75 "offline by the environment" env LAPSE_OFFLINE=1 "$get" "$four_url/rest/" 'bug?id=7'
is "nothing is opened" "$(met four)" 0

# The program under test alone is traced, and asked for nothing but this machine.
if strace -o /dev/null true 2>/dev/null; then
	ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0	# it cannot look for them while it is traced
	ok "traced" strace -f -o trace -e trace=network "$get" --find-key "$four_url/rest/" 'bug?id=7' near
	ok "it connects" grep -q 'connect(.*AF_INET.*127\.0\.0\.1' trace
	is "to nobody but this machine" "$(grep -E '(connect|sendto|sendmsg|sendmmsg)\(.*AF_' trace | grep -v 'AF_UNIX' |
	    grep -v -c 'inet_addr("127\.0\.0\.1")')" 0
	exits 75 "traced offline" strace -f -o trace -e trace=network "$get" --offline "$four_url/rest/" 'bug?id=7'
	is "no socket of the internet" "$(grep -c 'AF_INET' trace)" 0
else
	echo "skipped: strace is not here"
fi
is "no key in what was said" "$(cat ./*.err "$err" "$out" kept | grep -a -c "$key")" 0
finish

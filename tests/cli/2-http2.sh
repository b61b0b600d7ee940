#!/bin/sh
# lapse sync over TLS to a server that speaks HTTP/2 (nghttpx, before the Bugzilla on loopback), and to one that speaks HTTP/1.1 only.
. "$(dirname "$0")/lib.sh"
. "$root/tests/cli/httpd.sh"
. "$root/tests/cli/syncs.sh"

nghttpx=$(PATH=$PATH:/usr/sbin command -v nghttpx) || {
	echo "skipped: there is no nghttpx (Debian's nghttp2-proxy)"
	finish
}

# proxy NAME PROTOCOLS: nghttpx before the server `one`, with the certificate `one`, speaking these; NAME_url, NAME.log.
proxy() {
	serve free
	unserve free	# its port
	: >"$1.log"
	"$nghttpx" --conf=/dev/null --single-process --single-thread --npn-list="$2" --errorlog-file="$1.err" \
	    --accesslog-file="$1.log" --accesslog-format='$remote_port $alpn $request' --frontend="127.0.0.1,$free_port" \
	    --backend="127.0.0.1,$one_port" one.key one.crt 2>/dev/null &
	servers="$servers $!"
	eval "${1}_pid=$! ${1}_url=https://127.0.0.1:$free_port"
	waited=0
	until "$bin/httpget" --tries 1 --cacert one.crt "https://127.0.0.1:$free_port/rest/" version >proxied 2>&1; do
		waited=$((waited + 1))
		kill -0 $! 2>/dev/null && [ $waited -lt 200 ] || { echo "not ok: no proxy: $(cat "$1.err")"; exit 99; }
		sleep 0.05
	done
	: >"$1.log"
}

# spoke NAME LOG: the protocols of its requests; how many requests, over how many connections.
spoke() {
	sed 's,^[0-9]* \([^ ]*\) .*\(HTTP/[0-9.]*\)$,\1 \2,' "$1" | sort -u | paste -sd ,
}
bugzilla() {
	grep -c ' GET /rest/' "$1"
}
connections() {
	cut -d ' ' -f 1 "$1" | sort -u | wc -l | tr -d ' '
}

bugs state 1 330 2025-05-30T00:00:00Z 2
at 2025-06-01T00:00:00Z
certify one 127.0.0.1
serve one --bugzilla state

for protocol in h2 http/1.1; do
	name=$(echo $protocol | tr -d /.)
	proxy $name $protocol
	eval "url=\$${name}_url"
	rm -rf it
	ok "$protocol: an archive" "$LAPSE" -q init it
	ok "$protocol: its source" "$LAPSE" -q -C it source add bmo "$url" --product 'CA Program'
	exits 3 "$protocol: a certificate that nobody vouches for" sync it --force
	says '^lapse: sync: bmo: .*certificate'
	is "$protocol: nothing was asked" "$(bugzilla $name.log)" 0
	ok "$protocol: one that the user vouches for" sync it --force --cacert one.crt
	prints '^captured bmo at 2025-06-01T00:00:00Z (observed): bugs 330, comments 660, changes 0, attachments 0; requests 10; commit '
	cp $name.log log
	is "$protocol: its requests" "$(bugzilla log)" 10
	case $protocol in
	h2)
		is "they went over HTTP/2" "$(spoke log)" 'h2 HTTP/2'
		is "on one connection" "$(connections log)" 1 ;;
	*)
		is "they went over HTTP/1.1" "$(spoke log)" 'http/1.1 HTTP/1.1'
		ok "on four connections at most" test "$(connections log)" -le 4 ;;
	esac
	settled it
	unserve $name
done
finish

# Source this after lib.sh: HTTP servers on loopback (tests/http/server.c), which end with the script.
#   serve NAME [OPTION...]   start one; $NAME_url is its address (no slash after it), NAME.log what it was asked
#   unserve NAME             end it
#   asked NAME               how many requests it got; met NAME: how many connections
#   certify NAME HOST...     NAME.crt: a certificate for these hosts, which vouches for itself; NAME.pem: with its key

bin=$(dirname "$LAPSE")
unset http_proxy https_proxy HTTPS_PROXY all_proxy ALL_PROXY no_proxy NO_PROXY
servers=

end_servers() {
	for pid in $servers; do kill "$pid" 2>/dev/null; done
}
if [ -n "${KEEP:-}" ]; then trap end_servers EXIT; else trap 'end_servers; chmod -R u+w "$scratch"; rm -rf "$scratch"' EXIT; fi

serve() {
	served=$1
	shift
	rm -f "$served.port"
	: >"$served.log"
	"$bin/httpd" --port-file "$served.port" --log "$served.log" "$@" 2>"$served.err" &
	servers="$servers $!"
	eval "${served}_pid=$!"
	waited=0
	while [ ! -f "$served.port" ]; do
		waited=$((waited + 1))
		kill -0 $! 2>/dev/null && [ $waited -lt 400 ] || { echo "not ok: no server: $(cat "$served.err")"; exit 99; }
		sleep 0.05
	done
	listen=127.0.0.1 scheme=http
	for word; do
		case $word in 127.*) listen=$word ;; --tls) scheme=https ;; esac
	done
	eval "${served}_port=$(cat "$served.port") ${served}_url=$scheme://$listen:$(cat "$served.port")"
}

# One that has ended is forgotten: its number may be another process's by the time the script ends.
unserve() {
	eval "ended=\$${1}_pid"
	kill "$ended"
	wait "$ended" 2>/dev/null
	servers=$(echo "$servers " | sed "s/ $ended / /")
}

asked() {
	grep -c '^GET ' "$1.log"
}

met() {
	grep -c '^# connection' "$1.log"
}

certify() {
	certified=$1 names=
	shift
	for host; do
		case $host in [0-9]*) names="$names,IP:$host" ;; *) names="$names,DNS:$host" ;; esac
	done
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj "/CN=$certified" \
	    -keyout "$certified.key" -out "$certified.crt" -addext "subjectAltName=${names#,}" 2>/dev/null &&
	    cat "$certified.crt" "$certified.key" >"$certified.pem"
}

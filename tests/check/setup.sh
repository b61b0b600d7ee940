#!/bin/sh
# setup.sh PACKAGE...: see that these Debian packages are installed. Silent when they are;
# as root it installs what is missing, else it shows the command and asks.
set -u

if ! command -v dpkg-query >/dev/null; then
	echo "setup: not a Debian system; needed, by their Debian names: $*" >&2
	exit 0
fi
missing=
for package; do
	status=$(dpkg-query -W -f='${db:Status-Status} ' "$package" 2>/dev/null)
	case " $status" in *" installed "*) ;; *) missing="$missing $package" ;; esac
done
[ -n "$missing" ] || exit 0

install="apt-get install -y --no-install-recommends$missing"
if [ "$(id -u)" -eq 0 ]; then
	echo "setup: installing$missing" >&2
	export DEBIAN_FRONTEND=noninteractive
	# shellcheck disable=SC2086
	apt-get update -q >&2 && $install >&2
	exit
fi
command="sudo apt-get update && sudo $install"
echo "setup: these packages are missing:$missing" >&2
echo "  $command" >&2
if ! (: </dev/tty) 2>/dev/null; then
	echo "setup: run that command (as root without the sudo), then try again" >&2
	exit 1
fi
printf 'Run it now? [y/N] ' >/dev/tty
read -r answer </dev/tty
case $answer in [yY]*) ;; *) exit 1 ;; esac
# shellcheck disable=SC2086
sudo apt-get update -q && sudo $install

# The part `mail` of bench.sh, which reads this file: a mailing list brought in, against public-inbox, where that is installed.
#   BENCH_MAIL    messages (20000)
mail=${BENCH_MAIL:-20000}

# make_mail N: an mbox of so many messages, of threads that branch, on standard output; the same on every machine.
make_mail() {
	awk -v n="$1" 'function roll(k) { seed = (seed * 1103515245 + 12345) % 2147483648; return int(seed / 65536) % k }
	function word() { return substr("lapseaskswhoowedwhomananswerunderwhichrulebywhenhowlateitwas", 1 + roll(50), 3 + roll(7)) }
	BEGIN {
		seed = 7
		for (i = 0; i < n; i++) {
			year = 2000 + int(i / 16800); day = 1 + int(i / 600) % 28; at = sprintf("%02d:%02d:%02d", int(i / 25) % 24, i % 60, roll(60))
			printf "From u%d@host.example Wed Jan %2d %s %d\n", roll(300), day, at, year
			printf "Received: by list.example; %d Jan %d %s +0000\nFrom: User %d <u%d@host%d.example>\n", day, year, at, roll(300), roll(300), roll(50)
			printf "To: list@list.example\nSubject: %s%s %s %s\n", (i % 7 ? "Re: " : ""), word(), word(), word()
			printf "Date: %d Jan %d %s +0000\nMessage-ID: <%d.%d@host.example>\n", day, year, at, i, i * 7919 % 104729
			id[i] = i "." i * 7919 % 104729 "@host.example"
			if (i % 7) {
				p = i - 1 - roll(i < 40 ? i : 40)
				chain[i] = (chain[p] != "" ? chain[p] "\n " : "") "<" id[p] ">"
				if (length(chain[i]) > 600) sub(/^[^\n]*\n /, "", chain[i])
				printf "References: %s\nIn-Reply-To: <%s>\n", chain[i], id[p]
			}
			printf "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n"
			for (l = 5 + roll(35); l > 0; l--) {
				line = word()
				for (w = 0; w < 9; w++) line = line " " word()
				print line
			}
			print ""
		}
	}'
}

# import_mail LOG ARCHIVE MBOX [METER-OPTION]
import_mail() {
	rm -rf "$2"
	"$lapse" init "$2" >/dev/null && "$bin/meter" ${4:+"$4"} "$1" "$lapse" -C "$2" import mail --source list "$3"
}

# import_inbox LOG INBOX MBOX: the same by public-inbox, its index for search at its least.
import_inbox() {
	rm -rf "$2"
	# shellcheck disable=SC2016
	"$bin/meter" "$1" perl -MPublicInbox::InboxWritable -e '
		my ($dir, $mbox) = @ARGV;
		my $inbox = PublicInbox::InboxWritable->new({ inboxdir => $dir, name => "list", version => 2, indexlevel => "basic",
		    -primary_address => "list\@list.example", address => ["list\@list.example"] });
		$inbox->init_inbox(0);
		open(my $file, "<", $mbox) or die "$mbox: $!";
		my $writer = $inbox->importer(0);
		$inbox->import_mbox($file, "mboxrd");
		$writer->done;' "$2" "$3" && [ "$(git -C "$2/git/0.git" rev-list --count HEAD)" -eq "$mail" ]
}

measure_mail() {
	echo
	echo "7. Mail: $mail messages in one mbox, into a new archive; 3 rounds"
	make_mail "$mail" >"$tmp/list.mbox" && make_mail $((mail / 4)) >"$tmp/few.mbox" || return 1
	inbox=
	perl -MPublicInbox::InboxWritable -e 1 2>/dev/null && inbox=yes
	for round in 1 2 3; do
		import_mail "$tmp/log.mail" "$tmp/list" "$tmp/list.mbox" || return 1
		[ -z "$inbox" ] || import_inbox "$tmp/log.inbox" "$tmp/inbox" "$tmp/list.mbox" || return 1
	done
	import_mail "$tmp/log.mail.few" "$tmp/few" "$tmp/few.mbox" -m && import_mail "$tmp/log.mail.all" "$tmp/list" "$tmp/list.mbox" -m || return 1
	heading s
	seconds "lapse import mail" "$tmp/log.mail"
	if [ -n "$inbox" ]; then
		seconds "public-inbox, basic" "$tmp/log.inbox"
		ratio "ratio" "$tmp/log.mail" "$tmp/log.inbox"
		verdict "$(wall_ratio "$tmp/log.mail" "$tmp/log.inbox")" 0.2 'wall time of public-inbox, times'
	else
		echo "   public-inbox is not here to be timed side by side."
	fi
	printf '   anonymous memory: %s MiB for %s messages (%s MiB), %s MiB for %s (%s MiB)\n' "$(most "$tmp/log.mail.few" 4)" \
	    $((mail / 4)) "$(($(wc -c <"$tmp/few.mbox") / 1048576))" "$(most "$tmp/log.mail.all" 4)" "$mail" "$(($(wc -c <"$tmp/list.mbox") / 1048576))"
	rm -rf "$tmp/list" "$tmp/inbox" "$tmp/few" "$tmp/list.mbox" "$tmp/few.mbox"
}

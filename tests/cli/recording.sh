# shellcheck shell=sh disable=SC2154
# Two recorded years of twelve captures, for the scripts that hold lapse against them: where they are not at hand, those
# say so and end. $recording is where they are.
recording=$root/../shared/bugzilla/recording
export LAPSE_NOW=2026-06-01T00:00:00Z

if [ ! -f "$recording/actions.ndjson" ]; then
	echo "skipped: there is no recording beside the repository"
	finish
fi

# import_recording: a new archive of all captures. each_capture FOLDER TIME, if there is such a function, sees each too.
import_recording() {
	ok "init" "$LAPSE" -q init archive
	for folder in "$recording"/captures/*/; do
		# 2024-02-10T060000Z
		time=$(basename "$folder" | sed 's/\(..\)\(..\)Z$/:\1:\2Z/')
		ok "the capture of $time" "$LAPSE" -C archive import bugzilla --source bmo --captured-at "$time" \
			"$folder"bugs.json "$folder"comments-*.json "$folder"history-*.json "$folder"attachments-*.json
		prints "^captured bmo at $time (stated): "
		if command -v each_capture >/dev/null; then
			each_capture "$folder" "$time"
		fi
	done
	ok "twelve captures" test "$(git -C archive rev-list --count --grep="^Lapse-Source: " HEAD)" -eq 12
}

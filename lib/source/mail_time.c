#include "mail_time.h"

#include <string.h>
#include <strings.h>

#include "mail_date.h"

#define RECEIVED_MAX 200	/* lines that are looked at, and their length; mail goes through some ten hosts */
#define LINE_MAX_LEN 8192
#define DAY_SEC INT64_C(86400)
#define ZONES_SEC INT64_C(50400)	/* no zone is farther from Greenwich */

enum trust { ANY, NO_FETCHING, OF_LIST };

/* ---- Received ---- */

/* Is there `what` in the text, whatever its case? */
static bool
contains(const char *text, const char *what)
{
	size_t len = strlen(what);

	for (; *text != '\0'; text++)
		if (strncasecmp(text, what, len) == 0)
			return true;
	return false;
}

/* "… by HOST …": is it of that domain, or the domain of it? */
static bool
is_by_host_of(const char *line, const char *domain)
{
	const char *host = strncasecmp(line, "by ", 3) == 0 ? line + 3 : strstr(line, " by ");
	size_t len, n = strlen(domain);

	if (host == NULL || n == 0)
		return false;
	host += *host == ' ' ? 4 : 0;
	len = strcspn(host, " ;()");
	if (len < n)
		return n > len + 1 && memchr(host, '.', len) != NULL && domain[n - len - 1] == '.' && strncasecmp(domain + n - len, host, len) == 0;
	return strncasecmp(host + len - n, domain, n) == 0 && (len == n || host[len - n - 1] == '.');
}

static bool
is_fetching(const char *line)
{
	return contains(line, "with POP") || contains(line, "with IMAP") || contains(line, "fetchmail") || contains(line, "getmail") ||
	    contains(line, "mpop");
}

static bool
is_trusted(const char *line, enum trust trust, const char *domain)
{
	return trust == ANY || (trust == NO_FETCHING && !is_fetching(line)) || (trust == OF_LIST && is_by_host_of(line, domain));
}

/* The instant of the first line of that name that is trusted; what is after its last ";" is a date. */
static bool
find_received(struct lapse_instant *out, struct lapse_arena *arena, struct lapse_mail_headers *headers, enum trust trust, const char *domain)
{
	const char *name = trust == ANY ? "X-Received" : "Received";
	const struct lapse_mail_header *header;
	size_t place = 0;

	for (size_t i = 0; i < RECEIVED_MAX && (header = lapse_mail_headers_next(headers, &place, name)) != NULL; i++) {
		const char *line = header->value_len <= LINE_MAX_LEN ? lapse_mail_header_text(headers, arena, header) : "";
		const char *date = strrchr(line, ';');
		bool zoned;

		if (date != NULL && is_trusted(line, trust, domain) && lapse_mail_date_read(out, &zoned, date + 1) && zoned)
			return true;
	}
	return false;
}

static struct lapse_instant
received(struct lapse_arena *arena, struct lapse_mail_headers *headers, const char *list)
{
	const char *domain = list != NULL ? strchr(list, '@') : NULL;
	struct lapse_instant at;
	size_t place = 0;

	if (lapse_mail_headers_next(headers, &place, "X-Google-Group-Id") != NULL && find_received(&at, arena, headers, ANY, NULL))
		return at;
	if (domain != NULL && find_received(&at, arena, headers, OF_LIST, domain + 1))
		return at;
	return find_received(&at, arena, headers, NO_FETCHING, NULL) ? at : LAPSE_NEVER;
}

/* ---- the rest ---- */

/* "From user@host Thu Nov  1 11:19:12 2001": the sender may be several words, a date is the last ones, mostly without a zone. */
static bool
read_envelope(struct lapse_instant *out, bool *zoned, const char *line)
{
	const char *p = line + strlen(line);

	for (size_t words = 0; p > line && words < 5; words++) {
		while (p > line && p[-1] == ' ')
			p--;
		while (p > line && p[-1] != ' ')
			p--;
	}
	return lapse_mail_date_read(out, zoned, p) && out->sec >= 2 * DAY_SEC;
}

static bool
is_contradicted(const struct lapse_mail_time *time)
{
	int64_t apart = time->at.sec - time->received.sec;

	return (apart < 0 ? -apart : apart) > DAY_SEC + (time->zone_known ? 0 : ZONES_SEC);
}

static void
set(struct lapse_mail_time *out, struct lapse_instant at, bool zone_known, const char *source)
{
	out->at = at;
	out->zone_known = zone_known;
	out->source = source;
}

/*
 * How far off the time may be: where there is no Date, by the day that mail may be under way; where Date is contradicted, as far as the
 * two are apart; without a zone by those there are. `date`: what Date says.
 */
static int64_t
find_slack(const struct lapse_mail_time *time, struct lapse_instant date)
{
	int64_t slack = time->zone_known ? 0 : ZONES_SEC;
	int64_t apart = time->contradicted ? date.sec - time->received.sec : 0;

	return slack + (time->absent ? DAY_SEC : 0) + (apart < 0 ? -apart : apart);
}

void
lapse_mail_time_read(struct lapse_mail_time *out, struct lapse_arena *arena, struct lapse_mail_headers *headers,
    const char *envelope, const char *list)
{
	struct lapse_instant at = LAPSE_NEVER;
	bool zoned;

	*out = (struct lapse_mail_time){ .at = LAPSE_NEVER, .source = "none" };
	out->written = lapse_mail_headers_text(headers, arena, "Date");
	out->received = received(arena, headers, list);
	out->absent = out->written == NULL || !lapse_mail_date_read(&at, &zoned, out->written);
	if (!out->absent) {
		set(out, at, zoned, "header");
		out->contradicted = lapse_time_is_set(out->received) && is_contradicted(out);
	}
	if ((out->absent || out->contradicted) && lapse_time_is_set(out->received))
		set(out, out->received, true, "received");
	else if (out->absent && envelope != NULL && read_envelope(&at, &zoned, envelope))
		set(out, at, zoned, "envelope");
	out->slack = find_slack(out, at);
}

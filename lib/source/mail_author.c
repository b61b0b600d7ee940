#include "mail_author.h"

#include <string.h>
#include <strings.h>

#include "mime.h"
#include "lapse/text.h"

#define MAILBOXES 64	/* of a header that are looked at */
#define LIST_MAX 254	/* the longest address */
#define LIST_HEADERS 16	/* of one name, and their length, that are looked at */
#define LIST_HEADER_MAX 4096

/* What the author is looked for in. */
struct search {
	struct lapse_arena *arena;
	struct lapse_mail_headers *headers;
	const char *list;		/* the address of the list that the message's headers name, or NULL */
	struct lapse_mailbox_name from;
};

/* ---- addresses ---- */

/* Where the address begins whose local part ends at `p`, NULL: it is none. */
static const char *
local_start(const char *text, const char *p)
{
	const char *start = p;

	while (start > text && strchr(" \t<>(),\"", start[-1]) == NULL)
		start--;
	return start < p && (start == text || start[-1] == '<') ? start : NULL;
}

/* Does a domain begin at `p` that ends where an address does? */
static bool
is_domain(const char *p)
{
	size_t len = strcspn(p, " \t<>(),\"");

	return len > 0 && memchr(p, '.', len) != NULL && (p[len] == '\0' || p[len] == '>' || strncmp(p + len, " (", 2) == 0);
}

/* Archives write "user at host.domain" and "user(a)host.domain": a text without "@" that has such an address gets one. */
static const char *
with_at(struct lapse_arena *arena, const char *text)
{
	static const char *const ways[] = { " at ", "(a)", "\xef\xbc\xa0" };

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]) && strchr(text, '@') == NULL; i++) {
		const char *at = strstr(text, ways[i]);
		size_t len = strlen(ways[i]);

		if (at != NULL && local_start(text, at) != NULL && is_domain(at + len))
			return lapse_arena_printf(arena, "%.*s@%s", (int)(at - text), text, at + len);
	}
	return text;
}

/* The first mailbox of a header that has an address; it may be encoded as a whole. */
static bool
first_mailbox(struct lapse_mailbox_name *out, struct search *s, const char *name)
{
	const char *text = lapse_mail_headers_text(s->headers, s->arena, name);

	if (text == NULL)
		return false;
	text = with_at(s->arena, text);
	if (lapse_mime_mailboxes(out, 1, s->arena, text) == 1 && strchr(out->address, '@') != NULL)
		return true;
	text = with_at(s->arena, lapse_mime_words(s->arena, text));
	return lapse_mime_mailboxes(out, 1, s->arena, text) == 1 && strchr(out->address, '@') != NULL;
}

/* ---- which list ---- */

static bool
is_of_address(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c != '\0' && strchr("._+-=@", c) != NULL);
}

/* Does the text have those words, not as a part of longer ones, whatever their case? */
static bool
has_words(const char *text, const char *words)
{
	size_t len = strlen(words);

	for (const char *p = text; *p != '\0'; p++)
		if (strncasecmp(p, words, len) == 0 && (p == text || !is_of_address(p[-1])) && !is_of_address(p[len]))
			return true;
	return false;
}

static bool
a_header_has(struct search *s, const char *name, const char *words)
{
	const struct lapse_mail_header *header;
	size_t place = 0;
	bool has = false;

	for (size_t i = 0; i < LIST_HEADERS && !has; i++) {
		header = lapse_mail_headers_next(s->headers, &place, name);
		if (header == NULL)
			break;
		has = header->value_len <= LIST_HEADER_MAX && has_words(lapse_mail_header_text(s->headers, s->arena, header), words);
	}
	return has;
}

/* Do the message's headers name a list of that address? */
static bool
headers_name(struct search *s, const char *address)
{
	char id[LIST_MAX + 1];
	size_t len = strlen(address);
	char *at;

	if (len > LIST_MAX || strchr(address, '@') == NULL)
		return false;
	memcpy(id, address, len + 1);
	at = strchr(id, '@');
	*at = '.';
	return a_header_has(s, "List-ID", id) || a_header_has(s, "List-Post", address) || a_header_has(s, "X-BeenThere", address) ||
	    a_header_has(s, "Mailing-List", address);
}

/* ---- names ---- */

/* Where "via LIST" begins in a name, NULL: nowhere. The last one counts. */
static const char *
find_via(const char *name)
{
	const char *via = NULL, *p = name;

	while ((p = strstr(p, " via ")) != NULL) {
		via = p;
		p += 5;
	}
	return via != NULL && via > name && via[5] != '\0' ? via : NULL;
}

/* The name without "via LIST" and without the quotes that Google puts around it. */
static const char *
own_name(struct lapse_arena *arena, const char *name)
{
	const char *via = find_via(name);
	size_t len = via != NULL ? (size_t)(via - name) : strlen(name);

	if (via != NULL && len >= 2 && name[0] == '\'' && name[len - 1] == '\'') {
		name++;
		len -= 2;
	}
	return lapse_arena_dupn(arena, name, len);
}

/* "Name via list" <list@…>: what is after "via" is what the address begins with. */
static bool
is_via_address(const struct lapse_mailbox_name *from)
{
	const char *via = find_via(from->name);
	size_t len = strcspn(from->address, "@");

	return via != NULL && len > 0 && strlen(via + 5) == len && strncasecmp(via + 5, from->address, len) == 0;
}

/* ---- the patterns, in order ---- */

static void
set(struct lapse_mail_author *out, const char *name, const char *address, const char *how)
{
	*out = (struct lapse_mail_author){ .name = name, .address = address, .how = how };
}

static bool
is_list(const struct search *s, const char *address)
{
	return lapse_ascii_casecmp(address, s->from.address) == 0 || (s->list != NULL && lapse_ascii_casecmp(address, s->list) == 0);
}

/* Google's. A Mailman that Google has nothing to do with lets through what the author wrote there. */
static bool
try_original(struct lapse_mail_author *out, struct search *s)
{
	size_t mailman = 0, google = 0;
	struct lapse_mailbox_name original;

	if (lapse_mail_headers_next(s->headers, &mailman, "X-Mailman-Version") != NULL &&
	    lapse_mail_headers_next(s->headers, &google, "X-Google-Group-Id") == NULL)
		return false;
	if (first_mailbox(&original, s, "X-Original-From") && !is_list(s, original.address)) {
		set(out, *original.name != '\0' ? original.name : own_name(s->arena, s->from.name), original.address, "x-original-from");
		return true;
	}
	if (first_mailbox(&original, s, "X-Original-Sender") && !is_list(s, original.address)) {
		set(out, own_name(s->arena, s->from.name), original.address, "x-original-sender");
		return true;
	}
	return false;
}

/*
 * Mailman's: the author is in Reply-To, or in Cc where replies go to the list. Others are there too: it is who has the name that
 * From has, or in Reply-To the only one who is not the list.
 */
static bool
try_mailman(struct lapse_mail_author *out, struct search *s, const char *header, const char *how)
{
	const char *text = lapse_mail_headers_text(s->headers, s->arena, header), *name = own_name(s->arena, s->from.name);
	struct lapse_mailbox_name boxes[MAILBOXES];
	size_t n = text != NULL ? lapse_mime_mailboxes(boxes, MAILBOXES, s->arena, text) : 0, others = 0;
	const struct lapse_mailbox_name *found = NULL, *other = NULL;

	for (size_t i = 0; i < n; i++) {
		if (is_list(s, boxes[i].address) || strchr(boxes[i].address, '@') == NULL)
			continue;
		others++;
		other = &boxes[i];
		if (found == NULL && *name != '\0' && lapse_ascii_casecmp(boxes[i].name, name) == 0)
			found = &boxes[i];
	}
	if (found == NULL && others == 1 && strcmp(how, "reply-to") == 0)
		found = other;
	if (found == NULL)
		return false;
	set(out, *found->name != '\0' ? found->name : name, found->address, how);
	return true;
}

/* Anybody may have a domain "dmarc.…": it must be the list's, or that of whose invention this is. */
static bool
is_dmarc_domain(const char *domain, const char *list)
{
	const char *at = list != NULL ? strrchr(list, '@') : NULL;

	return lapse_ascii_casecmp(domain, "dmarc.ietf.org") == 0 ||
	    (at != NULL && strncasecmp(domain, "dmarc.", 6) == 0 && lapse_ascii_casecmp(domain + 6, at + 1) == 0);
}

/* "user=40host@dmarc.ietf.org": the address is the local part's, quoted-printable. */
static bool
try_dmarc(struct lapse_mail_author *out, struct search *s, const char *list)
{
	const char *address = s->from.address, *at = strrchr(address, '@'), *quoted = strstr(address, "=40");
	struct lapse_mailbox_name original;
	const char *own;

	if (at == NULL || quoted == NULL || quoted > at || quoted == address || quoted + 3 == at || !is_dmarc_domain(at + 1, list))
		return false;
	own = lapse_arena_printf(s->arena, "%.*s@%.*s", (int)(quoted - address), address, (int)(at - quoted - 3), quoted + 3);
	if (first_mailbox(&original, s, "X-Original-From") && lapse_ascii_casecmp(original.address, own) == 0)
		set(out, *original.name != '\0' ? original.name : s->from.name, original.address, "x-original-from");
	else
		set(out, own_name(s->arena, s->from.name), own, "dmarc-local-part");
	return true;
}

/* From as Mailman's archive writes it, whose name stands in brackets after the address. */
static bool
read_pipermail(struct lapse_mailbox_name *out, struct lapse_arena *arena, const char *text, const char *format)
{
	const char *open = strstr(text, " ("), *end = text + strlen(text), *address, *name;

	if (strcmp(format, "pipermail") != 0 && (strchr(text, '@') != NULL || strstr(text, " at ") == NULL))
		return false;
	if (open == NULL || end[-1] != ')' || memchr(text, '<', (size_t)(open - text)) != NULL)
		return false;
	address = with_at(arena, lapse_arena_dupn(arena, text, (size_t)(open - text)));
	name = lapse_mime_words(arena, lapse_arena_dupn(arena, open + 2, (size_t)(end - open - 3)));
	if (strchr(address, '@') == NULL || strchr(address, ' ') != NULL)
		return false;
	out->address = address;
	/* Who has no name has the address in its place. */
	out->name = strcmp(with_at(arena, name), address) != 0 ? name : "";
	return true;
}

/* From, and whether the archive wrote it. */
static bool
read_from(struct search *s, const char *format)
{
	const char *text = lapse_mail_headers_text(s->headers, s->arena, "From");

	s->from = (struct lapse_mailbox_name){ "", "" };
	if (text == NULL)
		return false;
	if (read_pipermail(&s->from, s->arena, text, format))
		return true;
	if (!first_mailbox(&s->from, s, "From") && lapse_mime_mailboxes(&s->from, 1, s->arena, text) == 0)
		s->from = (struct lapse_mailbox_name){ lapse_mime_words(s->arena, text), "" };
	return false;
}

void
lapse_mail_author_read(struct lapse_mail_author *out, struct lapse_arena *arena, struct lapse_mail_headers *headers,
    const char *format, const char *list)
{
	struct search s = { .arena = arena, .headers = headers };
	bool archived = read_from(&s, format), named = headers_name(&s, s.from.address);
	bool is_given = list != NULL && lapse_ascii_casecmp(list, s.from.address) == 0;

	if (try_dmarc(out, &s, list))
		return;
	/*
	 * Whoever writes to a list can add headers of another one, and of an author. The list's own are there too, and it is in
	 * From when it has rewritten it.
	 */
	s.list = list != NULL && headers_name(&s, list) ? list : named ? s.from.address : NULL;
	if (!named && !is_given && !is_via_address(&s.from))
		set(out, s.from.name, *s.from.address != '\0' ? s.from.address : NULL, archived ? "pipermail" : "from");
	else if (s.list == NULL || lapse_ascii_casecmp(s.list, s.from.address) != 0 || (!try_original(out, &s) &&
	    !try_mailman(out, &s, "Reply-To", "reply-to") && !try_mailman(out, &s, "Cc", "cc")))
		set(out, own_name(arena, s.from.name), NULL, "name-only");
	if (out->address != NULL && strcmp(out->address, "bogus@does.not.exist.com") == 0)
		out->address = NULL;
}

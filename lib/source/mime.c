#include "mime.h"

#include <string.h>

#include <gmime/gmime.h>

#include "lapse/text.h"
#include "charset.h"
#include "late.h"

#define PACKAGE "libgmime-3.0-0"

/*
 * No header that means something is longer. GMime goes down by recursion into groups of addresses, so that these are short;
 * a list that is longer is cut.
 */
#define WORDS_MAX ((size_t)64 << 10)
#define MAILBOXES_MAX ((size_t)8 << 10)
#define TYPE_MAX ((size_t)8 << 10)

#define PIECE ((size_t)64 << 10)	/* bytes decoded at a time */

static struct {
	void (*init)(void);
	void (*free)(void *);
	void (*unref)(void *);
	int (*is_a)(GTypeInstance *, GType);
	char *(*decode_text)(GMimeParserOptions *, const char *);
	InternetAddressList *(*list_parse)(GMimeParserOptions *, const char *);
	int (*list_length)(InternetAddressList *);
	InternetAddress *(*list_get)(InternetAddressList *, int);
	const char *(*name)(InternetAddress *);
	GType (*mailbox_type)(void);
	const char *(*mailbox_address)(InternetAddressMailbox *);
	GType (*group_type)(void);
	InternetAddressList *(*group_members)(InternetAddressGroup *);
	GMimeContentType *(*type_parse)(GMimeParserOptions *, const char *);
	const char *(*type_media)(GMimeContentType *);
	const char *(*type_subtype)(GMimeContentType *);
	const char *(*type_parameter)(GMimeContentType *, const char *);
	GMimeContentEncoding (*encoding_named)(const char *);
	void (*decode_init)(GMimeEncoding *, GMimeContentEncoding);
	size_t (*decode_room)(GMimeEncoding *, size_t);
	size_t (*decode_step)(GMimeEncoding *, const char *, size_t, char *);
	size_t (*decode_flush)(GMimeEncoding *, const char *, size_t, char *);
} gmime;	/* what the library is to a linked program: there once for all */

int
lapse_mime_load(void)
{
	static const struct late_function functions[] = {
		{ "g_mime_init", &gmime.init },
		{ "g_free", &gmime.free },
		{ "g_object_unref", &gmime.unref },
		{ "g_type_check_instance_is_a", &gmime.is_a },
		{ "g_mime_utils_header_decode_text", &gmime.decode_text },
		{ "internet_address_list_parse", &gmime.list_parse },
		{ "internet_address_list_length", &gmime.list_length },
		{ "internet_address_list_get_address", &gmime.list_get },
		{ "internet_address_get_name", &gmime.name },
		{ "internet_address_mailbox_get_type", &gmime.mailbox_type },
		{ "internet_address_mailbox_get_addr", &gmime.mailbox_address },
		{ "internet_address_group_get_type", &gmime.group_type },
		{ "internet_address_group_get_members", &gmime.group_members },
		{ "g_mime_content_type_parse", &gmime.type_parse },
		{ "g_mime_content_type_get_media_type", &gmime.type_media },
		{ "g_mime_content_type_get_media_subtype", &gmime.type_subtype },
		{ "g_mime_content_type_get_parameter", &gmime.type_parameter },
		{ "g_mime_content_encoding_from_string", &gmime.encoding_named },
		{ "g_mime_encoding_init_decode", &gmime.decode_init },
		{ "g_mime_encoding_outlen", &gmime.decode_room },
		{ "g_mime_encoding_step", &gmime.decode_step },
		{ "g_mime_encoding_flush", &gmime.decode_flush },
	};
	static bool loaded;
	int rc = loaded ? 0 : late_load("libgmime-3.0.so.0", PACKAGE, functions, sizeof(functions) / sizeof(functions[0]));

	if (rc == 0 && !loaded)
		gmime.init();
	loaded = rc == 0;
	return rc;
}

/* What the library made of bytes may be no UTF-8 (a charset that lies). */
static const char *
keep(struct lapse_arena *arena, const char *text)
{
	bool bad = false;

	return text != NULL ? lapse_charset_line(arena, text, strlen(text), &bad) : "";
}

const char *
lapse_mime_words(struct lapse_arena *arena, const char *text)
{
	const char *words;
	char *decoded;

	if (strstr(text, "=?") == NULL || strlen(text) > WORDS_MAX)
		return text;
	decoded = gmime.decode_text(NULL, text);
	words = keep(arena, decoded);
	gmime.free(decoded);
	return words;
}

/* ---- mailboxes ---- */

static size_t
add_mailboxes(struct lapse_mailbox_name *out, size_t max, struct lapse_arena *arena, InternetAddressList *list)
{
	size_t n = 0;
	int length = gmime.list_length(list);

	for (int i = 0; i < length && n < max; i++) {
		InternetAddress *address = gmime.list_get(list, i);

		if (!gmime.is_a((GTypeInstance *)address, gmime.mailbox_type()))
			continue;
		out[n].name = lapse_mime_words(arena, keep(arena, gmime.name(address)));
		out[n].address = keep(arena, gmime.mailbox_address((InternetAddressMailbox *)address));
		n++;
	}
	return n;
}

/* The mailboxes within groups come after the others; groups within groups are none. */
static size_t
add_groups(struct lapse_mailbox_name *out, size_t max, struct lapse_arena *arena, InternetAddressList *list)
{
	size_t n = 0;
	int length = gmime.list_length(list);

	for (int i = 0; i < length && n < max; i++) {
		InternetAddress *address = gmime.list_get(list, i);

		if (gmime.is_a((GTypeInstance *)address, gmime.group_type()))
			n += add_mailboxes(out + n, max - n, arena, gmime.group_members((InternetAddressGroup *)address));
	}
	return n;
}

/* A list that is too long ends at a comma before. */
static const char *
shorten(struct lapse_arena *arena, const char *text)
{
	char *copy;
	char *comma;

	if (strlen(text) <= MAILBOXES_MAX)
		return text;
	copy = lapse_arena_dupn(arena, text, MAILBOXES_MAX);
	comma = strrchr(copy, ',');
	if (comma != NULL)
		*comma = '\0';
	return copy;
}

size_t
lapse_mime_mailboxes(struct lapse_mailbox_name *out, size_t max, struct lapse_arena *arena, const char *text)
{
	InternetAddressList *list = gmime.list_parse(NULL, shorten(arena, text));
	size_t n;

	if (list == NULL)
		return 0;
	n = add_mailboxes(out, max, arena, list);
	n += add_groups(out + n, max - n, arena, list);
	gmime.unref(list);
	return n;
}

/* ---- types and encodings ---- */

static const char *
lower(struct lapse_arena *arena, const char *text)
{
	char *copy = lapse_arena_dup(arena, text);

	for (char *p = copy; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p + 32);
	return copy;
}

static const char *
parameter(struct lapse_arena *arena, GMimeContentType *type, const char *name)
{
	const char *value = gmime.type_parameter(type, name);

	return value != NULL && *value != '\0' ? lapse_arena_dup(arena, value) : NULL;
}

void
lapse_mime_type_read(struct lapse_mime_type *out, struct lapse_arena *arena, const char *text)
{
	GMimeContentType *type;
	const char *format;

	*out = (struct lapse_mime_type){ .name = "text/plain" };
	if (text == NULL)
		return;
	type = strlen(text) <= TYPE_MAX && strchr(text, '/') != NULL ? gmime.type_parse(NULL, text) : NULL;
	out->broken = type == NULL || gmime.type_media(type) == NULL || gmime.type_subtype(type) == NULL;
	if (!out->broken) {
		out->name = lower(arena, lapse_arena_printf(arena, "%s/%s", gmime.type_media(type), gmime.type_subtype(type)));
		out->charset = parameter(arena, type, "charset");
		out->boundary = parameter(arena, type, "boundary");
		format = gmime.type_parameter(type, "format");
		out->flowed = format != NULL && lapse_ascii_casecmp(format, "flowed") == 0;
	}
	if (type != NULL)
		gmime.unref(type);
}

static int
decode(struct lapse_buf *out, GMimeContentEncoding encoding, const char *data, size_t len)
{
	GMimeEncoding state;
	int rc = 0;

	gmime.decode_init(&state, encoding);
	while (rc == 0) {
		size_t n = len < PIECE ? len : PIECE;

		rc = lapse_buf_reserve(out, gmime.decode_room(&state, n));
		if (rc < 0)
			break;
		out->len += (n == len ? gmime.decode_flush : gmime.decode_step)(&state, data, n, out->data + out->len);
		out->data[out->len] = '\0';
		data += n;
		len -= n;
		if (len == 0)
			break;
	}
	return rc;
}

int
lapse_mime_decode(struct lapse_buf *out, const char *encoding, const char *data, size_t len)
{
	GMimeContentEncoding known = encoding != NULL && *encoding != '\0' ? gmime.encoding_named(encoding) : GMIME_CONTENT_ENCODING_7BIT;
	int rc;

	switch (known) {
	case GMIME_CONTENT_ENCODING_BASE64:
	case GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE:
	case GMIME_CONTENT_ENCODING_UUENCODE:
		return decode(out, known, data, len);
	default:
		rc = lapse_buf_add(out, data, len);
		return rc < 0 ? rc : known == GMIME_CONTENT_ENCODING_DEFAULT;
	}
}

/*
 * Bytes as a message: any is read, all its strings are UTF-8, none is longer than its bytes allow, and it reads the same again. The first
 * line is the From_ line when it begins with "From ".
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/source/mail.h"

#include "lapse/error.h"
#include "lapse/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
demand(bool ok, const char *what)
{
	if (!ok) {
		fprintf(stderr, "%s\n", what);
		abort();
	}
}

static void
demand_text(const char *text)
{
	size_t len = text != NULL ? strlen(text) : 0;

	for (size_t i = 0; i < len;) {
		uint32_t c;

		i += lapse_utf8_decode(&c, text + i, len - i);
		demand(c != LAPSE_BAD_CHAR, "a text that is no UTF-8");
	}
}

static void
demand_whole(const struct lapse_mail *m)
{
	const char *const texts[] = { m->message_id, m->synthetic, m->in_reply_to, m->author_name, m->author_address, m->subject, m->date_written,
		m->text, m->own };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		demand_text(texts[i]);
	for (size_t i = 0; i < m->nreferences; i++) {
		demand_text(m->references[i]);
		for (size_t j = 0; j < i && i < 100; j++)
			demand(strcmp(m->references[i], m->references[j]) != 0, "one reference twice");
	}
	demand((m->message_id == NULL) != (m->synthetic == NULL), "no id, or two");
	demand(strlen(m->own) <= strlen(m->text), "own words that are not in the text");
	demand(strlen(m->alike) == LAPSE_SHA256_HEX, "no digest");
	demand((strcmp(m->date_source, "none") == 0) == !lapse_time_is_set(m->at), "a time from nowhere");
	demand(!(m->flags & LAPSE_MAIL_NO_ZONE) || !m->zone_known, "a zone that is known and is not");
	if (lapse_time_is_set(m->at)) {
		char text[LAPSE_TIME_LEN + 1];
		struct lapse_instant again;

		demand(lapse_time_parse(&again, lapse_time_format(text, m->at)) == 0 && again.sec == m->at.sec, "a time that cannot be written");
	}
}

static void
read_as(const char *format, const char *list, const char *data, size_t size)
{
	const char *newline = size > 5 && memcmp(data, "From ", 5) == 0 ? memchr(data, '\n', size) : NULL;
	struct lapse_raw raw = { .format = format, .data = data, .len = size, .line = 1 };
	struct lapse_arena arena;
	struct lapse_mail one, two;

	lapse_arena_init(&arena);
	if (newline != NULL) {
		raw.envelope = lapse_arena_dupn(&arena, data, (size_t)(newline - data));
		raw.data = newline + 1;
		raw.len -= (size_t)(raw.data - data);
	}
	demand(lapse_mail_read(&one, &arena, &raw, &(struct lapse_list){ list }) == 0, lapse_error());
	demand(lapse_mail_read(&two, &arena, &raw, &(struct lapse_list){ list }) == 0, lapse_error());
	demand_whole(&one);
	demand(strcmp(one.text, two.text) == 0 && strcmp(one.alike, two.alike) == 0 && one.flags == two.flags, "read again, it is another one");
	lapse_arena_release(&arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	read_as("mboxrd", "talk@lists.example.org", (const char *)data, size);
	read_as("pipermail", NULL, (const char *)data, size);
	return 0;
}

/*
 * Rules: what the server does to requests. A file of lines, '#' begins a comment:
 *
 *   PATTERN WORD...
 *
 * PATTERN is fnmatch's, matched with the whole target ("/rest/bug[?]*", where * matches slashes too). The first
 * line that matches and is not used up decides. Words (values are percent-decoded: %20 is a blank):
 *
 *   status=N body=TEXT file=PATH             the answer: 200 and nothing unless told
 *   etag=TEXT                                sent; a request that has it gets a 304
 *   redirect=URL                             302 to it
 *   raw=PATH                                 the file is the whole answer, its head too
 *   spaces=MIB                               a body of so many MiB of blanks: with gzip, a bomb
 *   pass                                     nothing of these: Bugzilla answers, and what follows is done to that
 *   type=TYPE                                application/json unless told
 *   header=NAME:VALUE                        one more field; may be repeated
 *   times=N after=N                          N times only; not the first N times
 *   delay=MS                                 wait before the answer
 *   drip=BYTES/MS                            send so many bytes at a time, so long apart
 *   cut=N  reset=N                           close after N bytes of the body, in good order or with an RST
 *   drop                                     close without an answer
 *   chunked  close                           how the body's end is told: chunks, the connection's end; else Content-Length
 *   gzip                                     send it compressed, whether asked for or not
 *   state=FOLDER                             first let Bugzilla answer from another folder, from now on
 */
#include <fnmatch.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "httpd.h"
#include "lapse/alloc.h"

struct rule {
	char *pattern;
	char **words;
	size_t nwords;
	size_t words_cap;
	size_t times, after;
	size_t used;
};

struct rules {
	struct rule *rules;
	size_t nrules;
	size_t cap;
};

/* The value of "NAME=VALUE" or "NAME"; NULL for another word. */
static const char *
value_of(const char *word, const char *name)
{
	size_t len = strlen(name);

	if (strncmp(word, name, len) != 0 || (word[len] != '=' && word[len] != '\0'))
		return NULL;
	return word + len + (word[len] == '=');
}

static void
add_word(struct rule *rule, char *word)
{
	const char *value;

	url_decode(word);
	value = value_of(word, "times");
	if (value != NULL)
		rule->times = strtoul(value, NULL, 10);
	value = value_of(word, "after");
	if (value != NULL)
		rule->after = strtoul(value, NULL, 10);
	rule->words = lapse_grow(rule->words, rule->nwords, &rule->words_cap, sizeof(*rule->words));
	rule->words[rule->nwords++] = lapse_strdup(word);
}

static void
add_rule(struct rules *rules, char *line)
{
	struct rule rule = { .times = SIZE_MAX };

	line[strcspn(line, "#\r\n")] = '\0';
	for (char *next = line; *(next += strspn(next, " \t")) != '\0';) {
		char *word = next;

		next += strcspn(next, " \t");
		if (*next != '\0')
			*next++ = '\0';
		if (rule.pattern == NULL)
			rule.pattern = lapse_strdup(word);
		else
			add_word(&rule, word);
	}
	if (rule.pattern == NULL)
		return;
	rules->rules = lapse_grow(rules->rules, rules->nrules, &rules->cap, sizeof(*rules->rules));
	rules->rules[rules->nrules++] = rule;
}

struct rules *
rules_read(const char *path)
{
	struct rules *rules = lapse_alloc(1, sizeof(*rules));
	FILE *file = fopen(path, "r");
	char line[8192];

	if (file == NULL) {
		perror(path);
		free(rules);
		return NULL;
	}
	while (fgets(line, sizeof(line), file) != NULL)
		add_rule(rules, line);
	fclose(file);
	return rules;
}

void
rules_free(struct rules *rules)
{
	for (size_t i = 0; rules != NULL && i < rules->nrules; i++) {
		for (size_t j = 0; j < rules->rules[i].nwords; j++)
			free(rules->rules[i].words[j]);
		free(rules->rules[i].words);
		free(rules->rules[i].pattern);
	}
	if (rules != NULL)
		free(rules->rules);
	free(rules);
}

static struct rule *
find(struct rules *rules, const char *target)
{
	for (size_t i = 0; i < rules->nrules; i++) {
		struct rule *rule = &rules->rules[i];

		if (fnmatch(rule->pattern, target, 0) != 0)
			continue;
		rule->used++;
		if (rule->used > rule->after && rule->used - rule->after <= rule->times)
			return rule;
	}
	return NULL;
}

static void
add_spaces(struct lapse_buf *body, size_t mib)
{
	char piece[1024];

	memset(piece, ' ', sizeof(piece));
	for (size_t i = 0; i < mib * 1024; i++)
		lapse_buf_add(body, piece, sizeof(piece));
}

static void
read_body(struct lapse_buf *body, const char *path)
{
	FILE *file = fopen(path, "rb");
	char piece[65536];
	size_t n;

	if (file == NULL) {
		perror(path);
		return;
	}
	while ((n = fread(piece, 1, sizeof(piece), file)) > 0)
		lapse_buf_add(body, piece, n);
	fclose(file);
}

/* What the answer is: true when the word says something of it. */
static bool
say(struct reply *reply, const char *word, const struct request *request)
{
	const char *value;

	if ((value = value_of(word, "status")) != NULL)
		reply->status = (int)strtol(value, NULL, 10);
	else if ((value = value_of(word, "body")) != NULL)
		lapse_buf_puts(&reply->body, value);
	else if ((value = value_of(word, "file")) != NULL)
		read_body(&reply->body, value);
	else if ((value = value_of(word, "raw")) != NULL)
		read_body(&reply->body, value);
	else if ((value = value_of(word, "spaces")) != NULL)
		add_spaces(&reply->body, strtoul(value, NULL, 10));
	else if ((value = value_of(word, "etag")) != NULL)
		snprintf(reply->etag, sizeof(reply->etag), "%.255s", value);
	else if ((value = value_of(word, "redirect")) != NULL)
		lapse_buf_printf(&reply->fields, "Location: %s\r\n", value);
	else
		return value_of(word, "drop") != NULL;
	if (value_of(word, "redirect") != NULL)
		reply->status = 302;
	if (value_of(word, "etag") != NULL && strcmp(reply->etag, request->none_match) == 0)
		reply->status = 304;
	reply->raw = reply->raw || value_of(word, "raw") != NULL;
	return true;
}

/* How it is sent. */
static void
shape(struct reply *reply, const char **state, const char *word)
{
	const char *value;
	char *end;

	if ((value = value_of(word, "type")) != NULL)
		reply->type = value;
	else if ((value = value_of(word, "header")) != NULL)
		lapse_buf_printf(&reply->fields, "%s\r\n", value);
	else if ((value = value_of(word, "delay")) != NULL)
		reply->delay = strtol(value, NULL, 10);
	else if ((value = value_of(word, "drip")) != NULL) {
		reply->drip = strtoul(value, &end, 10);
		reply->drip_ms = *end == '/' ? strtol(end + 1, NULL, 10) : 0;
	} else if ((value = value_of(word, "cut")) != NULL || (value = value_of(word, "reset")) != NULL) {
		reply->cut = strtoul(value, NULL, 10);
		reply->reset = value_of(word, "reset") != NULL;
	} else if ((value = value_of(word, "state")) != NULL) {
		*state = value;
	}
	reply->drop = reply->drop || value_of(word, "drop") != NULL;
	reply->chunked = reply->chunked || value_of(word, "chunked") != NULL;
	reply->no_length = reply->no_length || value_of(word, "close") != NULL;
	reply->gzip = reply->gzip || value_of(word, "gzip") != NULL;
}

bool
rules_answer(struct reply *reply, const char **state, struct rules *rules, const struct request *request)
{
	struct rule *rule = find(rules, request->target);
	bool answered = false;

	if (rule == NULL)
		return false;
	reply->status = 200;
	reply->type = "application/json";
	for (size_t i = 0; i < rule->nwords; i++) {
		answered = say(reply, rule->words[i], request) || answered;
		shape(reply, state, rule->words[i]);
	}
	return answered;
}

#include "html.h"

#include <stdbool.h>
#include <string.h>

#include <libxml/HTMLparser.h>

#include "lapse/alloc.h"
#include "late.h"

static struct {
	htmlParserCtxtPtr (*new_parser)(void);
	htmlDocPtr (*read_memory)(htmlParserCtxtPtr, const char *, int, const char *, const char *, int);
	void (*free_parser)(htmlParserCtxtPtr);
	void (*free_doc)(xmlDocPtr);
} late;	/* what the library is to a linked program: there once for all */

static int
load(void)
{
	static const struct late_function functions[] = {
		{ "htmlNewParserCtxt", &late.new_parser },
		{ "htmlCtxtReadMemory", &late.read_memory },
		{ "htmlFreeParserCtxt", &late.free_parser },
		{ "xmlFreeDoc", &late.free_doc },
	};
	static bool loaded;
	int rc = loaded ? 0 : late_load("libxml2.so.2", "libxml2", functions, sizeof(functions) / sizeof(functions[0]));

	loaded = rc == 0;
	return rc;
}

int
html_parse(const struct html_events *events, void *payload, const char *html, size_t len)
{
	htmlParserCtxtPtr parser;
	int rc = load();

	if (rc < 0)
		return rc;
	parser = late.new_parser();
	if (parser == NULL)
		lapse_out_of_memory();
	memset(parser->sax, 0, sizeof(*parser->sax));
	parser->sax->startElement = events->begin;
	parser->sax->endElement = events->end;
	parser->sax->characters = events->text;
	parser->sax->ignorableWhitespace = events->text;
	parser->userData = payload;
	late.read_memory(parser, html, (int)len, NULL, "UTF-8",
	    HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET | HTML_PARSE_NOIMPLIED);
	late.free_doc(parser->myDoc);
	late.free_parser(parser);
	return 0;
}

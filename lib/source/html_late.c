#include "html_late.h"

#include <stdbool.h>
#include <stddef.h>
#include <libxml/HTMLparser.h>

#include "late.h"

static struct {
	htmlParserCtxtPtr (*new_parser)(void);
	htmlDocPtr (*read_memory)(htmlParserCtxtPtr, const char *, int, const char *, const char *, int);
	void (*free_parser)(htmlParserCtxtPtr);
	void (*free_doc)(xmlDocPtr);
} late;	/* what the library is to a linked program: there once for all */

int
html_late_load(void)
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

htmlParserCtxtPtr
htmlNewParserCtxt(void)
{
	return late.new_parser();
}

htmlDocPtr
htmlCtxtReadMemory(htmlParserCtxtPtr parser, const char *data, int len, const char *url, const char *encoding, int options)
{
	return late.read_memory(parser, data, len, url, encoding, options);
}

void
htmlFreeParserCtxt(htmlParserCtxtPtr parser)
{
	late.free_parser(parser);
}

void
xmlFreeDoc(xmlDocPtr doc)
{
	late.free_doc(doc);
}

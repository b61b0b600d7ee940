/* The tags of a page, before a parser sees them. */
#ifndef SOURCE_PAGE_TAGS_H
#define SOURCE_PAGE_TAGS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Are all tags written so that every reader of HTML reads the same ones, and has none of them more than 64 attributes?
 * libxml2 takes time by the square of a tag's attributes, and what one reader takes for a tag's end is another's value.
 */
bool page_tags_are_plain(const char *html, size_t len);

#endif

/* The parser of HTML of libxml2, loaded when a command first needs it. */
#ifndef SOURCE_HTML_LATE_H
#define SOURCE_HTML_LATE_H

/*
 * Load libxml2; to be called before the functions of libxml/HTMLparser.h and tree.h that are used here, which are defined
 * beside this, under their own names, and hand over to the library. Returns 0, also when it is loaded already, else LAPSE_EFAIL.
 */
int html_late_load(void);

#endif

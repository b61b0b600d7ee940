/* libcurl, loaded when a command first needs it. */
#ifndef SOURCE_CURL_LATE_H
#define SOURCE_CURL_LATE_H

/*
 * Load libcurl; to be called before any function of curl/curl.h. Those are defined beside this, under their own names,
 * and hand over to the library. Returns 0, also when it is loaded already, else LAPSE_EFAIL.
 */
int curl_late_load(void);

#endif

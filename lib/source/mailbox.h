#ifndef X
#define X
#include "raw.h"
int lapse_mailbox_each(const char *path, int (*fn)(const struct lapse_raw *raw, void *payload), void *payload);
#endif

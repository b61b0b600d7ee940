/* What documents of several kinds hold: private to codec.c and codec_capture.c. */
#ifndef MODEL_CODEC_PARTS_H
#define MODEL_CODEC_PARTS_H

#include <jansson.h>

#include "lapse/model.h"

/* A list of numbers. New reference; and back, added to `out`: 0, else LAPSE_EFORMAT naming `key`. */
json_t *codec_ids_encode(const struct lapse_ids *ids);
int codec_ids_decode(struct lapse_ids *out, const json_t *list, const char *key);

/* A time that may be absent or null: LAPSE_NEVER. Returns 0, else LAPSE_EFORMAT. */
int codec_time(struct lapse_instant *out, const json_t *doc, const char *key);

#endif

/* Files from outside: read whole, plain or gzip; folders listed in order. */
#ifndef LAPSE_FS_H
#define LAPSE_FS_H

#include "lapse/buf.h"

/*
 * Read a regular file whole ("-" is standard input); gzip (RFC 1952, several
 * members too) is recognised by its first bytes and unpacked, damage and
 * truncation refused. What the buffer's ceiling forbids is LAPSE_ETOOBIG.
 * Failures name the file.
 */
int lapse_file_read(struct lapse_buf *out, const char *path);

/*
 * Call fn for `path` if it is a file, else for every regular file below the
 * folder, in byte order of their paths; hidden files and folders (a leading
 * dot) are passed over, symbolic links below the folder are not followed. Stops at fn's first
 * non-zero answer and returns it.
 */
int lapse_files_each(const char *path, int (*fn)(const char *file, void *payload), void *payload);

#endif

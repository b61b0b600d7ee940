/*
 * Loose objects, read by ourselves: on one that is cut short libgit2 1.5 asks
 * its zlib stream for more without end. All else is libgit2's own backend.
 * That an object's bytes have its id, git_odb_read() checks.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lapse/alloc.h"
#include "lapse/zip.h"
#include "store_internal.h"

#define HEAD_MAX 32	/* "commit 18446744073709551615" and its NUL are shorter */

struct guarded {
	git_odb_backend parent;
	git_odb_backend *loose;
	char *objects;
};

static git_odb_backend *
inner(git_odb_backend *backend)
{
	return ((struct guarded *)backend)->loose;
}

/* "TYPE SIZE" and a NUL: the length of that, or 0 for something else. */
static size_t
parse_head(git_object_t *type, size_t *size, const char *head, size_t len)
{
	const char *nul = memchr(head, '\0', len), *digits;
	char word[HEAD_MAX];

	digits = nul != NULL ? memchr(head, ' ', (size_t)(nul - head)) : NULL;
	if (digits == NULL || digits + 1 == nul || digits[1] < '0' || digits[1] > '9')
		return 0;
	memcpy(word, head, (size_t)(digits - head));
	word[digits - head] = '\0';
	*type = git_object_string2type(word);
	*size = 0;
	for (const char *p = digits + 1; p < nul; p++) {
		if (*p < '0' || *p > '9' || *size > SIZE_MAX / 16)
			return 0;
		*size = *size * 10 + (size_t)(*p - '0');
	}
	return git_object_typeisloose(*type) ? (size_t)(nul - head) + 1 : 0;
}

static int
damaged(const char *what)
{
	git_error_set_str(GIT_ERROR_ODB, what);
	return -1;
}

static int
unpack(void **data, size_t *size, git_object_t *type, git_odb_backend *backend, const char *file, size_t len)
{
	char head[HEAD_MAX];
	int got = lapse_inflate_head(head, sizeof(head), file, len);
	size_t head_len = got > 0 ? parse_head(type, size, head, (size_t)got) : 0;
	char *whole;
	int rc;

	if (head_len == 0 || *size > lapse_inflate_max(len))
		return damaged("is damaged");
	whole = lapse_alloc(head_len + *size, 1);
	rc = lapse_inflate(whole, head_len + *size, file, len);
	if (rc == 0) {
		*data = git_odb_backend_data_alloc(backend, *size + 1);
		if (*data == NULL)
			lapse_out_of_memory();
		memcpy(*data, whole + head_len, *size);
		((char *)*data)[*size] = '\0';
	}
	free(whole);
	return rc < 0 ? damaged("is damaged or cut short") : 0;
}

/* The bytes of a plain file: GIT_ENOTFOUND when it is not there. */
static int
read_plain(struct lapse_buf *out, const char *path)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	ssize_t n = 0;
	int rc = 0;

	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR ? GIT_ENOTFOUND : damaged("cannot be opened");
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || lapse_buf_reserve(out, (size_t)st.st_size) < 0)
		rc = damaged("is no plain file, or too large");
	while (rc == 0 && out->len < (size_t)st.st_size &&
	    ((n = read(fd, out->data + out->len, (size_t)st.st_size - out->len)) > 0 || (n < 0 && errno == EINTR)))
		out->len += n > 0 ? (size_t)n : 0;
	close(fd);
	return rc == 0 && n < 0 ? damaged("cannot be read") : rc;
}

static int
guarded_read(void **data, size_t *size, git_object_t *type, git_odb_backend *backend, const git_oid *oid)
{
	struct guarded *guarded = (struct guarded *)backend;
	char hex[LAPSE_OID_HEX + 1], *path;
	struct lapse_buf file;
	int rc;

	git_oid_tostr(hex, sizeof(hex), oid);
	path = store_path("%s/%.2s/%s", guarded->objects, hex, hex + 2);
	lapse_buf_init(&file, LAPSE_BUF_DOCUMENT);
	rc = read_plain(&file, path);
	free(path);
	if (rc == 0)
		rc = unpack(data, size, type, backend, file.data, file.len);
	lapse_buf_release(&file);
	return rc;
}

static int
guarded_read_prefix(git_oid *out, void **data, size_t *size, git_object_t *type,
    git_odb_backend *backend, const git_oid *prefix, size_t len)
{
	int rc = inner(backend)->exists_prefix(out, inner(backend), prefix, len);

	return rc < 0 ? rc : guarded_read(data, size, type, backend, out);
}

static int
guarded_read_header(size_t *size, git_object_t *type, git_odb_backend *backend, const git_oid *oid)
{
	return inner(backend)->read_header(size, type, inner(backend), oid);
}

static int
guarded_write(git_odb_backend *backend, const git_oid *oid, const void *data, size_t len, git_object_t type)
{
	return inner(backend)->write(inner(backend), oid, data, len, type);
}

static int
guarded_exists(git_odb_backend *backend, const git_oid *oid)
{
	return inner(backend)->exists(inner(backend), oid);
}

static int
guarded_exists_prefix(git_oid *out, git_odb_backend *backend, const git_oid *prefix, size_t len)
{
	return inner(backend)->exists_prefix(out, inner(backend), prefix, len);
}

static int
guarded_foreach(git_odb_backend *backend, git_odb_foreach_cb fn, void *payload)
{
	return inner(backend)->foreach(inner(backend), fn, payload);
}

static int
guarded_freshen(git_odb_backend *backend, const git_oid *oid)
{
	return inner(backend)->freshen(inner(backend), oid);
}

static void
guarded_free(git_odb_backend *backend)
{
	struct guarded *guarded = (struct guarded *)backend;

	guarded->loose->free(guarded->loose);
	free(guarded->objects);
	free(guarded);
}

int
store_loose_backend(git_odb_backend **out, const char *objects)
{
	struct guarded *guarded;
	git_odb_backend *loose;

	*out = NULL;
	if (git_odb_backend_loose(&loose, objects, -1, 1, 0, 0) < 0)
		return -1;
	guarded = lapse_alloc(1, sizeof(*guarded));
	git_odb_init_backend(&guarded->parent, GIT_ODB_BACKEND_VERSION);
	guarded->loose = loose;
	guarded->objects = lapse_strdup(objects);
	guarded->parent.read = guarded_read;
	guarded->parent.read_prefix = guarded_read_prefix;
	guarded->parent.read_header = guarded_read_header;
	guarded->parent.write = guarded_write;
	guarded->parent.exists = guarded_exists;
	guarded->parent.exists_prefix = guarded_exists_prefix;
	guarded->parent.foreach = guarded_foreach;
	guarded->parent.freshen = guarded_freshen;
	guarded->parent.free = guarded_free;
	*out = &guarded->parent;
	return 0;
}

/* Feeds a fuzz target the files of a corpus, as a test without a fuzzer. */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>

#include "lapse/error.h"
#include "lapse/fs.h"

/*
 * The bytes of a file as they are, packed or not, in memory of just that
 * size: a sanitizer sees the first byte read beyond the end.
 */
static uint8_t *
read_raw(size_t *size_out, const char *path)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data = NULL;
	long size = -1;

	if (file == NULL)
		return NULL;
	if (fseek(file, 0, SEEK_END) == 0)
		size = ftell(file);
	if (size >= 0)
		data = malloc(size > 0 ? (size_t)size : 1);
	rewind(file);
	*size_out = (size_t)size;
	if (data != NULL && fread(data, 1, (size_t)size, file) != (size_t)size) {
		free(data);
		data = NULL;
	}
	fclose(file);
	return data;
}

static int
replay(const char *path, void *payload)
{
	size_t size, *nfiles = payload;
	uint8_t *data = read_raw(&size, path);

	if (data == NULL)
		return lapse_fail_errno(LAPSE_EFAIL, "%s", path);
	LLVMFuzzerTestOneInput(data, size);
	free(data);
	(*nfiles)++;
	return 0;
}

int
main(int argc, char **argv)
{
	size_t nfiles = 0;

	for (int i = 1; i < argc; i++) {
		size_t before = nfiles;

		if (lapse_files_each(argv[i], replay, &nfiles) < 0) {
			fprintf(stderr, "replay: %s\n", lapse_error());
			return 1;
		}
		if (nfiles == before) {
			fprintf(stderr, "replay: %s: no files\n", argv[i]);
			return 1;
		}
	}
	if (nfiles == 0) {
		fprintf(stderr, "usage: replay FOLDER|FILE...\n");
		return 2;
	}
	printf("%zu files replayed\n", nfiles);
	return 0;
}

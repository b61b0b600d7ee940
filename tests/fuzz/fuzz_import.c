/*
 * Bytes as one answer of Bugzilla's REST interface: taken into a run that is never committed, or refused
 * with a sentence. What was taken is taken again without changing anything, and every path
 * that it needs is one of the layout.
 */
#include "fuzz.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../lib/source/bugzilla.h"

#include "lapse/error.h"
#include "lapse/json.h"
#include "lapse/settings.h"

static char folder[256];
static struct lapse_store *store;

static int
remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st;
	(void)kind;
	(void)ftw;
	return remove(path);
}

static void
remove_archive(void)
{
	lapse_store_free(store);
	nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* One empty archive for all inputs. */
static void
make_archive(void)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(folder, sizeof(folder), "%s/lapse-fuzz-XXXXXX", tmp != NULL ? tmp : "/tmp");
	demand(mkdtemp(folder) != NULL, "no scratch folder");
	atexit(remove_archive);
	demand(lapse_archive_init(folder) == 0, "no archive");
	demand(lapse_store_open(&store, folder) == 0, "no archive to open");
}

static void
begin(struct import *run, struct lapse_capture *capture)
{
	lapse_capture_init(capture);
	lapse_import_init(run, "bmo", capture);
	demand(lapse_batch_open(&run->batch, store) == 0, "no run");
}

static void
end(struct import *run)
{
	lapse_capture_release(run->capture);
	lapse_import_release(run);
}

static void
check_scope(const struct lapse_capture *capture)
{
	for (int part = 0; part < LAPSE_NPARTS; part++) {
		demand(capture->counts[part] >= 0, "fewer things than none");
		for (size_t i = 0; i < capture->scope[part].nitems; i++)
			demand(capture->scope[part].items[i] > 0, "a bug without a number is covered");
	}
}

static int
take(struct import *run, const uint8_t *data, size_t size)
{
	json_t *answer;
	int rc = lapse_json_parse(&answer, (const char *)data, size, "input");

	if (rc < 0)
		return rc;
	rc = lapse_bugzilla_take(run, answer);
	json_decref(answer);
	/* A path outside the layout would be a failure of another kind. */
	demand(rc == 0 || rc == LAPSE_EFORMAT || rc == LAPSE_ETOOBIG, "a refusal that is not the input's fault");
	return rc;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct lapse_capture capture;
	struct import run;
	size_t nchanges;

	if (store == NULL)
		make_archive();
	begin(&run, &capture);
	if (take(&run, data, size) == 0) {
		check_scope(&capture);
		nchanges = lapse_batch_changes(run.batch);
		demand(take(&run, data, size) == 0, "what was taken is refused");
		demand(lapse_batch_changes(run.batch) == nchanges, "the same answer changes something");
	}
	end(&run);
	return 0;
}

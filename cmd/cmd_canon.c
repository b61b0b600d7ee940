#include <string.h>

#include "cmd.h"
#include "lapse/fs.h"
#include "lapse/json.h"

static int
canon(struct cmd_run *run)
{
	const char *path = run->argc > 0 ? run->argv[0] : "-";
	const char *name = strcmp(path, "-") == 0 ? "standard input" : path;
	struct lapse_buf text, out;
	int rc;

	lapse_buf_init(&text, LAPSE_BUF_DOCUMENT);
	lapse_buf_init(&out, LAPSE_BUF_DOCUMENT);
	rc = lapse_file_read(&text, path);
	if (rc == 0)
		rc = lapse_canon(&out, text.data != NULL ? text.data : "", text.len, name);
	/* Nothing is written unless everything can be; main.c checks the stream. */
	if (rc == 0)
		fwrite(out.data, 1, out.len, run->out);
	lapse_buf_release(&text);
	lapse_buf_release(&out);
	return rc;
}

const struct cmd cmd_canon = {
	.name = "canon",
	.group = CMD_FILES,
	.run = canon,
	.synopsis = "[FILE]",
	.summary = "the canonical bytes of a JSON document",
	.description =
	    "Read one JSON text from FILE, or from standard input without FILE or with \"-\",\n"
	    "and write its canonical form (RFC 8785): sorted keys, no blanks, one spelling of\n"
	    "every number and string. Nothing is added at the end, so what is written is\n"
	    "what an archive holds and hashes. gzip is unpacked. Input that is not JSON in\n"
	    "the sense of RFC 8259 and RFC 7493 (a key that occurs twice, a lone surrogate,\n"
	    "bytes that are not UTF-8) is refused with its line and column.",
	.max_args = 1,
	.examples = (const char *const[]){ "lapse canon parties.json | sha256sum",
	    "echo '{\"b\":1.50,\"a\":[]}' | lapse canon", NULL },
};

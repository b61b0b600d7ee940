/* Standard output and standard error: format, colour, and a checked end. */
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"
#include "lapse/alloc.h"
#include "lapse/text.h"

static bool
wants_colour(int color)
{
	const char *term = getenv("TERM"), *no_color = getenv("NO_COLOR");

	if (color != CMD_COLOR_AUTO)
		return color == CMD_COLOR_ALWAYS;
	return isatty(STDOUT_FILENO) && (no_color == NULL || no_color[0] == '\0')
	    && term != NULL && strcmp(term, "dumb") != 0;
}

void
cmd_output_open(struct cmd_run *run)
{
	run->colour = wants_colour(run->color);
	if ((run->cmd->flags & CMD_PAGER) != 0 && !run->no_pager && isatty(STDOUT_FILENO))
		run->pager = cmd_pager_start();
}

struct lapse_emit *
cmd_emit(struct cmd_run *run)
{
	if (run->emit == NULL)
		run->emit = lapse_emit_new(run->out, (enum lapse_format)run->format, run->colour);
	return run->emit;
}

/* Has whoever reads our standard output closed the other end? */
static bool
reader_has_left(void)
{
	struct pollfd fd = { .fd = STDOUT_FILENO, .events = POLLOUT };

	return poll(&fd, 1, 0) > 0 && (fd.revents & (POLLERR | POLLHUP)) != 0;
}

static int
finish(struct cmd_run *run)
{
	if (run->emit != NULL)
		return lapse_emit_finish(run->emit);
	errno = 0;
	if (fflush(run->out) == 0 && !ferror(run->out))
		return 0;
	errno = errno != 0 ? errno : EIO;
	return lapse_fail_errno(LAPSE_EFAIL, "writing the answer");
}

int
cmd_output_close(struct cmd_run *run, int rc)
{
	char sentence[2048];
	int written;

	snprintf(sentence, sizeof(sentence), "%s", lapse_error());
	written = finish(run);
	lapse_emit_free(run->emit);
	run->emit = NULL;
	if (written < 0 && reader_has_left())
		written = 0;
	if (run->pager != 0) {
		fclose(run->out);
		if (cmd_pager_wait(run->pager) < 0)
			written = LAPSE_EFAIL;
	}
	if (rc < 0)
		return lapse_fail((enum lapse_code)rc, "%s", sentence);
	return written < 0 ? written : rc;
}

static char *
format_text(const char *fmt, va_list ap)
{
	va_list again;
	char *text;
	int len;

	va_copy(again, ap);
	len = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	text = lapse_alloc((size_t)(len > 0 ? len : 0) + 1, 1);
	vsnprintf(text, (size_t)(len > 0 ? len : 0) + 1, fmt, ap);
	return text;
}

/* One line, in one write, so that lines of several processes do not mix. */
static void
put_line(FILE *out, const char *lead, const char *text, const char *hint)
{
	struct lapse_buf line;

	lapse_buf_init(&line, 1 << 20);
	if (lapse_buf_puts(&line, lead) == 0 && lapse_text_safe(&line, text, strlen(text), false) == 0
	    && lapse_buf_printf(&line, "%s\n", hint) == 0)
		fwrite(line.data, 1, line.len, out);
	lapse_buf_release(&line);
}

void
cmd_complain(const char *name, const char *text, const char *hint)
{
	char lead[80];

	snprintf(lead, sizeof(lead), "lapse: %s%s", name != NULL ? name : "", name != NULL ? ": " : "");
	put_line(stderr, lead, text, hint);
}

void
cmd_say(struct cmd_run *run, const char *fmt, ...)
{
	va_list ap;
	char *text;

	if (run->quiet)
		return;
	va_start(ap, fmt);
	text = format_text(fmt, ap);
	va_end(ap);
	put_line(run->out, "", text, "");
	free(text);
}

void
cmd_note(struct cmd_run *run, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = format_text(fmt, ap);
	va_end(ap);
	cmd_complain(run->cmd->name, text, "");
	free(text);
}

#include "list_address.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

/* By what stands in the address, and what to do about it. All is asked for in this order. */
static const struct {
	const char *host;	/* NULL: any */
	const char *path;	/* part of it; NULL: any */
	const char *advice;
} kinds[] = {
	{ "groups.google.com", NULL, "a Google Group gives no mail to programs: bring in a subscriber's mailbox, an owner's export, or a mirror, "
	    "with lapse import mail" },
	{ "mail-archive.com", NULL, "mail-archive.com shows pages, and gives no mail: bring in a subscriber's mailbox with lapse import mail" },
	{ "www.mail-archive.com", NULL, "mail-archive.com shows pages, and gives no mail: bring in a subscriber's mailbox with lapse import mail" },
	{ NULL, "/pipermail/", "a list of Mailman 2: fetch its months (2001-November.txt.gz, …), and bring them in with lapse import mail" },
	{ NULL, "/hyperkitty/", "a list of Mailman 3: fetch its export (…/export/list.mbox.gz), and bring it in with lapse import mail" },
	{ NULL, "/archives/list/", "a list of Mailman 3: fetch its export (…/export/list.mbox.gz), and bring it in with lapse import mail" },
	{ "lore.kernel.org", NULL, "a public-inbox: make a mirror (git clone --mirror ADDRESS/0 list/git/0.git, and so on), and bring in the folder list "
	    "with lapse import mail" },
};

static bool
is_of(const char *host, size_t len, const char *path, size_t kind)
{
	if (kinds[kind].host != NULL && (strlen(kinds[kind].host) != len || strncasecmp(kinds[kind].host, host, len) != 0))
		return false;
	return kinds[kind].path == NULL || strstr(path, kinds[kind].path) != NULL;
}

const char *
lapse_list_advice(const char *address)
{
	const char *host = strstr(address, "://");
	size_t len;

	if (host == NULL)
		return strchr(address, '@') != NULL ? "an address of mail: bring in a subscriber's mailbox with lapse import mail" : NULL;
	host += 3;
	len = strcspn(host, ":/?#");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (is_of(host, len, host + len, i))
			return kinds[i].advice;
	return NULL;
}

/*
 * API keys, from outside the archive, each bound to its host: an archive comes from a stranger, and its
 * sources' addresses must not draw a key to another host than the one it was written down for.
 */
#ifndef LAPSE_KEYS_H
#define LAPSE_KEYS_H

#define LAPSE_KEY_MAX 256

struct lapse_key {
	char text[LAPSE_KEY_MAX + 1];
	char file[1024];	/* that holds it; without a key, the one that holds `near` */
	char near[256];		/* without a key: this host as a file has it, with another port; "" */
};

/*
 * The key for the host and port of an address ("https://bugzilla.example.org/rest/"), by the first that has one:
 *   $XDG_CONFIG_HOME/lapse/keys (else ~/.config/lapse/keys), lines "HOST KEY", '#' begins a comment;
 *   ~/.netrc, "machine HOST … password KEY"; its `default` is passed over.
 * HOST is "bugzilla.example.org", which is the scheme's usual port, or "localhost:8443". Returns 1 with the key, 0 when
 * there is none; LAPSE_EFAIL for a file that holds it and is another user's, or that others may read (the
 * mode is named, a key never), and for a line that cannot be of any host. Wipe it with lapse_key_wipe() after use.
 */
int lapse_key_find(struct lapse_key *out, const char *address);
void lapse_key_wipe(struct lapse_key *key);

#endif

/*
 * httpd: an HTTP/1.1 server for tests, on loopback only. It plays a Bugzilla from a folder of
 * recorded answers (bugzilla.c), by rules that break what can break (rules.c).
 *
 *   httpd [--listen ADDRESS] [--port N] [--port-file FILE] [--log FILE] [--tls CERT-AND-KEY.pem]
 *         [--rules FILE] [--bugzilla FOLDER] [--latency MS] [--gzip]
 *
 * --listen    127.0.0.1 unless told; 127.x.y.z only
 * --port      0 (the default): any free one
 * --port-file gets the port, in one step, once connections are taken: wait until it is there
 * --log       every request, its request line and fields as they came and an empty line, written
 *             before anything is answered; "# connection" for each one that is opened; and "# body N" for each
 *             answer, before it is sent: its bytes, uncompressed
 * --latency   before every answer
 * --gzip      Bugzilla's answers, for those who take it
 *
 * It ends with a signal, and by itself after an hour.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#include "httpd.h"
#include "lapse/alloc.h"

#define HEAD_MAX 65536

struct server {
	const char *listen, *port_file, *log_file, *tls_file, *rules_file, *folder;
	int port;
	long latency;
	bool gzip;
	int log;	/* -1: none */
	SSL_CTX *tls;
	struct rules *rules;
	struct bugzilla *bz;
	pthread_mutex_t lock;	/* of rules and bz */
};

struct conn {
	struct server *server;
	int fd;
	SSL *ssl;
	size_t len;	/* read and not yet used */
	char data[HEAD_MAX + 1];
};

static void
nap(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	if (ms > 0)
		nanosleep(&t, NULL);
}

/* One write() a note: those of several threads do not mix. */
static void
note(const struct server *server, const char *text, size_t len)
{
	if (server->log >= 0 && write(server->log, text, len) != (ssize_t)len)
		perror("httpd: log");
}

/* ---- bytes in and out ---- */

static ssize_t
conn_read(struct conn *c)
{
	size_t room = HEAD_MAX - c->len;

	if (room == 0)
		return -1;
	return c->ssl != NULL ? SSL_read(c->ssl, c->data + c->len, (int)room) : read(c->fd, c->data + c->len, room);
}

static bool
conn_write(struct conn *c, const char *data, size_t len)
{
	while (len > 0) {
		int part = len > 1 << 20 ? 1 << 20 : (int)len;
		ssize_t n = c->ssl != NULL ? SSL_write(c->ssl, data, part) : write(c->fd, data, (size_t)part);

		if (n <= 0)
			return false;
		data += n;
		len -= (size_t)n;
	}
	return true;
}

/* ---- requests ---- */

static void
take_field(struct request *r, const char *line)
{
	size_t name = strcspn(line, ":");
	const char *value = line + name + (line[name] == ':');

	value += strspn(value, " \t");
	if (strncasecmp(line, "X-BUGZILLA-API-KEY", name) == 0 && name == 18)
		snprintf(r->key, sizeof(r->key), "%.255s", value);
	if (strncasecmp(line, "If-None-Match", name) == 0 && name == 13)
		snprintf(r->none_match, sizeof(r->none_match), "%.255s", value);
	if (strncasecmp(line, "Accept-Encoding", name) == 0 && name == 15)
		r->takes_gzip = strstr(value, "gzip") != NULL;
	if (strncasecmp(line, "Connection", name) == 0 && name == 10)
		r->keep = strcasecmp(value, "close") != 0;
}

/* Take a head apart; it is a copy, cut into lines here. */
static bool
parse_head(struct request *r, char *head)
{
	char *line = head, *end;
	bool first = true;

	r->keep = true;
	while ((end = strstr(line, "\r\n")) != NULL && end != line) {
		*end = '\0';
		if (!first)
			take_field(r, line);
		else if (strncmp(line, "GET ", 4) != 0 || strlen(line) > sizeof(r->target))
			return false;
		else
			snprintf(r->target, sizeof(r->target), "%.*s", (int)strcspn(line + 4, " "), line + 4);
		first = false;
		line = end + 2;
	}
	return !first;
}

/* The next request: false when there is none. */
static bool
read_request(struct request *r, struct conn *c)
{
	char *end = NULL, *copy;
	ssize_t n;
	bool ok;

	memset(r, 0, sizeof(*r));
	while (end == NULL) {
		c->data[c->len] = '\0';
		end = strstr(c->data, "\r\n\r\n");
		if (end != NULL)
			break;
		n = conn_read(c);
		if (n <= 0)
			return false;
		c->len += (size_t)n;
	}
	r->head_len = (size_t)(end + 4 - c->data);
	r->head = lapse_alloc(1, r->head_len + 1);
	memcpy(r->head, c->data, r->head_len);
	c->len -= r->head_len;
	memmove(c->data, end + 4, c->len);
	note(c->server, r->head, r->head_len);
	copy = lapse_strdup(r->head);
	ok = parse_head(r, copy);
	free(copy);
	return ok;
}

/* ---- answers ---- */

static void
pack_body(struct reply *reply)
{
	z_stream z = { .next_in = NULL };
	struct lapse_buf out;

	lapse_buf_init(&out, SIZE_MAX);
	if (deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		lapse_out_of_memory();
	lapse_buf_reserve(&out, deflateBound(&z, reply->body.len));
	z.next_in = (Bytef *)reply->body.data;
	z.avail_in = (uInt)reply->body.len;
	z.next_out = (Bytef *)out.data;
	z.avail_out = (uInt)deflateBound(&z, reply->body.len);
	deflate(&z, Z_FINISH);
	out.len = z.total_out;
	deflateEnd(&z);
	lapse_buf_release(&reply->body);
	reply->body = out;
	lapse_buf_puts(&reply->fields, "Content-Encoding: gzip\r\n");
}

static const char *
reason(int status)
{
	return status == 200 ? "OK" : status == 304 ? "Not Modified" : status == 404 ? "Not Found" : "So It Is";
}

static void
write_head(struct lapse_buf *out, const struct reply *reply, bool keep)
{
	lapse_buf_printf(out, "HTTP/1.1 %d %s\r\nServer: httpd-of-tests\r\n", reply->status, reason(reply->status));
	if (reply->status != 304)
		lapse_buf_printf(out, "Content-Type: %s\r\n", reply->type);
	if (reply->etag[0] != '\0')
		lapse_buf_printf(out, "ETag: %s\r\n", reply->etag);
	if (reply->chunked)
		lapse_buf_puts(out, "Transfer-Encoding: chunked\r\n");
	else if (!reply->no_length && reply->status != 304)
		lapse_buf_printf(out, "Content-Length: %zu\r\n", reply->body.len);
	if (!keep)
		lapse_buf_puts(out, "Connection: close\r\n");
	lapse_buf_add(out, reply->fields.data, reply->fields.len);
	lapse_buf_puts(out, "\r\n");
}

static bool
send_piece(struct conn *c, const struct reply *reply, const char *data, size_t len)
{
	char size[32];

	if (!reply->chunked)
		return conn_write(c, data, len);
	snprintf(size, sizeof(size), "%zx\r\n", len);
	return conn_write(c, size, strlen(size)) && conn_write(c, data, len) && conn_write(c, "\r\n", 2);
}

/* True when it went out whole. */
static bool
send_body(struct conn *c, const struct reply *reply)
{
	size_t step = reply->drip > 0 ? reply->drip : reply->chunked ? 16384 : SIZE_MAX;
	size_t len = reply->body.len < reply->cut ? reply->body.len : reply->cut;

	for (size_t at = 0; at < len; at += step) {
		if (at > 0)
			nap(reply->drip_ms);
		if (len - at < step)
			step = len - at;
		if (!send_piece(c, reply, reply->body.data + at, step))
			return false;
	}
	if (reply->cut != SIZE_MAX)
		return false;
	return !reply->chunked || conn_write(c, "0\r\n\r\n", 5);
}

/* True when the connection may be used again. */
static bool
send_reply(struct conn *c, struct reply *reply, bool keep)
{
	struct lapse_buf head;
	bool ok;

	if (reply->drop)
		return false;
	if (reply->gzip)
		pack_body(reply);
	keep = keep && !reply->no_length && !reply->raw;
	lapse_buf_init(&head, SIZE_MAX);
	if (!reply->raw)
		write_head(&head, reply, keep);
	/* A small answer leaves in one piece. */
	if (reply->cut == SIZE_MAX && reply->drip == 0 && !reply->chunked && reply->status != 304) {
		lapse_buf_add(&head, reply->body.data, reply->body.len);
		ok = conn_write(c, head.data, head.len);
	} else {
		ok = conn_write(c, head.data, head.len) && (reply->status == 304 || send_body(c, reply));
	}
	lapse_buf_release(&head);
	return ok && keep;
}

static void
reset_connection(int fd)
{
	struct linger hard = { 1, 0 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard));
}

static bool
answer(struct conn *c, const struct request *request)
{
	struct server *server = c->server;
	struct reply reply = { .status = 404, .type = "text/plain", .cut = SIZE_MAX };
	const char *state = NULL;
	char size[40];
	bool answered, kept;

	lapse_buf_init(&reply.fields, SIZE_MAX);
	lapse_buf_init(&reply.body, SIZE_MAX);
	pthread_mutex_lock(&server->lock);
	answered = server->rules != NULL && rules_answer(&reply, &state, server->rules, request);
	if (state != NULL && server->bz != NULL)
		bugzilla_switch(server->bz, state);
	if (!answered && server->bz != NULL) {
		bugzilla_answer(&reply, server->bz, request);
		reply.gzip = reply.gzip || (server->gzip && request->takes_gzip && reply.status != 304);
	}
	pthread_mutex_unlock(&server->lock);
	note(server, size, (size_t)snprintf(size, sizeof(size), "# body %zu\n", reply.status == 304 ? 0 : reply.body.len));
	nap(server->latency + reply.delay);
	kept = send_reply(c, &reply, request->keep);
	if (reply.reset)
		reset_connection(c->fd);
	lapse_buf_release(&reply.fields);
	lapse_buf_release(&reply.body);
	return kept;
}

/* ---- connections ---- */

static void *
serve(void *payload)
{
	struct conn *c = payload;
	struct request request;
	bool more = c->ssl == NULL || SSL_accept(c->ssl) == 1;

	while (more) {
		more = read_request(&request, c) && answer(c, &request);
		free(request.head);
	}
	if (c->ssl != NULL) {
		SSL_shutdown(c->ssl);
		SSL_free(c->ssl);
	}
	close(c->fd);
	free(c);
	return NULL;
}

static void
begin(struct server *server, int fd)
{
	struct conn *c = lapse_alloc(1, sizeof(*c));
	int one = 1;
	pthread_t thread;

	note(server, "# connection\n", 13);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	c->server = server;
	c->fd = fd;
	if (server->tls != NULL) {
		c->ssl = SSL_new(server->tls);
		SSL_set_fd(c->ssl, fd);
	}
	if (pthread_create(&thread, NULL, serve, c) != 0) {
		perror("httpd: thread");
		_exit(1);
	}
	pthread_detach(thread);
}

/* ---- the beginning ---- */

static int
fail(const char *what)
{
	fprintf(stderr, "httpd: %s: %s\n", what, strerror(errno));
	return 1;
}

static int
open_port(int *out, struct server *server)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((uint16_t)server->port) };
	socklen_t len = sizeof(at);
	int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);

	if (inet_pton(AF_INET, server->listen, &at.sin_addr) != 1 || ntohl(at.sin_addr.s_addr) >> 24 != 127) {
		fprintf(stderr, "httpd: not a loopback address: %s\n", server->listen);
		return 1;
	}
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) != 0 || listen(fd, 64) != 0)
		return fail(server->listen);
	getsockname(fd, (struct sockaddr *)&at, &len);
	server->port = ntohs(at.sin_port);
	*out = fd;
	return 0;
}

static int
tell_port(const struct server *server)
{
	char name[4096];
	FILE *file;

	if (server->port_file == NULL)
		return 0;
	snprintf(name, sizeof(name), "%.4000s.new", server->port_file);
	file = fopen(name, "w");
	if (file == NULL || fprintf(file, "%d\n", server->port) < 0 || fclose(file) != 0 ||
	    rename(name, server->port_file) != 0)
		return fail(server->port_file);
	return 0;
}

static int
open_tls(struct server *server)
{
	if (server->tls_file == NULL)
		return 0;
	server->tls = SSL_CTX_new(TLS_server_method());
	if (SSL_CTX_use_certificate_chain_file(server->tls, server->tls_file) == 1 &&
	    SSL_CTX_use_PrivateKey_file(server->tls, server->tls_file, SSL_FILETYPE_PEM) == 1)
		return 0;
	ERR_print_errors_fp(stderr);
	return 1;
}

/* Every option has an argument, but --gzip. */
static int
read_options(struct server *server, int argc, char **argv)
{
	const char *port = "0", *latency = "0";
	const struct { const char *name, **value; } options[] = {
		{ "--listen", &server->listen }, { "--port", &port }, { "--port-file", &server->port_file },
		{ "--log", &server->log_file }, { "--tls", &server->tls_file }, { "--rules", &server->rules_file },
		{ "--bugzilla", &server->folder }, { "--latency", &latency }
	};
	const size_t noptions = sizeof(options) / sizeof(options[0]);

	for (int i = 1; i < argc; i++) {
		size_t n = 0;

		if (strcmp(argv[i], "--gzip") == 0) {
			server->gzip = true;
			continue;
		}
		while (n < noptions && strcmp(options[n].name, argv[i]) != 0)
			n++;
		if (n == noptions || i + 1 == argc) {
			fprintf(stderr, "httpd: %s: see the top of tests/http/server.c\n", argv[i]);
			return 2;
		}
		*options[n].value = argv[++i];
	}
	server->port = (int)strtol(port, NULL, 10);
	server->latency = strtol(latency, NULL, 10);
	return 0;
}

static int
prepare(int *listener, struct server *server)
{
	if (server->log_file != NULL) {
		server->log = open(server->log_file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
		if (server->log < 0)
			return fail(server->log_file);
	}
	if (server->rules_file != NULL && (server->rules = rules_read(server->rules_file)) == NULL)
		return 1;
	if (server->folder != NULL && (server->bz = bugzilla_new(server->folder)) == NULL)
		return 1;
	if (open_tls(server) != 0 || open_port(listener, server) != 0)
		return 1;
	return tell_port(server);
}

int
main(int argc, char **argv)
{
	struct server server = { .listen = "127.0.0.1", .log = -1, .lock = PTHREAD_MUTEX_INITIALIZER };
	int listener = -1, rc = read_options(&server, argc, argv);

	signal(SIGPIPE, SIG_IGN);
	alarm(3600);
	if (rc == 0)
		rc = prepare(&listener, &server);
	while (rc == 0) {
		int fd = accept(listener, NULL, NULL);

		if (fd >= 0)
			begin(&server, fd);
		else if (errno != EINTR && errno != ECONNABORTED)
			rc = fail("accept");
	}
	return rc;
}

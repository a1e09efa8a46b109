// Walks a request from its head to its answer.
#include "http/request.h"

#include <microhttpd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/instant.h"
#include "base/log.h"
#include "base/telemetry.h"
#include "http/handler.h"
#include "http/link.h"
#include "http/reply.h"
#include "http/router.h"
#include "http/screen.h"

enum { ANSWER_BYTES_MAX = 64 * 1024 * 1024, KEPT_BYTES_MAX = 64 * 1024, KNOWN_US_MAX = 50000 };

struct text request_header(const struct request *request, const char *name) {
  return text_of(MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, name));
}

struct text request_query(struct request *request, const char *name) {
  struct text value = TEXT_NONE;
  for (size_t i = 0; i < request->query_count; i++) {
    struct query_member *member = &request->query[i];
    if (!text_is(member->name, name)) continue;
    if (value.at && !member->read) issues_add(&request->issues, text_of(name), "repeated", "must not be given twice");
    if (!value.at) value = member->value;
    member->read = true;
  }
  return value;
}

bool request_query_ends(struct request *request) {
  for (size_t i = 0; i < request->query_count; i++)
    if (!request->query[i].read) issues_add(&request->issues, request->query[i].name, "unknown", "is not a parameter here");
  return request->issues.total == 0;
}

void request_resume(struct request *request) {
  if (!request->suspended) return;
  request->suspended = false;
  MHD_resume_connection(request->connection);
}

enum err request_wait(struct request *request, enum err (*next)(struct request *request)) {
  request->next = next;
  return ERR_PENDING;
}

struct json_writer *request_json(struct request *request) {
  request->content_type = MEDIA_TYPES[MEDIA_JSON];
  json_start(&request->writer, &request->answer);
  return &request->writer;
}

enum err request_answer(struct request *request, int status) {
  bool converts = status == MHD_HTTP_OK && request->media != MEDIA_JSON && request->content_type == MEDIA_TYPES[MEDIA_JSON];
  request->status = status;
  return converts ? server_parts(request->server)->convert(request) : ERR_NONE;
}

unsigned request_offers(const struct request *request) {
  const struct server_parts *parts = server_parts(request->server);
  return request->route ? parts->media[request->route - parts->routes] : 0;
}

enum err request_answer_empty(struct request *request, int status) {
  buffer_clear(&request->answer);
  request->content_type = NULL;
  return request_answer(request, status);
}

enum err request_answer_static(struct request *request, const char *content_type, const void *bytes, size_t length) {
  request->content_type = content_type;
  request->static_answer = bytes;
  request->static_length = length;
  return request_answer(request, MHD_HTTP_OK);
}

enum err request_answer_file(struct request *request, const char *content_type, int fd, uint64_t size) {
  request->content_type = content_type;
  request->has_file = true;
  request->file_fd = fd;
  request->file_size = size;
  return request_answer(request, MHD_HTTP_OK);
}

void request_add_header(struct request *request, const char *name, struct text value) {
  struct text copy = arena_copy(&request->arena, value);
  if (copy.at && request->headers_count < ANSWER_HEADERS_MAX) request->headers[request->headers_count++] = (struct header){name, copy};
}

enum err request_refuse(struct request *request, enum err error, struct text pointer, const char *rule, const char *detail, ...) {
  char text[512];
  va_list arguments;
  va_start(arguments, detail);
  (void)vsnprintf(text, sizeof text, detail, arguments);
  va_end(arguments);
  issues_add(&request->issues, pointer, rule, "%s", text);
  return error;
}

struct request *request_begin(struct server *server, struct link *link, const char *target) {
  struct request *request = server_spare_request(server);
  if (!request) {
    request = calloc(1, sizeof *request);
    if (!request) return NULL;
    arena_init(&request->arena, REQUEST_ARENA_BYTES_MAX);
    buffer_init(&request->body, BODY_BYTES_MAX + 1);
    buffer_init(&request->answer, ANSWER_BYTES_MAX);
  }
  request->server = server;
  request->link = link;
  request->began_us = clock_us();
  issues_init(&request->issues, &request->arena);
  request->target = arena_copy(&request->arena, text_of(target));
  request->line_end = target + strlen(target);
  telemetry_add(GAUGE_IN_FLIGHT, 1);
  return request;
}

static void log_request(const struct request *request, bool finished) {
  int64_t micros = clock_us() - request->began_us;
  const char *route = request->route ? request->route->pattern : "none";
  telemetry_request(METHOD_NAMES[request->method], route, request->status, micros);
  if (!log_wanted(LOG_INFO)) return;
  log_begin(LOG_INFO, "request");
  log_field_text("id", request->id);
  log_field_text("method", text_of(METHOD_NAMES[request->method]));
  log_field_text("path", request->path.at ? request->path : request->target);
  log_field_int("status", request->status);
  log_field_int("ms", micros / 1000);
  log_field_int("bytes_in", (int64_t)request->body_bytes);
  uint64_t bytes_out = request->static_answer ? request->static_length : request->answer.length;
  log_field_int("bytes_out", (int64_t)(request->file_size ? request->file_size : bytes_out));
  log_principal(request);
  struct text parent = request->link ? request_header(request, "traceparent") : TEXT_NONE;
  if (parent.at) log_field_text("traceparent", parent);
  if (!finished) log_field_text("end", TEXT("aborted"));
  log_end();
}

void request_end(struct request *request, int finished) {
  if (request->headed) log_request(request, finished);
  telemetry_add(GAUGE_IN_FLIGHT, -1);
  if (request->abandoned) request->abandoned(request);
  if (request->work_free) request->work_free(request->work);
  if (request->has_file) close(request->file_fd);
  struct server *server = request->server;
  arena_clear(&request->arena);
  struct arena arena = request->arena;
  struct buffer body = request->body, answer = request->answer;
  if (body.capacity > KEPT_BYTES_MAX) buffer_release(&body);
  if (answer.capacity > KEPT_BYTES_MAX) buffer_release(&answer);
  buffer_clear(&body);
  buffer_clear(&answer);
  memset(request, 0, sizeof *request);
  request->arena = arena;
  request->body = body;
  request->answer = answer;
  server_keep_request(server, request);
}

static enum method method_of(const char *name) {
  for (unsigned i = 0; i < METHOD_OTHER; i++)
    if (strcmp(name, METHOD_NAMES[i]) == 0) return (enum method)i;
  return METHOD_OTHER;
}

// A client's own id when it is harmless, else a new one.
static void name_request(struct request *request) {
  struct text given = request_header(request, "X-Request-Id");
  bool good = given.at && given.length > 0 && given.length <= REQUEST_ID_CHARS_MAX;
  for (size_t i = 0; good && i < given.length; i++) {
    char c = given.at[i];
    good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  }
  char id[UUID_CHARS];
  if (!good) {
    struct uuid fresh;
    uuid_make(&fresh);
    uuid_write(&fresh, id);
    given = (struct text){id, sizeof id};
  }
  request->id = arena_copy(&request->arena, given);
  if (!request->id.at) request->id = TEXT("none");
}

static void find_media_type(struct request *request) {
  struct text value = request_header(request, MHD_HTTP_HEADER_CONTENT_TYPE);
  if (!value.at) return;
  struct text type = text_trimmed(text_cut(&value, ';'));
  char *lower = arena_take(&request->arena, type.length + 1);
  if (!lower) return;
  for (size_t i = 0; i < type.length; i++)
    lower[i] = type.at[i] >= 'A' && type.at[i] <= 'Z' ? (char)(type.at[i] + 32) : type.at[i];
  request->media_type = (struct text){lower, type.length};
}

static enum err check_media_type(struct request *request) {
  static const char *const TAKEN[][3] = {
      [BODY_NONE] = {NULL},
      [BODY_JSON] = {"application/json", NULL},
      [BODY_PATCH] = {"application/merge-patch+json", "application/json", NULL},
      [BODY_BULK] = {"application/x-ndjson", "text/csv", NULL},
  };
  const char *const *taken = TAKEN[request->route->body];
  if (!taken[0]) return ERR_NONE;
  for (size_t i = 0; i < 2 && taken[i]; i++)
    if (request->media_type.at && text_is(request->media_type, taken[i])) return ERR_NONE;
  issues_add(&request->issues, TEXT("Content-Type"), "media_type", "must be %s%s%s", taken[0], taken[1] ? " or " : "", taken[1] ? taken[1] : "");
  return ERR_UNSUPPORTED_MEDIA_TYPE;
}

// `format` says it in a query, else the header Accept.
static enum err choose_media(struct request *request) {
  unsigned offered = request_offers(request);
  bool several = (offered & (offered - 1)) != 0;
  char list[128];
  if (offered == 0) return ERR_NONE;
  struct text format = several ? request_query(request, "format") : TEXT_NONE;
  if (format.at && media_find(format, offered, &request->media)) return ERR_NONE;
  if (!format.at && media_choose(request_header(request, MHD_HTTP_HEADER_ACCEPT), offered, &request->media)) return ERR_NONE;
  media_list(offered, !format.at, list, sizeof list);
  if (format.at) return request_refuse(request, ERR_INVALID, TEXT("format"), "enum", "must be %s", list);
  return request_refuse(request, ERR_NOT_ACCEPTABLE, TEXT("Accept"), "media_type", "must admit %s", list);
}

// Everything that can be decided on the head alone.
static enum err judge_head(struct request *request, long long length) {
  const struct server_parts *parts = server_parts(request->server);
  if (request->target.length > REQUEST_TARGET_BYTES_MAX) return ERR_TARGET_TOO_LONG;
  enum err error = router_split(request);
  if (!error) error = router_find(request, parts->routes, parts->routes_count);
  if (error || !request->route) return error;
  if (request->route->roles != 0) {
    error = parts->authenticate(request);
    if (error && error != ERR_PENDING) return error;
    if (!error && !(request->role & request->route->roles)) return ERR_FORBIDDEN;
  }
  error = check_media_type(request);
  if (!error) error = choose_media(request);
  if (error) return error;
  return request->route->body != BODY_BULK && length > BODY_BYTES_MAX ? ERR_TOO_LARGE : ERR_NONE;
}

static int answer(struct request *request) {
  request->answered = true;
  link_wait(request->server, request->link, WAIT_SEND);
  return reply_queue(request) ? MHD_YES : MHD_NO;
}

static int refuse(struct request *request, enum err error) {
  if (error == ERR_TOO_LARGE && request->issues.total == 0)
    issues_add(&request->issues, TEXT(""), "size", "must have at most %d bytes", BODY_BYTES_MAX);
  reply_problem(request, error);
  return answer(request);
}

// The first call: the head is there, of the body nothing yet. An answer now costs the connection, so it waits for the body's end where that is near.
static int take_head(struct request *request, const char *method, const char *version) {
  long long length = -1;
  request->headed = true;
  request->method = method_of(method);
  name_request(request);
  enum err error = screen_head(request, version, &length);
  if (error) {
    telemetry_add(COUNT_SCREENED, 1);
    request->close = true;
    return refuse(request, error);
  }
  find_media_type(request);
  request->refusal = judge_head(request, length);
  bool bulk = request->route && request->route->body == BODY_BULK;
  bool has_body = length > 0 || request_header(request, MHD_HTTP_HEADER_TRANSFER_ENCODING).at;
  bool expects = request_header(request, MHD_HTTP_HEADER_EXPECT).at != NULL;
  if (request->refusal && has_body && (expects || bulk || length > BODY_BYTES_MAX)) {
    request->close = true;
    return refuse(request, request->refusal);
  }
  link_wait(request->server, request->link, has_body ? WAIT_BODY : WAIT_NONE);
  return MHD_YES;
}

static int suspend(struct request *request) {
  request->suspended = true;
  link_wait(request->server, request->link, WAIT_NONE);
  MHD_suspend_connection(request->connection);
  return MHD_YES;
}

// Who asks, when that was not known yet on the head, or too long ago.
static enum err authenticate(struct request *request) {
  if (request->route->roles == 0) return ERR_NONE;
  // A body that took its time may have outlived the key, so that is asked again before the request is acted on. What is acted on already goes on.
  bool known = request->role != 0, late = clock_us() - request->began_us > KNOWN_US_MAX;
  if (known && (!late || request->started || request->route->body == BODY_BULK)) return ERR_NONE;
  request->may_wait = true;
  enum err error = server_parts(request->server)->authenticate(request);
  request->may_wait = false;
  if (error) return error;
  return request->role & request->route->roles ? ERR_NONE : ERR_FORBIDDEN;
}

// A bulk body is handed on as it comes. Its client has to keep up a rate instead of a total time.
static int take_chunk(struct request *request, const char *bytes, size_t *size) {
  const struct server_parts *parts = server_parts(request->server);
  enum err error = request->refusal ? ERR_NONE : authenticate(request);
  size_t used = 0;
  if (!error && !request->refusal) error = request->route->chunk(request, (struct text){bytes, *size}, &used);
  if (error == ERR_PENDING) {
    *size -= used;
    request->body_bytes += used;
    return suspend(request);
  }
  // An answer can't be queued in mid-body: the rest is read and forgotten.
  if (error) request->refusal = error;
  request->body_bytes += *size;
  *size = 0;
  int64_t owed = (clock_us() - request->began_us) / 1000 * parts->bulk_bytes_per_second / 1000;
  if ((int64_t)request->body_bytes >= owed || request->link->wait == WAIT_NONE) link_wait(request->server, request->link, WAIT_BODY);
  return MHD_YES;
}

static int take_body(struct request *request, const char *bytes, size_t *size) {
  if (request->route && request->route->body == BODY_BULK) return take_chunk(request, bytes, size);
  request->body_bytes += *size;
  if (!request->refusal && request->body_bytes > BODY_BYTES_MAX) request->refusal = ERR_TOO_LARGE;
  // Far beyond what is taken there is no point in reading on.
  if (request->body_bytes > 4 * (size_t)BODY_BYTES_MAX) return MHD_NO;
  if (!request->refusal && request->route && request->route->body != BODY_NONE) buffer_append(&request->body, bytes, *size);
  if (request->body.failed) request->refusal = ERR_UNAVAILABLE;
  *size = 0;
  return MHD_YES;
}

// The last call, and each call after a resume.
static int take_end(struct request *request) {
  if (request->refusal) return refuse(request, request->refusal);
  if (!request->route) {
    request_answer_empty(request, MHD_HTTP_NO_CONTENT);
    return answer(request);
  }
  enum err error = authenticate(request);
  if (!error) {
    enum err (*next)(struct request *) = request->next ? request->next : request->started ? NULL : request->route->start;
    request->next = NULL;
    request->started = true;
    error = next ? next(request) : ERR_INTERNAL;
  }
  if (error == ERR_PENDING) return suspend(request);
  return error ? refuse(request, error) : answer(request);
}

int request_handle(struct request *request, struct MHD_Connection *connection, const char *method, const char *version, const char *bytes,
                   size_t *size) {
  request->connection = connection;
  if (request->answered) return MHD_YES;
  if (!request->headed) return take_head(request, method, version);
  if (*size > 0) return take_body(request, bytes, size);
  return take_end(request);
}

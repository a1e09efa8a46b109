// Makes answers: problems, entity tags, headers.
#include "http/reply.h"

#include <microhttpd.h>
#include <string.h>

#include "base/digest.h"
#include "base/log.h"
#include "base/telemetry.h"
#include "http/link.h"
#include "http/web_page.h"

void reply_problem(struct request *request, enum err error) {
  const struct error_fact *fact = error_fact(error);
  buffer_clear(&request->answer);
  request->volatile_from = request->volatile_to = 0;
  request->entity_tag = TEXT_NONE;
  request->encoding = ENCODING_NONE;
  struct json_writer *json = request_json(request);
  struct text type = arena_format(&request->arena, "urn:xlad:problem:%s", fact->slug);
  json_object(json);
  json_member_text(json, "type", type);
  json_member_string(json, "title", fact->title);
  json_member_int(json, "status", fact->status);
  json_name(json, "detail");
  if (request->issues.count > 0) {
    const struct issue *first = &request->issues.list[0];
    struct text detail = first->pointer.length > 0 ? arena_format(&request->arena, "%.*s %.*s", (int)first->pointer.length, first->pointer.at,
                                                                  (int)first->detail.length, first->detail.at)
                                                   : first->detail;
    json_text(json, detail);
  } else {
    json_string(json, fact->title);
  }
  json_member_text(json, "instance", request->id);
  json_name(json, "errors");
  json_array(json);
  for (size_t i = 0; i < request->issues.count; i++) {
    const struct issue *issue = &request->issues.list[i];
    json_object(json);
    json_member_text(json, "pointer", issue->pointer);
    json_member_text(json, "rule", issue->rule);
    json_member_text(json, "detail", issue->detail);
    json_object_end(json);
  }
  json_array_end(json);
  json_object_end(json);
  request->content_type = "application/problem+json";
  request->status = fact->status;
  if (fact->status == MHD_HTTP_UNAUTHORIZED) request_add_header(request, "WWW-Authenticate", TEXT("Bearer"));
  if (fact->status == MHD_HTTP_SERVICE_UNAVAILABLE || fact->status == MHD_HTTP_GATEWAY_TIMEOUT) request_add_header(request, "Retry-After", TEXT("1"));
}

struct text reply_entity_tag(struct request *request) {
  uint8_t digest[DIGEST_BYTES];
  struct text body = buffer_view(&request->answer);
  struct buffer stable;
  buffer_init(&stable, body.length + 1);
  buffer_append(&stable, body.at, request->volatile_from);
  buffer_append(&stable, body.at + request->volatile_to, body.length - request->volatile_to);
  digest_sha256(stable.bytes, stable.length, digest);
  bool failed = stable.failed;
  buffer_release(&stable);
  char hex[32];
  text_hex(digest, sizeof hex / 2, hex);
  return failed ? TEXT_NONE : arena_format(&request->arena, "\"%.*s\"", (int)sizeof hex, hex);
}

// If-None-Match: a list of tags, or *; weak ones compare as strong ones.
static bool tag_matches(struct text list, struct text tag) {
  while (list.at) {
    struct text one = text_trimmed(text_cut(&list, ','));
    if (text_is(one, "*")) return true;
    if (text_starts(one, "W/")) one = (struct text){one.at + 2, one.length - 2};
    if (text_equals(one, tag)) return true;
  }
  return false;
}

// If-Match: a list of tags, or *. A weak one matches nothing; one of any form does, because each form says the same.
static bool tag_guards(struct text list, struct text tag) {
  while (list.at) {
    struct text one = text_trimmed(text_cut(&list, ',')), rest = one;
    if (text_is(one, "*") || text_equals(one, tag)) return true;
    struct text name = text_cut(&rest, '-');
    if (text_is(rest, "gzip\"") && name.length + 1 == tag.length && memcmp(name.at, tag.at, name.length) == 0) return true;
  }
  return false;
}

enum err reply_match(struct request *request) {
  struct text list = request_header(request, MHD_HTTP_HEADER_IF_MATCH), tag = reply_entity_tag(request);
  buffer_clear(&request->answer);
  if (!tag.at) return ERR_UNAVAILABLE;
  if (!list.at)
    return request_refuse(request, ERR_UNGUARDED, TEXT("If-Match"), "required", "is needed: send the ETag of what you have read, and change that");
  if (tag_guards(list, tag)) return ERR_NONE;
  return request_refuse(request, ERR_STALE, TEXT("If-Match"), "stale", "is not the ETag of what is there now; read it again and change that");
}

// Each form has a tag of its own: that of the plain one, with the name of the encoding.
static struct text form_tag(struct request *request, enum encoding encoding) {
  struct text plain = request->entity_tag;
  return encoding == ENCODING_GZIP ? arena_format(&request->arena, "%.*s-gzip\"", (int)plain.length - 1, plain.at) : plain;
}

bool reply_unchanged(struct request *request) {
  struct text list = request_header(request, MHD_HTTP_HEADER_IF_NONE_MATCH);
  if (!list.at) return false;
  bool matches = tag_matches(list, form_tag(request, request->encoding));
  if (!matches && request->encoding != ENCODING_NONE) {
    enum encoding other = request->encoding == ENCODING_GZIP ? ENCODING_PLAIN : ENCODING_GZIP;
    matches = tag_matches(list, form_tag(request, other));
    // The tag of what the client holds, so that it knows what is confirmed.
    if (matches) request->encoding = other;
  }
  if (!matches) return false;
  request->status = MHD_HTTP_NOT_MODIFIED;
  buffer_clear(&request->answer);
  return true;
}

static void tag_read(struct request *request) {
  bool is_read = request->method == METHOD_GET || request->method == METHOD_HEAD;
  if (!is_read || !request->route || request->route->roles == 0) return;
  if (request->status == MHD_HTTP_OK && request->answer.length > 0) {
    if (!request->entity_tag.at) request->entity_tag = reply_entity_tag(request);
    if (request->entity_tag.at) (void)reply_unchanged(request);
  }
  if (request->entity_tag.at) request_add_header(request, MHD_HTTP_HEADER_ETAG, form_tag(request, request->encoding));
}

// By which headers of the request the answer could have been another one.
static const char *vary_of(const struct request *request) {
  unsigned offered = request_offers(request);
  bool given = request->status == MHD_HTTP_OK || request->status == MHD_HTTP_NOT_MODIFIED;
  bool by_media = given && (offered & (offered - 1)) != 0, by_encoding = request->encoding != ENCODING_NONE;
  if (by_media) return by_encoding ? "Accept, Accept-Encoding" : "Accept";
  return by_encoding ? "Accept-Encoding" : NULL;
}

// The path, as far as every file system takes it, below /v1/: "xlas-vpn-history.csv".
static struct text file_name(struct request *request) {
  struct text path = request->path;
  char *name = arena_take(&request->arena, path.length + 1);
  size_t length = 0;
  if (!name) return TEXT("table");
  for (size_t i = text_starts(path, "/v1/") ? 4 : 1; i < path.length; i++) {
    char c = path.at[i];
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    name[length++] = plain ? c : c == '/' ? '-' : '_';
  }
  return (struct text){name, length};
}

// What tables and pages have besides: a file's name, or what a browser may do.
static void add_media_headers(struct request *request) {
  if (request->status == MHD_HTTP_OK && request->content_type == MEDIA_TYPES[MEDIA_HTML]) web_page_guard(request);
  if (request->status != MHD_HTTP_OK || request->content_type != MEDIA_TYPES[MEDIA_CSV]) return;
  struct text name = file_name(request);
  request_add_header(request, "Content-Disposition", arena_format(&request->arena, "attachment; filename=\"%.*s.csv\"", (int)name.length, name.at));
}

static bool add_headers(struct MHD_Response *response, const struct request *request) {
  const char *vary = vary_of(request);
  bool good = MHD_add_response_header(response, "X-Request-Id", request->id.at) == MHD_YES;
  if (request->content_type && request->status != MHD_HTTP_NO_CONTENT && request->status != MHD_HTTP_NOT_MODIFIED)
    good &= MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, request->content_type) == MHD_YES;
  if (request->role) good &= MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "private, no-cache") == MHD_YES;
  if (vary) good &= MHD_add_response_header(response, MHD_HTTP_HEADER_VARY, vary) == MHD_YES;
  if (request->encoding == ENCODING_GZIP && request->status == MHD_HTTP_OK)
    good &= MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_ENCODING, "gzip") == MHD_YES;
  for (size_t i = 0; i < request->headers_count; i++)
    good &= MHD_add_response_header(response, request->headers[i].name, request->headers[i].value.at) == MHD_YES;
  if (request->close || server_parts(request->server)->draining)
    good &= MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close") == MHD_YES;
  return good;
}

// The bytes of the answer as libmicrohttpd wants them. A file's descriptor goes over to it.
static struct MHD_Response *make_response(struct request *request, size_t length) {
  if (request->has_file && length > 0) {
    struct MHD_Response *response = MHD_create_response_from_fd64(length, request->file_fd);
    request->has_file = !response;
    return response;
  }
  // libmicrohttpd only reads the buffer; its parameter lacks the const. The bytes outlive the answer: they go at the end of the request.
  const void *bytes = request->static_answer ? request->static_answer : request->answer.bytes;
  union {
    const void *in;
    void *out;
  } body = {.in = length > 0 ? bytes : ""};
  return MHD_create_response_from_buffer(length, body.out, MHD_RESPMEM_PERSISTENT);
}

bool reply_queue(struct request *request) {
  if (request->answer.failed) {
    log_message(LOG_ERROR, "an answer exceeds its limit");
    reply_problem(request, ERR_INTERNAL);
  }
  tag_read(request);
  add_media_headers(request);
  size_t length = request->static_answer ? request->static_length : request->answer.length;
  if (request->has_file) length = (size_t)request->file_size;
  struct MHD_Response *response = make_response(request, length);
  if (!response) return false;
  bool good = add_headers(response, request) && MHD_queue_response(request->connection, (unsigned)request->status, response) == MHD_YES;
  MHD_destroy_response(response);
  if (good) telemetry_add(COUNT_BYTES_SENT, request->method == METHOD_HEAD ? 0 : (int64_t)length);
  return good;
}

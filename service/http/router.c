// Finds the route of a request.
#include "http/router.h"

#include <string.h>

const char *const METHOD_NAMES[] = {"GET", "PUT", "POST", "PATCH", "DELETE", "HEAD", "OPTIONS", "other"};

static enum err malformed(struct request *request, const char *where, const char *detail) {
  issues_add(&request->issues, text_of(where), "format", "%s", detail);
  return ERR_MALFORMED_REQUEST;
}

static bool decode(struct request *request, struct text raw, struct text *out) {
  char *bytes = arena_take(&request->arena, raw.length + 1);
  if (!bytes || !text_percent_decode(raw, bytes, &out->length)) return false;
  out->at = bytes;
  return true;
}

static enum err split_path(struct request *request) {
  struct text rest = request->path;
  if (rest.length == 0 || rest.at[0] != '/') return malformed(request, "path", "must begin with /");
  rest.at++;
  rest.length--;
  // The root has no segments.
  while (rest.at && !(request->segments_count == 0 && rest.length == 0)) {
    if (request->segments_count == REQUEST_SEGMENTS_MAX) return ERR_NOT_FOUND;
    struct text segment = text_cut(&rest, '/'), *out = &request->segments[request->segments_count++];
    if (!decode(request, segment, out)) return malformed(request, "path", "holds a broken percent escape, a NUL, or no UTF-8");
    if (out->length == 0 || text_is(*out, ".") || text_is(*out, "..")) return ERR_NOT_FOUND;
  }
  return ERR_NONE;
}

// In a query '+' stands for a space.
static struct text plus_to_space(struct request *request, struct text raw) {
  char *bytes = arena_take(&request->arena, raw.length + 1);
  if (!bytes) return raw;
  for (size_t i = 0; i < raw.length; i++)
    bytes[i] = raw.at[i] == '+' ? ' ' : raw.at[i];
  return (struct text){bytes, raw.length};
}

static enum err split_query(struct request *request, struct text query) {
  while (query.at) {
    struct text value = text_cut(&query, '&');
    if (value.length == 0) continue;
    if (request->query_count == REQUEST_QUERY_MEMBERS_MAX) return malformed(request, "query", "has too many parameters");
    struct query_member *member = &request->query[request->query_count++];
    struct text name = text_cut(&value, '=');
    if (!value.at) value = TEXT("");
    if (!decode(request, plus_to_space(request, name), &member->name) || !decode(request, plus_to_space(request, value), &member->value))
      return malformed(request, "query", "holds a broken percent escape, a NUL, or no UTF-8");
  }
  return ERR_NONE;
}

enum err router_split(struct request *request) {
  struct text rest = request->target;
  for (size_t i = 0; i < rest.length; i++)
    if ((unsigned char)rest.at[i] <= ' ' || (unsigned char)rest.at[i] >= 0x7f) return malformed(request, "path", "must be percent-encoded ASCII");
  request->path = text_cut(&rest, '?');
  enum err error = split_path(request);
  return error ? error : split_query(request, rest);
}

// Every route is looked at for every request, so this reads the pattern as it goes and no further than it has to.
static bool pattern_matches(const char *pattern, const struct request *request, struct text *values) {
  size_t value = 0;
  if (pattern[1] == '\0') return request->segments_count == 0;
  for (size_t i = 0; i < request->segments_count; i++) {
    struct text segment = request->segments[i];
    if (*pattern++ != '/') return false;
    if (*pattern == '{') {
      values[value++] = segment;
      pattern += strcspn(pattern, "/");
    } else {
      if (strncmp(pattern, segment.at, segment.length) != 0) return false;
      pattern += segment.length;
    }
  }
  return *pattern == '\0';
}

static bool is_literal(const char *pattern) { return strchr(pattern, '{') == NULL; }

static void allow(struct request *request, unsigned methods) {
  struct buffer list;
  buffer_init(&list, 256);
  if (methods & 1u << METHOD_GET) methods |= 1u << METHOD_HEAD;
  methods |= 1u << METHOD_OPTIONS;
  for (unsigned i = 0; i < METHOD_OTHER; i++)
    if (methods & 1u << i) buffer_format(&list, "%s%s", list.length ? ", " : "", METHOD_NAMES[i]);
  request_add_header(request, "Allow", buffer_view(&list));
  buffer_release(&list);
}

enum err router_find(struct request *request, const struct route *routes, size_t count) {
  enum method wanted = request->method == METHOD_HEAD ? METHOD_GET : request->method;
  unsigned methods = 0;
  bool literal = false;
  for (size_t i = 0; i < count; i++) {
    struct text values[PATH_VALUES_MAX] = {{NULL, 0}};
    if (!pattern_matches(routes[i].pattern, request, values)) continue;
    // "/v1/tickets/import" is itself, not the ticket "import".
    if (is_literal(routes[i].pattern) && !literal) {
      literal = true;
      methods = 0;
      request->route = NULL;
    } else if (literal && !is_literal(routes[i].pattern)) {
      continue;
    }
    methods |= 1u << routes[i].method;
    if (routes[i].method != wanted) continue;
    request->route = &routes[i];
    memcpy(request->path_values, values, sizeof values);
  }
  if (methods == 0) return ERR_NOT_FOUND;
  if (request->method == METHOD_OPTIONS) {
    request->route = NULL;
    allow(request, methods);
    return ERR_NONE;
  }
  if (request->route) return ERR_NONE;
  allow(request, methods);
  return ERR_METHOD_NOT_ALLOWED;
}

static unsigned count_values(const char *pattern) {
  unsigned values = 0;
  for (; *pattern; pattern++)
    values += *pattern == '{';
  return values;
}

const char *router_fault(const struct route *routes, size_t count) {
  for (size_t i = 0; i < count; i++) {
    const struct route *route = &routes[i];
    if (route->pattern[0] != '/' || strstr(route->pattern, "//")) return route->pattern;
    if (!route->start || route->method > METHOD_DELETE || count_values(route->pattern) > PATH_VALUES_MAX) return route->pattern;
    if ((route->body == BODY_BULK) != (route->chunk != NULL)) return route->pattern;
    for (size_t j = 0; j < i; j++)
      if (routes[j].method == route->method && strcmp(routes[j].pattern, route->pattern) == 0) return route->pattern;
  }
  return NULL;
}

// Reads and writes what all lists have in common.
#include "api/page.h"

#include <string.h>

#include "base/instant.h"

enum { CURSOR_CHARS_MAX = 2048 };

// A cursor is "<instant>:<text>" in hexadecimal: opaque enough to be passed on unread, and plain enough for a URL.
static bool read_cursor(struct request *request, struct text cursor, struct page *page) {
  if (cursor.length == 0 || cursor.length % 2 || cursor.length > CURSOR_CHARS_MAX) return false;
  size_t length = cursor.length / 2;
  uint8_t *bytes = arena_take(&request->arena, length + 1);
  if (!bytes || !text_unhex(cursor, bytes, length)) return false;
  struct text rest = {(const char *)bytes, length}, instant = text_cut(&rest, ':');
  if (!rest.at || rest.length == 0 || !text_is_utf8(rest) || memchr(rest.at, 0, rest.length)) return false;
  page->instant = ABSENT;
  if (instant.length > 0 && !text_to_int(instant, &page->instant)) return false;
  page->text = rest;
  return true;
}

struct page page_read_most(struct request *request, int64_t most) {
  struct page page = {.limit = PAGE_ITEMS_DEFAULT, .instant = ABSENT, .text = TEXT_NONE};
  struct text limit = request_query(request, "limit"), cursor = request_query(request, "cursor");
  if (limit.at && (!text_to_int(limit, &page.limit) || page.limit < 1 || page.limit > most))
    issues_add(&request->issues, TEXT("limit"), "range", "must be a whole number from 1 to %d", (int)most);
  if (cursor.at && !read_cursor(request, cursor, &page))
    issues_add(&request->issues, TEXT("cursor"), "format", "must be the \"next\" of an earlier page, unchanged");
  return page;
}

struct page page_read(struct request *request) {
  return page_read_most(request, PAGE_ITEMS_MAX);
}

// The request's own target with another cursor.
static void add_link(struct request *request, struct text cursor) {
  struct buffer link;
  buffer_init(&link, 2 * REQUEST_TARGET_BYTES_MAX);
  struct text query = request->target;
  buffer_char(&link, '<');
  buffer_text(&link, text_cut(&query, '?'));
  buffer_string(&link, "?cursor=");
  buffer_text(&link, cursor);
  while (query.at) {
    struct text member = text_cut(&query, '&');
    if (member.length == 0 || text_starts(member, "cursor=")) continue;
    buffer_char(&link, '&');
    buffer_text(&link, member);
  }
  buffer_string(&link, ">; rel=\"next\"");
  if (!link.failed) request_add_header(request, "Link", buffer_view(&link));
  buffer_release(&link);
}

void page_end(struct request *request, struct json_writer *json, bool more, int64_t instant, struct text text) {
  json_name(json, "next");
  struct text plain = TEXT_NONE;
  if (more && instant == ABSENT) plain = arena_format(&request->arena, ":%.*s", (int)text.length, text.at);
  if (more && instant != ABSENT) plain = arena_format(&request->arena, "%lld:%.*s", (long long)instant, (int)text.length, text.at);
  char *hex = plain.at ? arena_take(&request->arena, 2 * plain.length + 1) : NULL;
  if (!hex) {
    json_null(json);
    return;
  }
  text_hex((const uint8_t *)plain.at, plain.length, hex);
  struct text cursor = {hex, 2 * plain.length};
  json_text(json, cursor);
  add_link(request, cursor);
}

static void day_read(struct request *request, const char *name, int64_t *day) {
  struct text given = request_query(request, name);
  int32_t value;
  *day = ABSENT;
  if (!given.at) return;
  if (day_parse(given, &value))
    *day = value;
  else
    issues_add(&request->issues, text_of(name), "format", "must be a day, YYYY-MM-DD");
}

void days_read_named(struct request *request, const char *first, const char *last, int64_t *from, int64_t *to) {
  day_read(request, first, from);
  day_read(request, last, to);
  if (*from != ABSENT && *to != ABSENT && *from > *to) issues_add(&request->issues, text_of(last), "order", "must not be before %s", first);
}

void days_read(struct request *request, int64_t *from, int64_t *to) { days_read_named(request, "from", "to", from, to); }

int64_t choice_read(struct request *request, const char *name, const char *const *choices) {
  struct text given = request_query(request, name);
  if (!given.at) return ABSENT;
  struct buffer list;
  buffer_init(&list, 512);
  for (int64_t i = 0; choices[i]; i++) {
    if (text_is(given, choices[i])) {
      buffer_release(&list);
      return i;
    }
    buffer_format(&list, "%s%s", i ? ", " : "", choices[i]);
  }
  issues_add(&request->issues, text_of(name), "enum", "must be one of %s", list.bytes);
  buffer_release(&list);
  return ABSENT;
}

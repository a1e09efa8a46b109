// Reads HTTP/1.1 answers.
#include "answer.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { HEAD_BYTES_MAX = 64 * 1024, HEADER_SLOTS = 4 };

struct reader {
  const char *at;
  size_t length;
  size_t used;
};

// The value of `name` in header lines, appended to `value`; the number of times it is there.
static int header_collect(const char *head, const char *name, struct bytes *value) {
  int times = 0;
  size_t name_length = strlen(name);
  for (const char *line = strstr(head, "\r\n"); line != NULL; line = strstr(line, "\r\n")) {
    line += 2;
    if (strncasecmp(line, name, name_length) != 0 || line[name_length] != ':') {
      continue;
    }
    const char *from = line + name_length + 1;
    from += strspn(from, " \t");
    size_t length = strcspn(from, "\r\n");
    while (length > 0 && (from[length - 1] == ' ' || from[length - 1] == '\t')) {
      length--;
    }
    if (times > 0) {
      bytes_add_text(value, ", ");
    }
    bytes_add(value, from, length);
    times++;
  }
  return times;
}

const char *answer_header(const struct answer *answer, const char *name) {
  static struct bytes slots[HEADER_SLOTS];
  static size_t turn;
  struct bytes *slot = &slots[turn++ % HEADER_SLOTS];
  bytes_clear(slot);
  bytes_add(slot, "", 0);
  return header_collect(bytes_text(&answer->head), name, slot) > 0 ? slot->at : NULL;
}

// A plain decimal or hexadecimal number that ends at `end`.
static bool size_read(const char *text, const char *end, int base, size_t *size) {
  const char *allowed = base == 16 ? "0123456789abcdefABCDEF" : "0123456789";
  size_t digits = strspn(text, allowed);
  if (digits == 0 || digits > 9 || text + digits != end) {
    return false;
  }
  *size = (size_t)strtoull(text, NULL, base);
  return true;
}

static bool status_line_read(const char *head, int *status) {
  bool shaped = (strncmp(head, "HTTP/1.1 ", 9) == 0 || strncmp(head, "HTTP/1.0 ", 9) == 0) && strspn(head + 9, "0123456789") == 3 &&
                (head[12] == ' ' || head[12] == '\r');
  *status = shaped ? (int)strtol(head + 9, NULL, 10) : 0;
  return *status >= 100 && *status <= 599;
}

static enum answer_state head_read(struct answer *answer, struct reader *reader) {
  const char *from = reader->at + reader->used;
  size_t left = reader->length - reader->used;
  const char *end = from == NULL || left == 0 ? NULL : memmem(from, left, "\r\n\r\n", 4);
  if (end == NULL) {
    return left > HEAD_BYTES_MAX ? ANSWER_BROKEN : ANSWER_PARTIAL;
  }
  size_t length = (size_t)(end - from) + 2;
  if (memchr(from, '\0', length) != NULL) {
    return ANSWER_BROKEN;
  }
  bytes_clear(&answer->head);
  bytes_add(&answer->head, from, length);
  reader->used += length + 2;
  return status_line_read(answer->head.at, &answer->status) ? ANSWER_WHOLE : ANSWER_BROKEN;
}

// One line up to CRLF; NULL while it is incomplete.
static const char *line_end(const struct reader *reader) {
  const char *from = reader->at + reader->used;
  return memmem(from, reader->length - reader->used, "\r\n", 2);
}

static enum answer_state chunks_read(struct answer *answer, struct reader *reader) {
  for (;;) {
    const char *line = reader->at + reader->used;
    const char *end = line_end(reader);
    if (end == NULL) {
      return ANSWER_PARTIAL;
    }
    const char *size_end = memchr(line, ';', (size_t)(end - line));
    size_t size = 0;
    if (!size_read(line, size_end == NULL ? end : size_end, 16, &size)) {
      return ANSWER_BROKEN;
    }
    size_t from = (size_t)(end - reader->at) + 2;
    if (size == 0) {
      reader->used = from;
      break;
    }
    if (reader->length - from < size + 2) {
      return ANSWER_PARTIAL;
    }
    if (memcmp(reader->at + from + size, "\r\n", 2) != 0) {
      return ANSWER_BROKEN;
    }
    bytes_add(&answer->body, reader->at + from, size);
    reader->used = from + size + 2;
  }
  for (;;) {  // trailers
    const char *end = line_end(reader);
    if (end == NULL) {
      return ANSWER_PARTIAL;
    }
    bool last = end == reader->at + reader->used;
    reader->used = (size_t)(end - reader->at) + 2;
    if (last) {
      return ANSWER_WHOLE;
    }
  }
}

static enum answer_state body_read(struct answer *answer, struct reader *reader, bool to_head, bool ended) {
  const char *coding = answer_header(answer, "Transfer-Encoding");
  const char *length_text = answer_header(answer, "Content-Length");
  const char *connection = answer_header(answer, "Connection");
  answer->closes = (connection != NULL && strcasestr(connection, "close") != NULL) || strncmp(answer->head.at, "HTTP/1.0", 8) == 0;
  if (coding != NULL && (length_text != NULL || strcasecmp(coding, "chunked") != 0)) {
    return ANSWER_BROKEN;
  }
  size_t length = 0;
  if (length_text != NULL && !size_read(length_text, length_text + strlen(length_text), 10, &length)) {
    return ANSWER_BROKEN;
  }
  if (to_head || answer->status == 204 || answer->status == 304) {
    return ANSWER_WHOLE;
  }
  if (coding != NULL) {
    answer->chunked = true;
    return chunks_read(answer, reader);
  }
  size_t left = reader->length - reader->used;
  if (length_text == NULL) {
    answer->closes = true;
    length = left;
  }
  if (left < length || (length_text == NULL && !ended)) {
    return ANSWER_PARTIAL;
  }
  bytes_add(&answer->body, reader->at + reader->used, length);
  reader->used += length;
  return ANSWER_WHOLE;
}

enum answer_state answer_read(struct answer *answer, const char *bytes, size_t length, bool to_head, bool ended, size_t *used) {
  struct reader reader = {.at = bytes, .length = length};
  answer->chunked = false;
  answer->closes = false;
  bytes_clear(&answer->body);
  enum answer_state state = ANSWER_WHOLE;
  do {
    state = head_read(answer, &reader);
  } while (state == ANSWER_WHOLE && answer->status < 200);
  if (state == ANSWER_WHOLE) {
    state = body_read(answer, &reader, to_head, ended);
  }
  if (state == ANSWER_PARTIAL && ended) {
    state = ANSWER_BROKEN;
  }
  if (state != ANSWER_WHOLE) {
    answer->status = 0;
  }
  *used = reader.used;
  return state;
}

void answer_release(struct answer *answer) {
  bytes_release(&answer->head);
  bytes_release(&answer->body);
  *answer = (struct answer){0};
}

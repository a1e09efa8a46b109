// Decides byte by byte whether a body is JSON as xlad takes it; builds nothing.
#include "json/gate.h"

#include "base/limits.h"
#include "json/plain.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
  NAMES_INLINE = 64,    // open members held on the stack; more take memory
  NAMES_PAIRWISE = 24,  // objects up to this size are compared pair by pair, larger ones are sorted
};

// The limits are named in the reasons:
_Static_assert(JSON_DEPTH_MAX == 32 && JSON_NUMBER_CHARS_MAX == 128 && JSON_MEMBERS_MAX == 1024, "adapt the reasons");

// The name of a member of an object that is still open, as it stands in the body.
struct name {
  uint64_t key;  // the first eight bytes of the unescaped name, filled up with zeros
  const char *at;
  size_t length;
  bool escaped;
};

struct frame {
  size_t names_begin;  // its names are names[names_begin] up to the next frame's first
  bool object;
};

struct scan {
  const char *begin;
  const char *at;
  const char *end;
  const char *reason;  // set by refuse()
  const char *where;
  bool out_of_memory;
  size_t depth;
  size_t name_count;
  size_t name_capacity;
  struct name *names;  // of all open objects, the innermost last
  struct frame frames[JSON_DEPTH_MAX];
  struct name names_inline[NAMES_INLINE];
};

static bool refuse(struct scan *scan, const char *where, const char *reason) {
  scan->where = where;
  scan->reason = where == scan->end ? "the body ends too early" : reason;
  return false;
}

static void skip_space(struct scan *scan) {
  while (scan->at < scan->end && (*scan->at == ' ' || *scan->at == '\n' || *scan->at == '\r' || *scan->at == '\t'))
    scan->at++;
}

static bool next_is(const struct scan *scan, char c) { return scan->at < scan->end && *scan->at == c; }

static bool next_is_digit(const struct scan *scan) { return scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9'; }

// The four hexadecimal digits at at[0, 4), or −1.
static int32_t hex4_value(const char *at) {
  int32_t value = 0;
  for (int i = 0; i < 4; i++) {
    char c = at[i];
    if (c >= '0' && c <= '9')
      value = value * 16 + (c - '0');
    else if (c >= 'a' && c <= 'f')
      value = value * 16 + (c - 'a' + 10);
    else if (c >= 'A' && c <= 'F')
      value = value * 16 + (c - 'A' + 10);
    else
      return -1;
  }
  return value;
}

static bool is_high_surrogate(int32_t unit) { return unit >= 0xd800 && unit <= 0xdbff; }

static bool is_low_surrogate(int32_t unit) { return unit >= 0xdc00 && unit <= 0xdfff; }

// What the character after a backslash stands for, or 0 when it is none of RFC 8259's.
static char short_escape(char c) {
  static const char LETTERS[] = "\"\\/bfnrt";
  static const char MEANINGS[] = "\"\\/\b\f\n\r\t";
  const char *letter = memchr(LETTERS, c, sizeof LETTERS - 1);
  return letter ? MEANINGS[letter - LETTERS] : '\0';
}

// Unescapes a name that was found well-formed before, byte by byte.
struct unescaper {
  const char *at;
  const char *end;
  unsigned char pending[4];  // bytes of a \u escape that are still to come, the next one last
  int pending_count;
};

static void pend_code_point(struct unescaper *from, uint32_t code) {
  static const unsigned char LEADS[] = {0x00, 0xc0, 0xe0, 0xf0};
  int tails = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  for (int i = 0; i < tails; i++) {
    from->pending[i] = (unsigned char)(0x80 | (code & 0x3f));
    code >>= 6;
  }
  from->pending[tails] = (unsigned char)(LEADS[tails] | code);
  from->pending_count = tails + 1;
}

// The next byte of the unescaped name, or −1 at its end.
static int next_byte(struct unescaper *from) {
  if (from->pending_count > 0) return from->pending[--from->pending_count];
  if (from->at == from->end) return -1;
  if (*from->at != '\\') return (unsigned char)*from->at++;
  char letter = from->at[1];
  // The gate has been here before: behind \u there are four digits, and behind a high surrogate its low one.
  if (letter != 'u') {
    from->at += 2;
    return (unsigned char)short_escape(letter);
  }
  int32_t unit = hex4_value(from->at + 2);
  from->at += 6;
  uint32_t code = (uint32_t)unit;
  if (is_high_surrogate(unit)) {
    code = 0x10000 + (((uint32_t)unit - 0xd800) << 10) + ((uint32_t)hex4_value(from->at + 2) - 0xdc00);
    from->at += 6;
  }
  pend_code_point(from, code);
  return from->pending[--from->pending_count];
}

static uint64_t name_key(const struct name *name) {
  unsigned char first[sizeof(uint64_t)] = {0};
  if (!name->escaped) {
    memcpy(first, name->at, name->length < sizeof first ? name->length : sizeof first);
  } else {
    struct unescaper from = {.at = name->at, .end = name->at + name->length};
    for (size_t i = 0; i < sizeof first; i++) {
      int byte = next_byte(&from);
      if (byte < 0) break;
      first[i] = (unsigned char)byte;
    }
  }
  uint64_t key;
  memcpy(&key, first, sizeof key);
  return key;
}

// A total order of unescaped names; 0 means they are the same.
static int name_compare(const struct name *a, const struct name *b) {
  if (a->key != b->key) return a->key < b->key ? -1 : 1;
  if (!a->escaped && !b->escaped) {
    int order = memcmp(a->at, b->at, a->length < b->length ? a->length : b->length);
    return order != 0 ? order : (a->length > b->length) - (a->length < b->length);
  }
  struct unescaper from_a = {.at = a->at, .end = a->at + a->length};
  struct unescaper from_b = {.at = b->at, .end = b->at + b->length};
  for (;;) {
    int byte_a = next_byte(&from_a);
    int byte_b = next_byte(&from_b);
    if (byte_a != byte_b) return byte_a < byte_b ? -1 : 1;
    if (byte_a < 0) return 0;
  }
}

// Equal names come out in the order in which they stand in the body.
static int name_sort_compare(const void *a, const void *b) {
  const struct name *left = a;
  const struct name *right = b;
  int order = name_compare(left, right);
  return order != 0 ? order : (left->at > right->at) - (left->at < right->at);
}

// The opening quote of the first name that repeats an earlier one of the same object, or NULL. May reorder the names.
static const char *repeated_name(struct name *names, size_t count) {
  if (count <= NAMES_PAIRWISE) {
    for (size_t later = 1; later < count; later++)
      for (size_t earlier = 0; earlier < later; earlier++)
        if (names[later].key == names[earlier].key && name_compare(&names[later], &names[earlier]) == 0) return names[later].at - 1;
    return NULL;
  }
  qsort(names, count, sizeof *names, name_sort_compare);
  const char *first = NULL;
  for (size_t i = 1; i < count; i++)
    if (name_compare(&names[i - 1], &names[i]) == 0 && (!first || names[i].at < first)) first = names[i].at;
  return first ? first - 1 : NULL;
}

static bool name_push(struct scan *scan, const struct name *name) {
  if (scan->name_count == scan->name_capacity) {
    size_t capacity = scan->name_capacity * 2;
    bool inlined = scan->names == scan->names_inline;
    struct name *names = realloc(inlined ? NULL : scan->names, capacity * sizeof *names);
    if (!names) {
      scan->out_of_memory = true;
      return refuse(scan, name->at, "memory is out");
    }
    if (inlined) memcpy(names, scan->names_inline, sizeof scan->names_inline);
    scan->names = names;
    scan->name_capacity = capacity;
  }
  scan->names[scan->name_count++] = *name;
  return true;
}

// One escape; scan->at is at the backslash.
static bool scan_escape(struct scan *scan) {
  const char *escape = scan->at;
  size_t left = (size_t)(scan->end - escape);
  if (left < 2) return refuse(scan, scan->end, "");
  if (escape[1] != 'u') {
    scan->at += 2;
    return short_escape(escape[1]) != '\0' || refuse(scan, escape, "this escape does not exist");
  }
  int32_t unit = left < 6 ? -1 : hex4_value(escape + 2);
  if (unit < 0) return refuse(scan, escape, "an escape needs four hexadecimal digits");
  if (unit == 0) return refuse(scan, escape, "the character U+0000 is not taken");
  scan->at += 6;
  if (!is_high_surrogate(unit)) return !is_low_surrogate(unit) || refuse(scan, escape, "half of a surrogate pair stands alone");
  bool paired = left >= 12 && escape[6] == '\\' && escape[7] == 'u' && is_low_surrogate(hex4_value(escape + 8));
  scan->at += 6;
  return paired || refuse(scan, escape, "half of a surrogate pair stands alone");
}

// Bytes of the well-formed UTF-8 sequence (RFC 3629) that begins with a byte above 0x7f at at[0, left), or 0.
static size_t utf8_sequence(const char *at, size_t left) {
  const unsigned char *byte = (const unsigned char *)at;
  unsigned char lead = byte[0];
  size_t length = lead >= 0xc2 && lead <= 0xdf ? 2 : (lead & 0xf0) == 0xe0 ? 3 : lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
  if (length == 0 || left < length) return 0;
  // The second byte excludes overlong forms, surrogates, and what lies above U+10FFFF.
  unsigned char low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  unsigned char high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  if (byte[1] < low || byte[1] > high) return 0;
  for (size_t i = 2; i < length; i++)
    if ((byte[i] & 0xc0) != 0x80) return 0;
  return length;
}

// A string, from its opening quote to behind its closing one. *name becomes what stands between them; its key is not set.
static bool scan_string(struct scan *scan, struct name *name) {
  name->at = ++scan->at;
  name->escaped = false;
  for (;;) {
    scan->at += plain_run(scan->at, (size_t)(scan->end - scan->at), true);
    if (scan->at == scan->end) return refuse(scan, scan->end, "");
    unsigned char c = (unsigned char)*scan->at;
    if (c == '"') {
      name->length = (size_t)(scan->at++ - name->at);
      return true;
    }
    if (c == '\\') {
      name->escaped = true;
      if (!scan_escape(scan)) return false;
    } else if (c < 0x20) {
      return refuse(scan, scan->at, "a control character in a string must be escaped");
    } else {
      size_t length = utf8_sequence(scan->at, (size_t)(scan->end - scan->at));
      if (length == 0) return refuse(scan, scan->at, "the body is not UTF-8");
      scan->at += length;
    }
  }
}

static bool scan_digits(struct scan *scan) {
  if (!next_is_digit(scan)) return refuse(scan, scan->at, "a number needs a digit here");
  while (next_is_digit(scan))
    scan->at++;
  return true;
}

static bool scan_number(struct scan *scan) {
  const char *number = scan->at;
  if (next_is(scan, '-')) scan->at++;
  // What follows a leading zero is refused by whoever looks for the comma.
  if (next_is(scan, '0'))
    scan->at++;
  else if (!scan_digits(scan))
    return false;
  if (next_is(scan, '.')) {
    scan->at++;
    if (!scan_digits(scan)) return false;
  }
  if (next_is(scan, 'e') || next_is(scan, 'E')) {
    scan->at++;
    if (next_is(scan, '+') || next_is(scan, '-')) scan->at++;
    if (!scan_digits(scan)) return false;
  }
  if (scan->at - number > JSON_NUMBER_CHARS_MAX) return refuse(scan, number + JSON_NUMBER_CHARS_MAX, "a number is longer than 128 characters");
  return true;
}

static bool scan_literal(struct scan *scan, const char *literal) {
  for (const char *expected = literal; *expected; expected++, scan->at++)
    if (!next_is(scan, *expected)) return refuse(scan, scan->at, "a value was expected");
  return true;
}

static bool scan_scalar(struct scan *scan) {
  struct name ignored;
  if (scan->at == scan->end) return refuse(scan, scan->end, "");
  switch (*scan->at) {
  case '"':
    return scan_string(scan, &ignored);
  case 't':
    return scan_literal(scan, "true");
  case 'f':
    return scan_literal(scan, "false");
  case 'n':
    return scan_literal(scan, "null");
  default:
    if (*scan->at != '-' && !next_is_digit(scan)) return refuse(scan, scan->at, "a value was expected");
    return scan_number(scan);
  }
}

// A member's name and colon.
static bool scan_name(struct scan *scan) {
  skip_space(scan);
  const char *quote = scan->at;
  if (!next_is(scan, '"')) return refuse(scan, scan->at, "a member name was expected");
  if (scan->name_count - scan->frames[scan->depth - 1].names_begin == JSON_MEMBERS_MAX)
    return refuse(scan, quote, "an object has more than 1024 members");
  struct name name = {.at = scan->at};
  if (!scan_string(scan, &name)) return false;
  name.key = name_key(&name);
  if (!name_push(scan, &name)) return false;
  skip_space(scan);
  if (!next_is(scan, ':')) return refuse(scan, scan->at, "a colon was expected");
  scan->at++;
  return true;
}

static bool frame_close(struct scan *scan) {
  struct frame *frame = &scan->frames[scan->depth - 1];
  const char *repeated = repeated_name(scan->names + frame->names_begin, scan->name_count - frame->names_begin);
  if (repeated) return refuse(scan, repeated, "a member name occurs twice");
  scan->name_count = frame->names_begin;
  scan->depth--;
  scan->at++;
  return true;
}

// The beginning of a value: a whole scalar, or an array or object up to its first item. *complete tells whether the value ended.
static bool scan_value(struct scan *scan, bool *complete) {
  skip_space(scan);
  *complete = true;
  bool object = next_is(scan, '{');
  if (!object && !next_is(scan, '[')) return scan_scalar(scan);
  if (scan->depth == JSON_DEPTH_MAX) return refuse(scan, scan->at, "nesting is deeper than 32 levels");
  scan->frames[scan->depth++] = (struct frame){.names_begin = scan->name_count, .object = object};
  scan->at++;
  skip_space(scan);
  if (next_is(scan, object ? '}' : ']')) return frame_close(scan);
  *complete = false;
  return !object || scan_name(scan);
}

// What follows a complete value inside an array or object. *complete tells whether that ended, too.
static bool scan_separator(struct scan *scan, bool *complete) {
  bool object = scan->frames[scan->depth - 1].object;
  skip_space(scan);
  *complete = next_is(scan, object ? '}' : ']');
  if (*complete) return frame_close(scan);
  if (!next_is(scan, ',')) return refuse(scan, scan->at, object ? "a comma or } was expected" : "a comma or ] was expected");
  scan->at++;
  return !object || scan_name(scan);
}

static bool scan_body(struct scan *scan) {
  if (scan->at == scan->end) {
    scan->where = scan->end;
    scan->reason = "the body is empty";
    return false;
  }
  if (scan->end - scan->at >= 3 && memcmp(scan->at, "\xef\xbb\xbf", 3) == 0) return refuse(scan, scan->at, "a byte order mark is not taken");
  bool complete = false;
  do {
    if (!scan_value(scan, &complete)) return false;
    while (complete && scan->depth > 0)
      if (!scan_separator(scan, &complete)) return false;
  } while (!complete);
  skip_space(scan);
  return scan->at == scan->end || refuse(scan, scan->at, "something follows the value");
}

// After a refusal: a name repeated in an object that was still open stands before it, so it is what could not be first.
static void prefer_repeated_name(struct scan *scan) {
  for (size_t i = 0; i < scan->depth; i++) {
    size_t begin = scan->frames[i].names_begin;
    size_t end = i + 1 < scan->depth ? scan->frames[i + 1].names_begin : scan->name_count;
    const char *repeated = repeated_name(scan->names + begin, end - begin);
    if (repeated && repeated < scan->where) refuse(scan, repeated, "a member name occurs twice");
  }
}

bool gate_check(struct text body, struct gate_refusal *refusal) {
  const char *begin = body.at ? body.at : "";
  struct scan scan;
  scan.begin = scan.at = begin;
  scan.end = begin + body.length;
  scan.reason = scan.where = NULL;
  scan.out_of_memory = false;
  scan.depth = scan.name_count = 0;
  scan.names = scan.names_inline;
  scan.name_capacity = NAMES_INLINE;
  bool accepted = scan_body(&scan);
  if (!accepted) {
    if (!scan.out_of_memory) prefer_repeated_name(&scan);
    *refusal = (struct gate_refusal){.reason = scan.reason, .offset = (size_t)(scan.where - scan.begin), .out_of_memory = scan.out_of_memory};
  }
  if (scan.names != scan.names_inline) free(scan.names);
  return accepted;
}

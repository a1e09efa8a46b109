// Writes HTML.
#include "base/html.h"

#include <string.h>

static const char UNKNOWN[] = "\xef\xbf\xbd";

static const char *escape_of(unsigned char c) {
  switch (c) {
  case '&':
    return "&amp;";
  case '<':
    return "&lt;";
  case '>':
    return "&gt;";
  case '"':
    return "&quot;";
  case '\'':
    return "&#39;";
  default:
    return (c < 0x20 && c != '\t' && c != '\n') || c == 0x7f ? UNKNOWN : NULL;
  }
}

// How long the character is that begins here; 0: it is none.
static size_t character(struct text text) {
  unsigned char first = (unsigned char)text.at[0];
  size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  return length <= text.length && text_is_utf8((struct text){text.at, length}) ? length : 0;
}

// C1 control characters are two bytes.
static bool is_control(struct text text, size_t length) {
  return length == 2 && (unsigned char)text.at[0] == 0xc2 && (unsigned char)text.at[1] < 0xa0;
}

void html_text(struct buffer *out, struct text text) {
  while (text.length > 0) {
    size_t length = character(text);
    const char *escape = length == 1 ? escape_of((unsigned char)text.at[0]) : length == 0 || is_control(text, length) ? UNKNOWN : NULL;
    if (escape)
      buffer_string(out, escape);
    else
      buffer_append(out, text.at, length);
    size_t used = length > 0 ? length : 1;
    text = (struct text){text.at + used, text.length - used};
  }
}

void html_markup(struct buffer *out, const char *literal) { buffer_string(out, literal); }

void html_element(struct buffer *out, const char *name, struct text text) {
  buffer_char(out, '<');
  buffer_string(out, name);
  buffer_char(out, '>');
  html_text(out, text);
  buffer_string(out, "</");
  buffer_append(out, name, strcspn(name, " "));
  buffer_char(out, '>');
}

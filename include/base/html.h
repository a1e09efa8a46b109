// Writes HTML into a buffer: whatever text it is given is text, and never markup.
#ifndef XLAD_BASE_HTML_H
#define XLAD_BASE_HTML_H

#include "base/buffer.h"
#include "base/text.h"

// Text, in an element or in an attribute's quotes: & < > " and ' are escaped, and what no document may hold (control characters but tab and line
// feed, bytes that aren't UTF-8) becomes U+FFFD. Absent text is nothing.
void html_text(struct buffer *out, struct text text);
// Markup as it is: a literal of the program, never what somebody else said.
void html_markup(struct buffer *out, const char *literal);
// An element with nothing but text in it. `name` is a literal, with attributes behind it where it has any: "td", "th scope=\"row\"".
void html_element(struct buffer *out, const char *name, struct text text);

#endif

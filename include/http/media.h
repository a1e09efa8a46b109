// What an answer can be given as, and which of that a client takes (RFC 9110, 12.5.1).
#ifndef XLAD_HTTP_MEDIA_H
#define XLAD_HTTP_MEDIA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

enum media { MEDIA_JSON, MEDIA_CSV, MEDIA_HTML, MEDIA_COUNT };

// Sets of them.
enum { WITH_JSON = 1 << MEDIA_JSON, WITH_CSV = 1 << MEDIA_CSV, WITH_HTML = 1 << MEDIA_HTML };

extern const char *const MEDIA_NAMES[];  // in a query: "json"
extern const char *const MEDIA_TYPES[];  // as Content-Type

// Chooses by the value of Accept, absent when there was none: what is weighed most of what is offered, the first of equals. False when nothing of it
// is admitted.
bool media_choose(struct text accepted, unsigned offered, enum media *chosen) __attribute__((warn_unused_result));
// The one of this name; false when it is not offered.
bool media_find(struct text name, unsigned offered, enum media *chosen) __attribute__((warn_unused_result));
// Those that are offered, as a sentence lists them: "application/json or text/csv"; in a query "json or csv". Cut to `size` characters.
void media_list(unsigned offered, bool types, char *out, size_t size);

#endif

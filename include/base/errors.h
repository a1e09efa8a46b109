// The one vocabulary of errors from socket to SQL: what can go wrong, which status it is, and what a client is told.
#ifndef XLAD_BASE_ERRORS_H
#define XLAD_BASE_ERRORS_H

#include <stddef.h>

#include "base/limits.h"
#include "base/text.h"

struct arena;

// name, HTTP status, slug of the problem type, title
#define ERROR_TABLE(X)                                                                               \
  X(MALFORMED_REQUEST, 400, "malformed-request", "The request is malformed")                         \
  X(NOT_JSON, 400, "not-json", "The body is not strict JSON")                                        \
  X(UNAUTHENTICATED, 401, "unauthenticated", "A valid key is needed")                                \
  X(FORBIDDEN, 403, "forbidden", "This key may not do that")                                         \
  X(NOT_FOUND, 404, "not-found", "There is nothing at this path")                                    \
  X(NO_SUCH_TICKET, 404, "no-such-ticket", "The ticket is not known")                                \
  X(METHOD_NOT_ALLOWED, 405, "method-not-allowed", "This path does not have that method")            \
  X(NOT_ACCEPTABLE, 406, "not-acceptable", "This can't be given in any form that is accepted")       \
  X(CONFLICT, 409, "conflict", "This contradicts what is stored")                                    \
  X(ALREADY_ANSWERED, 409, "already-answered", "This resolution has another response already")       \
  X(WINDOW_CLOSED, 409, "window-closed", "The time to amend this response has passed")               \
  X(STEP_REFUSED, 409, "step-refused", "The initiative can't take this step")                        \
  X(IN_PROGRESS, 409, "in-progress", "A request with this Idempotency-Key is being worked on")       \
  X(INVITATION_OVER, 410, "invitation-over", "This invitation can't be answered any more")           \
  X(STALE, 412, "stale", "This has changed since it was read")                                       \
  X(TOO_LARGE, 413, "too-large", "The body is too large")                                            \
  X(TARGET_TOO_LONG, 414, "target-too-long", "The path and query are too long")                      \
  X(UNSUPPORTED_MEDIA_TYPE, 415, "unsupported-media-type", "This media type is not taken here")      \
  X(INVALID, 422, "invalid", "Some values are not acceptable")                                       \
  X(KEY_REUSED, 422, "idempotency-key-reused", "This Idempotency-Key came with another body before") \
  X(UNGUARDED, 428, "precondition-required", "An If-Match header is needed")                         \
  X(INTERNAL, 500, "internal", "The service failed")                                                 \
  X(UNAVAILABLE, 503, "unavailable", "The service can't do this at the moment")                      \
  X(TIMEOUT, 504, "timeout", "The database took too long")

enum err {
  ERR_NONE = 0,
  ERR_PENDING,  // not an error: work is queued, the answer comes later
#define X(name, status, slug, title) ERR_##name,
  ERROR_TABLE(X)
#undef X
      ERR_COUNT
};

struct error_fact {
  const char *slug;   // the problem type is urn:xlad:problem:<slug>
  const char *title;  // a plain sentence without full stop
  int status;         // HTTP
};

// Facts of an error; never NULL.
const struct error_fact *error_fact(enum err error);

// One problem of a request: where, which rule, and a plain sentence that says what to do.
struct issue {
  struct text pointer;  // JSON pointer ("/happiness"), or the name of a query parameter or header
  struct text rule;     // short slug: "required", "range", "type", "unknown", "enum", "length", "format", "order", …
  struct text detail;
};

// The problems of one request, collected and answered at once. Texts live in the arena it was initialised with.
struct issues {
  struct arena *arena;
  struct issue list[REQUEST_ISSUES_MAX];
  size_t count;  // stored ones
  size_t total;  // found ones; the rest beyond REQUEST_ISSUES_MAX is only counted
};

void issues_init(struct issues *issues, struct arena *arena);
// Copies pointer and the formatted detail (a full arena gives the empty pointer and a general sentence); `rule` must be a literal.
void issues_add(struct issues *issues, struct text pointer, const char *rule, const char *detail, ...) __attribute__((format(printf, 4, 5)));
// Adds those of `found` with `prefix` before their pointers: what was read by one name was given by another.
void issues_add_all(struct issues *issues, const struct issues *found, const char *prefix);

#endif

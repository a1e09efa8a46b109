// Looks up the facts of errors and collects the problems of one request.
#include "base/errors.h"

#include <stdarg.h>

#include "base/arena.h"

// The first two never reach a client; they are here so that every value has facts.
static const struct error_fact FACTS[ERR_COUNT] = {[ERR_NONE] = {"none", "Nothing went wrong", 200},
                                                   [ERR_PENDING] = {"pending", "The work is queued", 202},
#define X(name, status, slug, title) [ERR_##name] = {slug, title, status},
                                                   ERROR_TABLE(X)
#undef X
};

const struct error_fact *error_fact(enum err error) { return (unsigned)error < ERR_COUNT ? &FACTS[error] : &FACTS[ERR_INTERNAL]; }

void issues_init(struct issues *issues, struct arena *arena) {
  issues->arena = arena;
  issues->count = 0;
  issues->total = 0;
}

// An arena that is full must not hide that there was a problem.
static struct text or_else(struct text a, struct text fallback) { return a.at != NULL ? a : fallback; }

void issues_add(struct issues *issues, struct text pointer, const char *rule, const char *detail, ...) {
  issues->total++;
  if (issues->count == REQUEST_ISSUES_MAX) {
    return;
  }
  struct issue *issue = &issues->list[issues->count++];
  issue->pointer = or_else(arena_copy(issues->arena, pointer), TEXT(""));
  issue->rule = text_of(rule);
  va_list arguments;
  va_start(arguments, detail);
  issue->detail = or_else(arena_vformat(issues->arena, detail, arguments), TEXT("this value is not acceptable"));
  va_end(arguments);
}

void issues_add_all(struct issues *issues, const struct issues *found, const char *prefix) {
  for (size_t i = 0; i < found->count; i++) {
    const struct issue *issue = &found->list[i];
    struct text pointer = arena_format(issues->arena, "%s%.*s", prefix, (int)issue->pointer.length, issue->pointer.at);
    issues_add(issues, or_else(pointer, TEXT("")), issue->rule.at, "%.*s", (int)issue->detail.length, issue->detail.at);
  }
}

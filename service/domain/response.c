// Decides whether a response can be taken.
#include "domain/response.h"

#include <stdio.h>
#include <string.h>

#include "base/instant.h"
#include "domain/ticket.h"

void response_check_answered(const struct answers *answers, struct text comment, struct issues *issues) {
  int64_t values[sizeof *answers / sizeof(int64_t)];
  memcpy(values, answers, sizeof values);
  for (size_t i = 0; i < sizeof values / sizeof *values; i++)
    if (values[i] != ABSENT) return;
  if (!comment.at || comment.length == 0) issues_add(issues, TEXT(""), "required", "needs at least one answer or a comment");
}

void response_check_submitted(int64_t submitted_at, int64_t now, struct issues *issues) {
  if (submitted_at != ABSENT && submitted_at > now + FUTURE_SECONDS_MAX * MICROS_PER_SECOND)
    issues_add(issues, TEXT("/submitted_at"), "future", "must not be more than 5 minutes in the future");
}

static bool is_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

void response_check_language(struct text language, struct issues *issues) {
  struct text rest = language, part;
  bool first = true;
  while (rest.at) {
    part = text_cut(&rest, '-');
    bool good = part.length >= (first ? 2 : 1) && part.length <= 8;
    for (size_t i = 0; good && i < part.length; i++)
      good = is_alphanumeric(part.at[i]);
    if (!good) {
      issues_add(issues, TEXT("/language"), "format", "must be a language tag such as \"en\" or \"pt-BR\"");
      return;
    }
    first = false;
  }
}

void response_check_factors(const struct text *factors, size_t count, struct issues *issues) {
  for (size_t i = 0; i < count; i++) {
    char pointer[32];
    if (!memchr(factors[i].at, '|', factors[i].length)) continue;
    (void)snprintf(pointer, sizeof pointer, "/factors/%zu", i);
    issues_add(issues, text_of(pointer), "format", "must not hold the character |");
  }
}

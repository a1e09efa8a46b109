// Decides whether a ticket's times are possible.
#include "domain/ticket.h"

#include <stddef.h>

#include "base/instant.h"

const char *const TICKET_KINDS[] = {"incident", "request", NULL};

static const struct {
  const char *pointer;
  size_t offset;
} TIMES[] = {
    {"/opened_at", offsetof(struct ticket_facts, opened_at)},     {"/responded_at", offsetof(struct ticket_facts, responded_at)},
    {"/repaired_at", offsetof(struct ticket_facts, repaired_at)}, {"/resolved_at", offsetof(struct ticket_facts, resolved_at)},
    {"/closed_at", offsetof(struct ticket_facts, closed_at)},
};

void ticket_check(const struct ticket_facts *facts, int64_t now, struct issues *issues) {
  for (size_t i = 0; i < sizeof TIMES / sizeof *TIMES; i++) {
    int64_t time = *(const int64_t *)(const void *)((const char *)facts + TIMES[i].offset);
    if (time == ABSENT) continue;
    if (time > now + FUTURE_SECONDS_MAX * MICROS_PER_SECOND)
      issues_add(issues, text_of(TIMES[i].pointer), "future", "must not be more than 5 minutes in the future");
    else if (facts->opened_at != ABSENT && time < facts->opened_at)
      issues_add(issues, text_of(TIMES[i].pointer), "order", "must not be before opened_at");
  }
  if (facts->closed_at != ABSENT && facts->resolved_at != ABSENT && facts->closed_at < facts->resolved_at)
    issues_add(issues, TEXT("/closed_at"), "order", "must not be before resolved_at");
}

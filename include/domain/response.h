// A response: what one person answered about one ticket, and the rules it has to obey.
#ifndef XLAD_DOMAIN_RESPONSE_H
#define XLAD_DOMAIN_RESPONSE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/errors.h"
#include "base/text.h"

// ABSENT where not answered: skipped is not neutral, and an unanswered lost time is not 0 minutes.
struct answers {
  int64_t happiness, lost_minutes, csat, ces, nps, expectation, promise_kept, brand_promise;
};

// Adds an issue when there is neither an answer nor a comment.
void response_check_answered(const struct answers *answers, struct text comment, struct issues *issues);
// Adds an issue when it was submitted more than FUTURE_SECONDS_MAX after `now`.
void response_check_submitted(int64_t submitted_at, int64_t now, struct issues *issues);
// Adds an issue when `language` is no language tag of letters, digits and hyphens (BCP 47). Absent is fine.
void response_check_language(struct text language, struct issues *issues);
// Adds an issue for each factor that holds a '|', which separates factors in CSV.
void response_check_factors(const struct text *factors, size_t count, struct issues *issues);

#endif

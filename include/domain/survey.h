// Surveys: what people are asked, and by which rules an answer is complete. Pure.
#ifndef XLAD_DOMAIN_SURVEY_H
#define XLAD_DOMAIN_SURVEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "domain/metric.h"

enum survey_kind {
  SURVEY_TICKET,    // of a ticket that was resolved, of its requester
  SURVEY_PULSE,     // of no ticket, now and then
  SURVEY_IT_STAFF,  // of those who work on tickets: feeds metrics of its own, never those of users
  SURVEY_KINDS
};
extern const char *const SURVEY_KIND_NAMES[];  // by kind, then NULL

// How good the rating was that a survey's factors stand behind.
enum survey_band { SURVEY_POSITIVE, SURVEY_NEUTRAL, SURVEY_NEGATIVE, SURVEY_BANDS };
extern const char *const SURVEY_BAND_NAMES[];  // by band, then NULL

// Of a rating from 0 to 10: 9 and 10 are positive, 7 and 8 neutral.
enum survey_band survey_band(int64_t rating);

// Whether a question of such a survey may feed a metric: an answer of its own, and of the right people.
bool survey_may_feed(enum survey_kind kind, const struct metric *metric);

// Whether a key of a question is one: a lower-case letter, then letters, digits and _.
bool survey_key_valid(struct text key);

// A language tag of letters, digits and hyphens (BCP 47).
bool survey_language_valid(struct text tag);
// Which of a survey's languages is nearest to the one that was asked for, in any case of letters: itself, else what is left of it without its last
// parts
// ("pt-BR" → "pt"), else another variant of the same language, else the first. `asked` may be absent.
size_t survey_language_pick(const struct text *languages, size_t count, struct text asked);

// Whether what wasn't answered must be: always, or because the survey's first question was answered by less than `required_below`. All ABSENT where
// nothing is said, values in one unit.
bool survey_must_answer(bool required, int64_t required_below, int64_t rating);

#endif

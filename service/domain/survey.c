// Decides what surveys may ask, in which language, and what must be answered.
#include "domain/survey.h"

#include "domain/dimension.h"

enum { POSITIVE_FROM = 9, NEUTRAL_FROM = 7, SUBTAG_CHARS_MAX = 8, LANGUAGE_CHARS_MIN = 2 };

const char *const SURVEY_KIND_NAMES[] = {
    [SURVEY_TICKET] = "ticket",
    [SURVEY_PULSE] = "pulse",
    [SURVEY_IT_STAFF] = "it_staff",
    [SURVEY_KINDS] = NULL,
};

const char *const SURVEY_BAND_NAMES[] = {
    [SURVEY_POSITIVE] = "positive",
    [SURVEY_NEUTRAL] = "neutral",
    [SURVEY_NEGATIVE] = "negative",
    [SURVEY_BANDS] = NULL,
};

enum survey_band survey_band(int64_t rating) {
  if (rating >= POSITIVE_FROM) return SURVEY_POSITIVE;
  return rating >= NEUTRAL_FROM ? SURVEY_NEUTRAL : SURVEY_NEGATIVE;
}

bool survey_may_feed(enum survey_kind kind, const struct metric *metric) {
  return metric->source == SOURCE_RESPONSE && !metric->hidden && metric->member && kind != SURVEY_IT_STAFF;
}

bool survey_key_valid(struct text key) { return dimension_name_valid(key); }

static bool is_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

bool survey_language_valid(struct text tag) {
  struct text rest = tag;
  bool first = true;
  while (rest.at) {
    struct text part = text_cut(&rest, '-');
    if (part.length < (size_t)(first ? LANGUAGE_CHARS_MIN : 1) || part.length > SUBTAG_CHARS_MAX) return false;
    for (size_t i = 0; i < part.length; i++)
      if (!is_alphanumeric(part.at[i])) return false;
    first = false;
  }
  return !first;
}

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c; }

static bool begins_alike(struct text tag, struct text beginning) {
  if (tag.length < beginning.length) return false;
  for (size_t i = 0; i < beginning.length; i++)
    if (lower(tag.at[i]) != lower(beginning.at[i])) return false;
  return true;
}

// The tag itself, or with `variants` one that goes on behind it.
static size_t find_language(const struct text *languages, size_t count, struct text tag, bool variants) {
  for (size_t i = 0; i < count; i++)
    if (begins_alike(languages[i], tag) && (languages[i].length == tag.length || (variants && languages[i].at[tag.length] == '-'))) return i;
  return count;
}

size_t survey_language_pick(const struct text *languages, size_t count, struct text asked) {
  struct text tag = asked;
  while (tag.at && tag.length > 0) {
    size_t found = find_language(languages, count, tag, false);
    if (found < count) return found;
    struct text whole = tag;
    while (tag.length > 0 && tag.at[tag.length - 1] != '-')
      tag.length--;
    if (tag.length == 0) {
      found = find_language(languages, count, whole, true);
      return found < count ? found : 0;
    }
    tag.length--;
  }
  return 0;
}

bool survey_must_answer(bool required, int64_t required_below, int64_t rating) {
  return required || (required_below != ABSENT && rating != ABSENT && rating < required_below);
}

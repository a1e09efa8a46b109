// Checks which metrics surveys may feed, which language is shown, and what must be answered.
#include "domain/survey.h"

#include "unit.h"

START_TEST(puts_ratings_into_bands) {
  static const struct {
    int64_t rating;
    enum survey_band band;
  } RATINGS[] = {{0, SURVEY_NEGATIVE}, {6, SURVEY_NEGATIVE}, {7, SURVEY_NEUTRAL}, {8, SURVEY_NEUTRAL}, {9, SURVEY_POSITIVE}, {10, SURVEY_POSITIVE}};
  EACH(row, RATINGS) ck_assert_int_eq(survey_band(row->rating), row->band);
}
END_TEST

START_TEST(feeds_what_people_answer) {
  ck_assert(survey_may_feed(SURVEY_TICKET, metric_find(TEXT("happiness"))));
  ck_assert(survey_may_feed(SURVEY_PULSE, metric_find(TEXT("lost_time"))));
  ck_assert(survey_may_feed(SURVEY_TICKET, metric_find(TEXT("brand_promise"))));
}
END_TEST

START_TEST(feeds_nothing_else) {
  static const char *const OTHERS[] = {"responses", "factors_positive", "bare_ratings", "sla_met", "service_availability", "answered_tickets"};
  EACH(key, OTHERS) {
    const struct metric *metric = metric_find(text_of(*key));
    ck_assert_ptr_nonnull(metric);
    for (int kind = 0; kind < SURVEY_KINDS; kind++)
      ck_assert_msg(!survey_may_feed((enum survey_kind)kind, metric), "%s", *key);
  }
  // What IT's own people feel is never mixed with what users do.
  ck_assert(!survey_may_feed(SURVEY_IT_STAFF, metric_find(TEXT("happiness"))));
}
END_TEST

START_TEST(knows_language_tags) {
  static const char *const GOOD[] = {"en", "pt-BR", "zh-Hant-TW", "de-1996", "ar"};
  static const char *const BAD[] = {"", "e", "english-", "-en", "en--us", "en_US", "verylongtag", "dé"};
  EACH(tag, GOOD) ck_assert_msg(survey_language_valid(text_of(*tag)), "%s", *tag);
  EACH(tag, BAD) ck_assert_msg(!survey_language_valid(text_of(*tag)), "%s", *tag);
}
END_TEST

START_TEST(picks_the_nearest_language) {
  const struct text languages[] = {TEXT("en"), TEXT("pt-BR"), TEXT("de"), TEXT("zh-Hant"), TEXT("de-AT")};
  static const struct {
    const char *asked;
    size_t picked;
  } ASKED[] = {
      {"en", 0},    {"EN-us", 0},      {"de", 2},      {"de-AT", 4}, {"DE-at", 4}, {"de-CH-1996", 2}, {"pt", 1},
      {"pt-PT", 1}, {"zh-Hant-TW", 3}, {"zh-Hans", 3}, {"fr", 0},    {"d", 0},     {"", 0},
  };
  EACH(row, ASKED) {
    size_t picked = survey_language_pick(languages, sizeof languages / sizeof *languages, text_of(row->asked));
    ck_assert_msg(picked == row->picked, "%s: %zu", row->asked, picked);
  }
  ck_assert_uint_eq(survey_language_pick(languages, 5, TEXT_NONE), 0);
}
END_TEST

START_TEST(demands_answers_below_a_score) {
  ck_assert(survey_must_answer(true, ABSENT, ABSENT));
  ck_assert(!survey_must_answer(false, ABSENT, 0));
  ck_assert(survey_must_answer(false, 7, 6));
  ck_assert(!survey_must_answer(false, 7, 7));
  // Who didn't rate said nothing that asks for more.
  ck_assert(!survey_must_answer(false, 7, ABSENT));
}
END_TEST

int main(void) {
  return unit_tests("survey", (const TTest *[]){puts_ratings_into_bands, feeds_what_people_answer, feeds_nothing_else, knows_language_tags,
                                                picks_the_nearest_language, demands_answers_below_a_score, NULL});
}

// Tells stories, in figures and in words.
#include "api/story_json.h"

#include "api/figures.h"
#include "api/insight.h"
#include "api/quotable.h"
#include "domain/verdict.h"

// What a source is in a sentence; a story without one begins with its figure.
static const struct {
  const char *kind, *words;
} SOURCES[] = {
    {"insight", "What people answered pointed at it."},
    {"xla", "An experience level agreement was at stake."},
    {"suggestion", "Somebody suggested it."},
    {"focus_group", "A focus group asked for it."},
};

static const struct {
  enum verdict verdict;
  const char *words;
} OUTCOMES[] = {
    {VERDICT_ACHIEVED, "It worked."},
    {VERDICT_IMPROVED, "It helped."},
    {VERDICT_WORSENED, "It made things worse."},
    {VERDICT_INCONCLUSIVE, "Whether it helped can't be told."},
    {VERDICT_INSUFFICIENT_DATA, "Too few people answered to tell whether it helped."},
};

static struct text joined(struct arena *arena, struct text a, struct text b) {
  if (a.length == 0 || b.length == 0) return a.length == 0 ? b : a;
  return arena_format(arena, "%.*s %.*s", INSIGHT_TEXT(a), INSIGHT_TEXT(b));
}

static struct text source_words(struct text kind) {
  for (size_t i = 0; kind.at && i < sizeof SOURCES / sizeof *SOURCES; i++)
    if (text_is(kind, SOURCES[i].kind)) return text_of(SOURCES[i].words);
  return TEXT("");
}

static struct text felt_words(const struct story_row *row, const struct tenant *tenant, struct arena *arena) {
  const struct metric *metric = row->texts[STORY_METRIC].at ? tenant_metric_find(tenant, row->texts[STORY_METRIC]) : NULL;
  if (!metric) return TEXT("");
  if (!row->texts[STORY_VALUE].at || !row->texts[STORY_N].at)
    return arena_format(arena, "%s can't be shown, for the sake of the few who answered.", metric->title);
  return arena_format(arena, "%s was %.*s %s in %.*s %s.", metric->title, INSIGHT_TEXT(row->texts[STORY_VALUE]), figures_unit(metric, tenant),
                      INSIGHT_TEXT(row->texts[STORY_N]), metric->source == SOURCE_RESPONSE ? "answers" : "values");
}

static struct text said_sentence(const struct story_row *row, const struct tenant *tenant, struct arena *arena) {
  struct text words = joined(arena, source_words(row->texts[STORY_SOURCE]), felt_words(row, tenant, arena));
  return words.length > 0 ? arena_format(arena, "You said: %.*s", INSIGHT_TEXT(words)) : TEXT("You said nothing that was measured.");
}

static struct text did_sentence(const struct story_row *row, struct arena *arena) {
  struct text done = row->texts[STORY_DONE];
  return done.at ? arena_format(arena, "We did: %.*s.", INSIGHT_TEXT(done)) : TEXT("We finished no action.");
}

static struct text outcome_words(struct text verdict) {
  for (size_t i = 0; verdict.at && i < sizeof OUTCOMES / sizeof *OUTCOMES; i++)
    if (text_is(verdict, VERDICT_NAMES[OUTCOMES[i].verdict])) return text_of(OUTCOMES[i].words);
  return TEXT("");
}

static struct text won_words(struct text won, struct arena *arena) {
  if (!won.at || text_is(won, "0")) return TEXT("");
  if (text_starts(won, "-")) return arena_format(arena, "Hours of work lost: %.*s.", (int)won.length - 1, won.at + 1);
  return arena_format(arena, "Hours of work won: %.*s.", INSIGHT_TEXT(won));
}

static struct text ended_words(const struct story_row *row, struct arena *arena) {
  if (text_is(row->texts[STORY_STATUS], "cancelled")) return arena_format(arena, "It was given up: %.*s", INSIGHT_TEXT(row->texts[STORY_REASON]));
  return TEXT("");
}

static struct text outcome_sentence(const struct story_row *row, struct arena *arena) {
  struct text words = joined(arena, outcome_words(row->texts[STORY_VERDICT]), row->texts[STORY_SENTENCE].at ? row->texts[STORY_SENTENCE] : TEXT(""));
  words = joined(arena, words, won_words(row->texts[STORY_WON], arena));
  words = joined(arena, words, ended_words(row, arena));
  return words.length > 0 ? words : TEXT("It was closed without a final look.");
}

static void write_json(struct json_writer *json, const char *name, struct text value) {
  json_name(json, name);
  if (value.at)
    json_raw(json, value);
  else
    json_null(json);
}

static void write_window(struct json_writer *json, bool known, const int32_t days[2]) {
  json_name(json, "window");
  if (!known) {
    json_null(json);
    return;
  }
  json_object(json);
  json_member_day(json, "from", days[0]);
  json_member_day(json, "to", days[1]);
  json_object_end(json);
}

static void write_quotes(struct json_writer *json, const struct story_quotes *quotes) {
  json_name(json, "quotes");
  json_array(json);
  for (size_t i = 0; i < quotes->found; i++) {
    const struct comment_row *comment = &quotes->comments[i];
    json_object(json);
    json_member_text(json, "comment", comment->comment);
    json_member_string(json, "band", comment_band(comment->happiness));
    json_member_text(json, "language", comment->language);
    json_object_end(json);
  }
  json_array_end(json);
  json_member_bool(json, "quotes_withheld", quotes->withheld);
}

static void write_head(struct json_writer *json, const struct story_row *row) {
  char id[UUID_CHARS];
  uuid_write(&row->id, id);
  json_member_text(json, "initiative", (struct text){id, sizeof id});
  json_member_text(json, "title", row->texts[STORY_TITLE]);
  json_member_text(json, "objective", row->texts[STORY_OBJECTIVE]);
  json_member_text(json, "status", row->texts[STORY_STATUS]);
  json_member_int(json, "iteration", row->iteration);
  json_member_instant(json, "told_at", row->told_at);
  json_member_text(json, "verdict", row->texts[STORY_VERDICT]);
}

static void write_said(struct json_writer *json, const struct story *story, struct text sentence) {
  const struct story_row *row = &story->row;
  json_name(json, "you_said");
  json_object(json);
  json_member_text(json, "sentence", sentence);
  json_member_text(json, "source", row->texts[STORY_SOURCE]);
  json_member_text(json, "reference", row->texts[STORY_REFERENCE]);
  write_window(json, row->has_windows, row->before);
  json_member_text(json, "metric", row->texts[STORY_METRIC]);
  write_json(json, "before", row->texts[STORY_BEFORE]);
  write_quotes(json, &story->quotes[STORY_BEFORE_QUOTES]);
  json_object_end(json);
}

static void write_did(struct json_writer *json, const struct story_row *row, struct text sentence) {
  json_name(json, "we_did");
  json_object(json);
  json_member_text(json, "sentence", sentence);
  json_name(json, "actions");
  json_raw(json, row->texts[STORY_ACTIONS].at ? row->texts[STORY_ACTIONS] : TEXT("[]"));
  json_object_end(json);
}

static void write_outcome(struct json_writer *json, const struct story *story, struct text sentence) {
  const struct story_row *row = &story->row;
  json_name(json, "outcome");
  json_object(json);
  json_member_text(json, "sentence", sentence);
  write_window(json, row->has_windows, row->after);
  write_json(json, "after", row->texts[STORY_AFTER]);
  write_json(json, "target", row->texts[STORY_TARGET]);
  write_json(json, "reached", row->texts[STORY_REACHED]);
  write_json(json, "hours_won", row->texts[STORY_HOURS]);
  write_json(json, "money_won", row->texts[STORY_MONEY]);
  json_name(json, "still_relevant");
  if (row->still_relevant == ABSENT)
    json_null(json);
  else
    json_bool(json, row->still_relevant == 1);
  json_member_text(json, "reason", row->texts[STORY_REASON]);
  write_quotes(json, &story->quotes[STORY_AFTER_QUOTES]);
  json_object_end(json);
}

void story_write(struct json_writer *json, const struct story *story, const struct tenant *tenant, struct arena *arena) {
  const struct story_row *row = &story->row;
  struct text said = said_sentence(row, tenant, arena), did = did_sentence(row, arena), outcome = outcome_sentence(row, arena);
  json_object(json);
  write_head(json, row);
  insight_write_sentence(json, arena, "%.*s %.*s %.*s", INSIGHT_TEXT(said), INSIGHT_TEXT(did), INSIGHT_TEXT(outcome));
  write_said(json, story, said);
  write_did(json, row, did);
  write_outcome(json, story, outcome);
  json_name(json, "lessons");
  json_object(json);
  json_member_text(json, "learned", row->texts[STORY_LEARNED]);
  json_member_text(json, "shared_how", row->texts[STORY_SHARED_HOW]);
  json_object_end(json);
  json_object_end(json);
}

// Makes tickets and responses of what tools send, by rules.
#include "domain/source.h"

#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/instant.h"

const char *const SOURCE_RECORD_NAMES[] = {"ticket", "response", NULL};
const char *const SOURCE_UNLISTED_NAMES[] = {"refuse", "keep", "drop", NULL};

static const char *const TICKET_REQUIRED[] = {"ref", "opened_at", NULL}, *const RESPONSE_REQUIRED[] = {"ticket", NULL};
const char *const *const SOURCE_REQUIRED[RECORD_KINDS] = {TICKET_REQUIRED, RESPONSE_REQUIRED};

enum { SHOWN_BYTES_MAX = 80, NUMBER_CHARS_MAX = 40 };

static const char CONTEXT[] = "context.";

struct member {
  const char *name;
  enum source_kind kind;
};

static const struct member TICKET_MEMBERS[] = {
    {"ref", MEMBER_TEXT},
    {"kind", MEMBER_TEXT},
    {"opened_at", MEMBER_TIME},
    {"responded_at", MEMBER_TIME},
    {"repaired_at", MEMBER_TIME},
    {"resolved_at", MEMBER_TIME},
    {"closed_at", MEMBER_TIME},
    {"reassignments", MEMBER_WHOLE},
    {"reopens", MEMBER_WHOLE},
    {"sla_met", MEMBER_TRUTH},
    {"handle_minutes", MEMBER_MINUTES},
    {"cost", MEMBER_TEXT},
    {"first_level_resolved", MEMBER_TRUTH},
    {"level0_solvable", MEMBER_TRUTH},
    {"miscategorised", MEMBER_TRUTH},
    {"known_problem", MEMBER_TRUTH},
    {"known_resolution", MEMBER_TRUTH},
    {"business_impact", MEMBER_WHOLE},
    {"requester", MEMBER_TEXT},
    {"agents", MEMBER_LIST},
    {NULL, MEMBER_TEXT},
};
static const struct member RESPONSE_MEMBERS[] = {
    {"ticket", MEMBER_TEXT},        {"respondent", MEMBER_TEXT},     {"happiness", MEMBER_WHOLE}, {"lost_minutes", MEMBER_MINUTES},
    {"csat", MEMBER_WHOLE},         {"ces", MEMBER_WHOLE},           {"nps", MEMBER_WHOLE},       {"expectation", MEMBER_WHOLE},
    {"promise_kept", MEMBER_WHOLE}, {"brand_promise", MEMBER_WHOLE}, {"factors", MEMBER_LIST},    {"comment", MEMBER_TEXT},
    {"language", MEMBER_TEXT},      {"submitted_at", MEMBER_TIME},   {"create", MEMBER_TRUTH},    {NULL, MEMBER_TEXT},
};

bool source_member_find(enum source_record record, struct text member, enum source_kind *kind, struct text *dimension) {
  *dimension = TEXT_NONE;
  *kind = MEMBER_TEXT;
  if (record == RECORD_TICKET && text_starts(member, CONTEXT)) {
    *dimension = (struct text){member.at + sizeof CONTEXT - 1, member.length - (sizeof CONTEXT - 1)};
    return dimension->length > 0;
  }
  for (const struct member *row = record == RECORD_TICKET ? TICKET_MEMBERS : RESPONSE_MEMBERS; row->name; row++) {
    *kind = row->kind;
    if (text_is(member, row->name)) return true;
  }
  return false;
}

// --- Formats

// Ways of ISO 8601 to write a time, beside RFC 3339's; and Rails' one.
static const char *const USUAL[] = {
    "%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d %H:%M:%S %z", "%Y-%m-%d %H:%M:%S.%f %z", "%Y-%m-%d %H:%M:%S UTC",
};
// The same without a zone.
static const char *const USUAL_LOCAL[] = {"%Y-%m-%dT%H:%M:%S",    "%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%d %H:%M:%S",
                                          "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%dT%H:%M",       "%Y-%m-%d %H:%M"};

static bool says_zone(const char *pattern) {
  for (const char *at = strchr(pattern, '%'); at; at = strchr(at, '%')) {
    if (at[1] == 'z') return true;
    at += at[1] == '\0' ? 1 : 2;
  }
  return false;
}

bool source_format_valid(enum source_kind kind, struct text format) {
  if (kind == MEMBER_MINUTES) return text_is(format, "seconds") || text_is(format, "duration");
  if (kind != MEMBER_TIME) return false;
  return text_is(format, "unix") || text_is(format, "unix_ms") || (!memchr(format.at, '\0', format.length) && instant_pattern_valid(format.at));
}

static bool read_usual(struct text value, int64_t *instant, bool *local) {
  if (instant_parse(value, instant)) return true;
  for (size_t i = 0; i < sizeof USUAL / sizeof *USUAL; i++)
    if (instant_parse_pattern(value, USUAL[i], instant)) return true;
  *local = true;
  for (size_t i = 0; i < sizeof USUAL_LOCAL / sizeof *USUAL_LOCAL; i++)
    if (instant_parse_pattern(value, USUAL_LOCAL[i], instant)) return true;
  return false;
}

static bool read_unix(struct text value, int64_t micros, int64_t *instant) {
  int64_t count;
  if (!text_to_int(value, &count) || count < 0 || count > INT64_MAX / micros) return false;
  *instant = count * micros;
  return true;
}

static bool read_time(const struct source_rule *rule, struct text value, int64_t *instant, bool *local) {
  *local = false;
  if (!rule->format.at) return read_usual(value, instant, local);
  if (text_is(rule->format, "unix")) return read_unix(value, MICROS_PER_SECOND, instant);
  if (text_is(rule->format, "unix_ms")) return read_unix(value, MICROS_PER_SECOND / 1000, instant);
  *local = !says_zone(rule->format.at);
  return instant_parse_pattern(value, rule->format.at, instant);
}

// "seconds" are a number of them; a "duration" is a time so long after 1970 began, which is how ServiceNow has it.
static bool read_minutes(const struct source_rule *rule, struct text value, int64_t *minutes) {
  int64_t micros;
  bool read =
      text_is(rule->format, "seconds") ? read_unix(value, MICROS_PER_SECOND, &micros) : instant_parse_pattern(value, "%Y-%m-%d %H:%M:%S", &micros);
  if (read) *minutes = (micros + 30 * MICROS_PER_SECOND) / (60 * MICROS_PER_SECOND);
  return read;
}

// --- One rule

// What is being made, and by which rule.
struct desk {
  enum source_record record;
  const struct source_rule *rule;
  struct issues *issues;
  struct source_made *made;
};

static struct text shown(struct text value) {
  if (value.length <= SHOWN_BYTES_MAX) return value;
  value.length = SHOWN_BYTES_MAX;
  while (value.length > 0 && ((unsigned char)value.at[value.length] & 0xc0) == 0x80)
    value.length--;
  return value;
}

// The pointer of a member in what is made: "/context/service".
static struct text pointer_of(const struct desk *desk) {
  struct text member = desk->rule->member, rest = member;
  struct text first = text_cut(&rest, '.');
  return rest.at ? arena_format(desk->issues->arena, "/%.*s/%.*s", (int)first.length, first.at, (int)rest.length, rest.at)
                 : arena_format(desk->issues->arena, "/%.*s", (int)member.length, member.at);
}

static void complain(const struct desk *desk, const char *rule, struct text value, const char *detail) {
  struct text said = shown(value), place = desk->rule->from.at[0];
  issues_add(desk->issues, pointer_of(desk), rule, "is made of %.*s, where the payload has \"%.*s\": %s", (int)place.length, place.at,
             (int)said.length, said.at ? said.at : "", detail);
}

static bool same_word(struct text a, struct text b) { return a.length == b.length && strncasecmp(a.at, b.at, a.length) == 0; }

// What a value means by the rule's table; absent: nothing. False after an issue.
static bool translate(const struct desk *desk, struct text value, struct text *meaning) {
  const struct source_rule *rule = desk->rule;
  *meaning = value;
  for (size_t i = 0; i < rule->values_count; i++)
    if (same_word(rule->values[i].from, value)) {
      *meaning = rule->values[i].to.length > 0 ? rule->values[i].to : TEXT_NONE;
      return true;
    }
  if (rule->values_count == 0 || rule->unlisted == UNLISTED_KEEP) return true;
  *meaning = TEXT_NONE;
  if (rule->unlisted == UNLISTED_DROP) return true;
  complain(desk, "unlisted", value, "the table of values doesn't list that");
  return false;
}

static bool looks_like_number(struct text a) {
  size_t i = a.length > 0 && a.at[0] == '-', digits = i, dots = 0;
  for (; i < a.length; i++) {
    if (a.at[i] == '.')
      dots++;
    else if (a.at[i] < '0' || a.at[i] > '9')
      return false;
  }
  bool leading_zero = a.length > digits + 1 && a.at[digits] == '0' && a.at[digits + 1] != '.';
  return a.length > digits && a.length <= NUMBER_CHARS_MAX && dots <= 1 && a.at[digits] != '.' && a.at[a.length - 1] != '.' && !leading_zero;
}

static bool read_truth(struct text value, int64_t *truth) {
  static const char *const WORDS[] = {"false", "true", "no", "yes", "0", "1"};
  for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
    if (same_word(value, text_of(WORDS[i]))) {
      *truth = (int64_t)(i % 2);
      return true;
    }
  return false;
}

// Fills a fact with one word. What is no number or truth goes on as a text: the record's own table of fields says then what is wrong with it.
static bool take_word(const struct desk *desk, enum source_kind kind, struct text word, struct source_fact *fact) {
  fact->form = FORM_TEXT;
  fact->text = word;
  switch (kind) {
  case MEMBER_TIME:
    fact->form = FORM_INSTANT;
    if (read_time(desk->rule, word, &fact->number, &fact->local)) return true;
    complain(desk, "format", word, "that is no time by the format");
    return false;
  case MEMBER_MINUTES:
    if (desk->rule->format.at) {
      fact->form = FORM_WHOLE;
      if (read_minutes(desk->rule, word, &fact->number)) return true;
      complain(desk, "format", word, "that is no time spent by the format");
      return false;
    }
    fact->form = looks_like_number(word) ? FORM_NUMBER : FORM_TEXT;
    return true;
  case MEMBER_WHOLE:
    fact->form = looks_like_number(word) ? FORM_NUMBER : FORM_TEXT;
    return true;
  case MEMBER_TRUTH:
    fact->form = read_truth(word, &fact->number) ? FORM_TRUTH : FORM_TEXT;
    return true;
  default:
    return true;
  }
}

// The words of a list, each by the table of values.
static bool take_list(const struct desk *desk, const struct source_value *value, struct source_fact *fact) {
  size_t count = value->shape == SHAPE_LIST ? value->items_count : 1;
  struct text *items = arena_take_array(desk->issues->arena, count + 1, sizeof *items);
  bool good = items != NULL;
  fact->form = FORM_LIST;
  for (size_t i = 0; good && i < count; i++) {
    struct text word = text_trimmed(value->shape == SHAPE_LIST ? value->items[i] : value->text);
    if (word.length == 0) continue;
    good = translate(desk, word, &items[fact->items_count]);
    if (items[fact->items_count].at) fact->items_count++;
  }
  fact->items = items;
  return good && fact->items_count > 0;
}

static bool holds_word(const struct source_value *value) {
  bool word = value->shape == SHAPE_TEXT || value->shape == SHAPE_NUMBER || value->shape == SHAPE_TRUTH;
  return word && text_trimmed(value->text).length > 0;
}

// The first value that holds anything; *odd: one that a rule of this kind can't take, where no other place is there at all. An object whose parts are
// there, though empty, is a reference to nothing.
static const struct source_value *pick(const struct source_value *values, size_t count, bool list, const struct source_value **odd) {
  bool empty = false;
  *odd = NULL;
  for (size_t i = 0; i < count; i++) {
    if (holds_word(&values[i]) || (list && values[i].shape == SHAPE_LIST)) return &values[i];
    if (values[i].shape == SHAPE_LIST || values[i].shape == SHAPE_OBJECT)
      *odd = &values[i];
    else
      empty |= values[i].shape != SHAPE_NOTHING;
  }
  if (empty) *odd = NULL;
  return NULL;
}

static size_t places_count(const struct source_places *places) {
  size_t count = 0;
  while (count < SOURCE_PLACES_MAX && places->at[count].at)
    count++;
  return count;
}

static void map_rule(struct desk *desk, const struct source_value *values) {
  const struct source_rule *rule = desk->rule;
  struct source_fact fact = {.member = rule->member};
  const struct source_value *odd;
  enum source_kind kind;
  if (!source_member_find(desk->record, rule->member, &kind, &fact.dimension) || desk->made->count == SOURCE_RULES_MAX) return;
  const struct source_value *value = pick(values, places_count(&rule->from), kind == MEMBER_LIST, &odd);
  struct text word = value ? text_trimmed(value->text) : TEXT_NONE;
  bool made;
  if (value && kind == MEMBER_LIST) {
    made = take_list(desk, value, &fact);
  } else {
    if (!value && odd) complain(desk, "type", odd->shape == SHAPE_LIST ? TEXT("[…]") : TEXT("{…}"), "name a place within that");
    if (word.at && !translate(desk, word, &word)) return;
    if (!word.at) word = odd ? TEXT_NONE : rule->otherwise;
    made = word.at && take_word(desk, kind, word, &fact);
    if (made && kind == MEMBER_LIST) made = take_list(desk, &(struct source_value){.shape = SHAPE_TEXT, .text = word}, &fact);
  }
  if (made) desk->made->facts[desk->made->count++] = fact;
}

// --- A record

static bool is_among(const struct source_condition *condition, const struct source_value *value) {
  struct text word = text_trimmed(value->text);
  for (size_t i = 0; i < condition->values_count; i++)
    if (same_word(condition->values[i], word)) return true;
  return false;
}

static size_t add_places(const struct source_places *places, struct text *paths) {
  size_t count = places_count(places);
  for (size_t i = 0; i < count; i++)
    paths[i] = places->at[i];
  return count;
}

size_t source_paths(const struct source_mapping *mapping, struct text *paths) {
  size_t count = 0;
  for (size_t i = 0; i < mapping->only_count; i++)
    count += add_places(&mapping->only[i].from, paths + count);
  count += add_places(&mapping->resolved.from, paths + count);
  for (size_t i = 0; i < mapping->rules_count; i++)
    count += add_places(&mapping->rules[i].from, paths + count);
  return count;
}

static bool has_fact(const struct source_made *made, const char *member) {
  for (size_t i = 0; i < made->count; i++)
    if (text_is(made->facts[i].member, member)) return true;
  return false;
}

static bool tells_end(struct text member) { return text_is(member, "resolved_at") || text_is(member, "closed_at"); }

void source_map(enum source_record record, const struct source_mapping *mapping, const struct source_value *values, struct issues *issues,
                struct source_made *made) {
  struct desk desk = {.record = record, .issues = issues, .made = made};
  const struct source_value *odd, *state;
  made->ignored = false;
  made->count = 0;
  for (size_t i = 0; i < mapping->only_count; i++) {
    size_t count = places_count(&mapping->only[i].from);
    const struct source_value *value = pick(values, count, false, &odd);
    if (value && !is_among(&mapping->only[i], value)) made->ignored = true;
    values += count;
  }
  if (made->ignored) return;
  state = pick(values, places_count(&mapping->resolved.from), false, &odd);
  values += places_count(&mapping->resolved.from);
  bool resolved = state && is_among(&mapping->resolved, state), open = state && !resolved;
  for (size_t i = 0; i < mapping->rules_count; i++) {
    desk.rule = &mapping->rules[i];
    if (!open || !tells_end(desk.rule->member)) map_rule(&desk, values);
    values += places_count(&desk.rule->from);
  }
  if (resolved && !has_fact(made, "resolved_at") && !has_fact(made, "closed_at") && issues->total == 0)
    issues_add(issues, TEXT("/resolved_at"), "required", "is required: the payload's state \"%.*s\" means resolved, but no time of it was found",
               (int)shown(state->text).length, state->text.at);
}

// Feeds the search for signs that figures are made with what has been measured, and writes what it found.
#include "api/integrity_reading.h"

#include <math.h>
#include <string.h>

#include "domain/tenant.h"

enum { SHOWN_DECIMALS = 2, P_DECIMALS = 4 };

enum { STEP_WINDOW, STEP_GROUPS = READING_STEPS, STEP_REFERENCE = 2 * READING_STEPS };

static const char GROUPED_BY[] = "assignment_group";

static const char *const VERDICTS[] = {[INTEGRITY_NO_DATA] = "no_data", [INTEGRITY_CLEAR] = "clear", [INTEGRITY_RAISED] = "raised"};

// --- Where each flag's data comes from

static const struct tally *tally_in(const struct figures *figures, const char *key, bool *known) {
  static const struct tally NOTHING;
  size_t place = metric_place(metric_find(text_of(key)));
  *known = figures && !metric_set_has(&figures->hidden, place);
  return *known ? &figures->tallies[place] : &NOTHING;
}

static struct integrity_tally take_tally(const struct figures *figures, const char *key) {
  struct integrity_tally taken;
  taken.tally = *tally_in(figures, key, &taken.known);
  return taken;
}

static struct integrity_count take_count(const struct figures *figures, const char *key) {
  struct integrity_count count;
  const struct tally *tally = tally_in(figures, key, &count.known);
  count.cases = (int64_t)tally->sum;
  count.of = tally->n;
  return count;
}

static void feed_feelings(const struct integrity_material *material, struct integrity_question *question) {
  question->window.happiness = take_tally(material->window, "happiness");
  question->window.lost_time = take_tally(material->window, "lost_time");
  question->reference.happiness = take_tally(material->reference, "happiness");
  question->reference.lost_time = take_tally(material->reference, "lost_time");
}

static void feed_bare_ratings(const struct integrity_material *material, struct integrity_question *question) {
  question->window.bare = take_count(material->window, "bare_ratings");
  question->reference.bare = take_count(material->reference, "bare_ratings");
}

static void feed_exclusions(const struct integrity_material *material, struct integrity_question *question) {
  const struct integrity_gathered *gathered = material->gathered;
  question->excluded = (struct integrity_groups){.known = !material->excluded_hidden, .few = material->excluded < INTEGRITY_CASES_MIN};
  if (question->excluded.few) return;
  question->excluded.known = question->excluded.known && gathered && !gathered->hidden;
  if (!question->excluded.known) return;
  question->excluded.groups = gathered->groups;
  question->excluded.count = gathered->count;
}

// The one place that says what feeds a flag. NULL: nothing measures it yet, so no answer tells of it. The response rate and invitations that are
// suppressed are known once there are invitations; ratings that come too fast, once there are links by which people rate.
static void (*const FEEDS[INTEGRITY_KINDS])(const struct integrity_material *material, struct integrity_question *question) = {
    [INTEGRITY_RESPONSE_RATE] = NULL, [INTEGRITY_LOST_TIME] = feed_feelings,    [INTEGRITY_BARE_RATINGS] = feed_bare_ratings,
    [INTEGRITY_SUPPRESSIONS] = NULL,  [INTEGRITY_EXCLUSIONS] = feed_exclusions, [INTEGRITY_RAPID_RATINGS] = NULL,
};

bool integrity_wants_groups(const struct integrity_material *material) {
  return !material->excluded_hidden && material->excluded >= INTEGRITY_CASES_MIN && material->grouping->slot != 0;
}

bool integrity_find(const struct integrity_material *material, struct arena *arena, struct integrity_findings *findings) {
  size_t groups = material->gathered ? material->gathered->count : 0;
  struct hypothesis *hypotheses = arena_take_array(arena, groups + 1, sizeof *hypotheses);
  struct integrity_question question = {.overlapping = material->overlapping};
  *findings = (struct integrity_findings){.by = material->grouping->by};
  if (!hypotheses) return false;
  for (int kind = 0; kind < INTEGRITY_KINDS; kind++)
    if (FEEDS[kind]) FEEDS[kind](material, &question);
  integrity_check(&question, hypotheses, findings->flags);
  const struct integrity_flag *excluded = &findings->flags[INTEGRITY_EXCLUSIONS];
  if (excluded->raised > 0) findings->key = material->gathered->keys[excluded->group];
  return true;
}

// --- Groups

struct integrity_grouping integrity_grouping_of(const struct tenant *tenant, const struct scope *scope) {
  struct integrity_grouping grouping = {.by = text_of(GROUPED_BY)};
  if (scope->count > 0) {
    grouping.asked = &scope->terms[0];
    grouping.by = scope->terms[0].dimension;
    grouping.scope = (struct scope){scope->terms + 1, scope->count - 1};
  }
  grouping.slot = tenant_dimension_slot(tenant, grouping.by);
  return grouping;
}

// With what was excluded, because a group may have nothing else.
struct reading_question integrity_groups_question(const struct integrity_grouping *grouping, struct window window) {
  return (struct reading_question){.scope = &grouping->scope, .window = window, .by = grouping->slot, .interval = INTERVAL_COUNT, .excluded = true};
}

static bool is_asked(const struct integrity_grouping *grouping, struct text key) {
  if (!grouping->asked) return true;
  for (size_t i = 0; i < grouping->asked->count; i++)
    if (key.at && text_equals(grouping->asked->values[i], key)) return true;
  return false;
}

static bool hides(const struct reading_group *group) {
  return group->excluded_hidden || metric_set_has(&group->figures.hidden, metric_place(metric_find(TEXT("responses"))));
}

// As readings order their groups: the missing value comes last.
static int compare_keys(struct text a, struct text b) {
  if (!a.at || !b.at) return (a.at == NULL) - (b.at == NULL);
  return text_compare(a, b);
}

static size_t count_groups(struct reading *piece) {
  struct reading_group group;
  size_t count = 0;
  reading_rewind(piece);
  while (reading_next(piece, &group))
    count++;
  reading_rewind(piece);
  return count;
}

static void add_group(struct integrity_gathered *gathered, struct text key, const struct integrity_group *group) {
  struct integrity_group *last = gathered->count > 0 ? &gathered->groups[gathered->count - 1] : NULL;
  if (!last || compare_keys(gathered->keys[gathered->count - 1], key) != 0) {
    last = &gathered->groups[gathered->count];
    *last = (struct integrity_group){.key = gathered->count};
    gathered->keys[gathered->count++] = key;
  }
  last->cases += group->cases;
  last->of += group->of;
  last->beside = last->beside || group->beside;
}

// The keys outlive the job. Both come in the order of their keys.
bool integrity_gather(struct integrity_gathered *gathered, const struct integrity_grouping *grouping, struct reading *piece, struct arena *arena) {
  size_t room = gathered->count + count_groups(piece) + 1, at = 0;
  struct integrity_gathered merged = {
      .groups = arena_take_array(arena, room, sizeof *merged.groups),
      .keys = arena_take_array(arena, room, sizeof *merged.keys),
  };
  struct reading_group group;
  if (!merged.groups || !merged.keys) return false;
  while (reading_next(piece, &group)) {
    const struct integrity_group added = {
        .cases = group.excluded,
        .of = figures_of(&group.figures, "responses")->n,
        .beside = hides(&group) || !is_asked(grouping, group.key),
    };
    struct text key = arena_copy(arena, group.key);
    if (group.key.at && !key.at) return false;
    for (; at < gathered->count && compare_keys(gathered->keys[at], key) <= 0; at++)
      add_group(&merged, gathered->keys[at], &gathered->groups[at]);
    add_group(&merged, key, &added);
  }
  for (; at < gathered->count; at++)
    add_group(&merged, gathered->keys[at], &gathered->groups[at]);
  reading_total(piece, &group);
  merged.hidden = gathered->hidden || hides(&group);
  *gathered = merged;
  return true;
}

// --- In one job

static struct reading_question question_of(const struct scope *scope, struct window window) {
  return (struct reading_question){.scope = scope, .window = window, .interval = INTERVAL_COUNT};
}

// Without a dimension to group by, or without a reference, the scope's window is read in their place, and not looked at.
static struct reading_question groups_of(const struct integrity_inquiry *inquiry, const struct integrity_grouping *grouping) {
  return grouping->slot != 0 ? integrity_groups_question(grouping, inquiry->window) : question_of(inquiry->scope, inquiry->window);
}

static struct reading_question reference_of(const struct integrity_inquiry *inquiry) {
  return question_of(inquiry->scope, inquiry->has_reference ? inquiry->reference : inquiry->window);
}

void integrity_ask(struct job *job, const struct integrity_inquiry *inquiry) {
  struct integrity_grouping grouping = integrity_grouping_of(inquiry->tenant, inquiry->scope);
  struct reading_question window = question_of(inquiry->scope, inquiry->window), groups = groups_of(inquiry, &grouping),
                          reference = reference_of(inquiry);
  reading_ask(job, inquiry->tenant, &window);
  reading_ask(job, inquiry->tenant, &groups);
  reading_ask(job, inquiry->tenant, &reference);
}

static bool take_total(const struct job *job, unsigned step, const struct tenant *tenant, const struct reading_question *question,
                       struct reading_group *total) {
  struct reading *reading = reading_open(job, step, tenant, question);
  if (!reading) return false;
  reading_total(reading, total);
  reading_close(reading);
  return true;
}

static bool take_groups(const struct job *job, unsigned step, const struct integrity_inquiry *inquiry, const struct integrity_grouping *grouping,
                        struct arena *arena, struct integrity_gathered *gathered) {
  struct reading_question question = groups_of(inquiry, grouping);
  struct reading *reading = reading_open(job, step, inquiry->tenant, &question);
  bool good = reading && integrity_gather(gathered, grouping, reading, arena);
  reading_close(reading);
  return good;
}

bool integrity_take(const struct job *job, unsigned step, const struct integrity_inquiry *inquiry, struct arena *arena,
                    struct integrity_findings *findings) {
  struct integrity_grouping grouping = integrity_grouping_of(inquiry->tenant, inquiry->scope);
  struct integrity_gathered gathered = {0};
  struct reading_question window = question_of(inquiry->scope, inquiry->window), reference = reference_of(inquiry);
  struct reading_group *totals = arena_take_array(arena, 2, sizeof *totals);
  if (!totals || !take_total(job, step + STEP_WINDOW, inquiry->tenant, &window, &totals[0]) ||
      !take_total(job, step + STEP_REFERENCE, inquiry->tenant, &reference, &totals[1]))
    return false;
  struct integrity_material material = {
      .window = &totals[0].figures,
      .reference = inquiry->has_reference ? &totals[1].figures : NULL,
      .overlapping = inquiry->has_reference && windows_overlap(inquiry->window, inquiry->reference),
      .excluded = totals[0].excluded,
      .excluded_hidden = totals[0].excluded_hidden,
      .grouping = &grouping,
  };
  if (integrity_wants_groups(&material)) {
    if (!take_groups(job, step + STEP_GROUPS, inquiry, &grouping, arena, &gathered)) return false;
    material.gathered = &gathered;
  }
  return integrity_find(&material, arena, findings);
}

// --- Writing

static void write_side(struct json_writer *json, const char *name, const struct estimate *estimate) {
  json_name(json, name);
  json_object(json);
  json_name(json, "value");
  if (estimate->has_value)
    json_ratio(json, estimate->numerator, estimate->denominator, SHOWN_DECIMALS);
  else
    json_null(json);
  json_member_int(json, "n", estimate->n);
  json_name(json, "interval");
  if (estimate->has_value && estimate->has_interval) {
    json_array(json);
    json_decimal(json, estimate->low, SHOWN_DECIMALS);
    json_decimal(json, estimate->high, SHOWN_DECIMALS);
    json_array_end(json);
  } else {
    json_null(json);
  }
  json_object_end(json);
}

static void write_evidence(struct json_writer *json, const struct integrity_flag *flag) {
  json_name(json, "evidence");
  json_array(json);
  for (size_t i = 0; i < flag->evidence_count; i++) {
    const struct comparison *evidence = &flag->evidence[i];
    json_object(json);
    write_side(json, "before", &evidence->before);
    write_side(json, "after", &evidence->after);
    json_name(json, "p");
    json_decimal(json, evidence->has_test ? evidence->p : (double)NAN, P_DECIMALS);
    json_object_end(json);
  }
  json_array_end(json);
}

void integrity_write(struct json_writer *json, const struct integrity_findings *findings) {
  json_name(json, "integrity");
  json_array(json);
  for (int kind = 0; kind < INTEGRITY_KINDS; kind++) {
    const struct integrity_flag *flag = &findings->flags[kind];
    if (!FEEDS[kind]) continue;
    json_object(json);
    json_member_string(json, "flag", INTEGRITY_NAMES[kind]);
    json_member_string(json, "verdict", VERDICTS[flag->verdict]);
    write_evidence(json, flag);
    if (kind == INTEGRITY_EXCLUSIONS) {
      json_member_text(json, "by", findings->by);
      json_member_text(json, "key", findings->key);
      json_member_int(json, "groups", (int64_t)flag->raised);
    }
    json_object_end(json);
  }
  json_array_end(json);
}

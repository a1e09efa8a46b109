// Checks what is written down about an initiative.
#include "api/initiative_check.h"

#include <string.h>

#include "api/document.h"
#include "api/figures.h"
#include "api/service.h"

enum err initiative_id_read(struct request *request, struct uuid *id) {
  if (uuid_read(request->path_values[0], id)) return ERR_NONE;
  return request_refuse(request, ERR_NOT_FOUND, TEXT("id"), "format", "must be the id of an initiative");
}

static void check_metric(struct request *request, struct text key, struct text pointer) {
  if (key.at && !figures_find(tenant_of(request), key))
    issues_add(&request->issues, pointer, "unknown", "names no metric; GET /v1/metrics lists them");
}

static void check_metrics(struct request *request, const struct initiative_body *body) {
  const struct success_factor *factors = body->success_factors.items;
  struct arena *arena = &request->arena;
  check_metric(request, body->metric, TEXT("/metric"));
  check_metric(request, body->experience_answer.metric, TEXT("/experience_answer/metric"));
  for (size_t i = 0; i < body->guardrails.count; i++)
    check_metric(request, body->guardrails.items[i], arena_format(arena, "/guardrails/%zu", i));
  for (size_t i = 0; i < body->success_factors.count; i++)
    check_metric(request, factors[i].metric, arena_format(arena, "/success_factors/%zu/metric", i));
}

static void check_scopes(struct request *request, struct initiative_body *body) {
  static struct named_texts nothing[1];
  struct scope scope, compared;
  size_t before = request->issues.total;
  if (!body->scope.items) body->scope = (struct text_lists){nothing, 0};
  document_settle_scope(request, &body->scope, "/scope");
  document_settle_scope(request, &body->comparison_scope, "/comparison_scope");
  if (!body->comparison_scope.items || request->issues.total > before) return;
  bool good = initiative_scope(&body->scope, &request->arena, &scope) && initiative_scope(&body->comparison_scope, &request->arena, &compared);
  if (!good || !scopes_disjoint(&scope, &compared))
    issues_add(&request->issues, TEXT("/comparison_scope"), "overlap",
               "must not share answers with the scope: some dimension has to have values in both, and none in common");
}

void initiative_check(struct request *request, struct initiative_body *body) {
  struct uuid id;
  if (text_trimmed(body->title).length == 0) issues_add(&request->issues, TEXT("/title"), "required", "must say something");
  if (body->baseline.at && !initiative_baseline(body, &id)) issues_add(&request->issues, TEXT("/baseline"), "format", "must be the id of a baseline");
  check_scopes(request, body);
  check_metrics(request, body);
}

// --- What stays -----------------------------------------------------------------------------------------------------

// Once the target is set, these are what it means.
static const char *const FIXED[] = {"metric", "baseline", "target", "scope", "comparison_scope", "guardrails"};

static const struct field *row_named(const struct field_table *table, struct text name) {
  for (size_t i = 0; i < table->count; i++)
    if (text_is(name, table->rows[i].name)) return &table->rows[i];
  return NULL;
}

// One member by itself as JSON; of a record's member {"learned":null}.
static struct text member_text(struct request *request, struct text pointer, const struct initiative_body *body) {
  struct text rest = pointer, name;
  (void)text_cut(&rest, '/');
  name = text_cut(&rest, '/');
  const struct field *row = row_named(&INITIATIVE_FIELDS, name);
  const char *record = (const char *)body;
  if (row && row->kind == FIELD_RECORD && rest.at) {
    record += row->offset;
    row = row_named(row->table, rest);
  }
  return row ? document_text(&(struct field_table){row, 1}, record, &request->arena) : TEXT_NONE;
}

static bool text_ends(struct text text, const char *end) {
  size_t length = strlen(end);
  return text.length >= length && memcmp(text.at + text.length - length, end, length) == 0;
}

// A member that says nothing is null, or an empty list.
static bool says_nothing(struct text member) { return text_ends(member, ":null}") || text_ends(member, ":[]}"); }

static bool is_fixed(enum improvement_step step, struct text pointer) {
  for (size_t i = 0; step > IMPROVEMENT_TARGET && i < sizeof FIXED / sizeof *FIXED; i++)
    if (text_is((struct text){pointer.at + 1, pointer.length - 1}, FIXED[i])) return true;
  return false;
}

static void check_required(struct request *request, enum improvement_step step, const struct initiative_body *stored,
                           const struct initiative_body *body) {
  for (int i = 0; i < IMPROVEMENT_ITEMS; i++) {
    const struct improvement_item_row *row = &IMPROVEMENT_ITEM_ROWS[i];
    struct text pointer = text_of(row->pointer);
    if (row->step >= step || strcmp(row->rule, "required") != 0 || is_fixed(step, pointer)) continue;
    struct text old = member_text(request, pointer, stored), new = member_text(request, pointer, body);
    if (!old.at || !new.at || says_nothing(old) || !says_nothing(new)) continue;
    issues_add(&request->issues, pointer, "passed", "can't be taken away: the step %s rests on it; return to that step first",
               IMPROVEMENT_STEP_NAMES[row->step]);
  }
}

static void check_fixed(struct request *request, const struct initiative_body *stored, const struct initiative_body *body) {
  for (size_t i = 0; i < sizeof FIXED / sizeof *FIXED; i++) {
    struct text pointer = arena_format(&request->arena, "/%s", FIXED[i]);
    struct text old = member_text(request, pointer, stored), new = member_text(request, pointer, body);
    if (!old.at || !new.at || text_equals(old, new)) continue;
    issues_add(&request->issues, pointer, "passed", "can't be changed once the target is set, or it would mean something else; return to %s first",
               IMPROVEMENT_STEP_NAMES[IMPROVEMENT_TARGET]);
  }
}

bool initiative_check_kept(struct request *request, enum improvement_step step, const struct initiative_body *stored,
                           const struct initiative_body *body) {
  size_t before = request->issues.total;
  check_required(request, step, stored, body);
  if (step > IMPROVEMENT_TARGET) check_fixed(request, stored, body);
  return request->issues.total == before;
}

// Reads the options of an import, holds them against the members there are, and binds them to a CSV file's header.
#include "api/import_plan.h"

#include <stdint.h>
#include <string.h>

#include "api/measurement_body.h"
#include "api/response_body.h"
#include "api/ticket_body.h"
#include "base/instant.h"

enum { SHOWN_BYTES_MAX = 80, PLAN_BYTES_MAX = 4 * 1024 * 1024, OPTION_BYTES_MAX = REQUEST_TARGET_BYTES_MAX };

static const size_t NO_CELL = SIZE_MAX;

const char *const IMPORT_OPTIONS[] = {"map", "set", "date_format", "null", NULL};

static const char *const RECORD_NAMES[] = {[IMPORT_TICKETS] = "a ticket", [IMPORT_RESPONSES] = "a response", [IMPORT_MEASUREMENTS] = "a measurement"};

void import_plan_init(struct import_plan *plan, enum import_kind kind, enum import_format format) {
  memset(plan, 0, sizeof *plan);
  plan->kind = kind;
  plan->format = format;
  arena_init(&plan->arena, PLAN_BYTES_MAX);
}

void import_plan_release(struct import_plan *plan) { arena_release(&plan->arena); }

const struct field_table *import_kind_table(enum import_kind kind) {
  static const struct field_table *const TABLES[] = {
      [IMPORT_TICKETS] = &TICKET_IMPORT_FIELDS, [IMPORT_RESPONSES] = &RESPONSE_FIELDS, [IMPORT_MEASUREMENTS] = &MEASUREMENT_FIELDS};
  return TABLES[kind];
}

const struct field_table *import_plan_table(const struct import_plan *plan) { return import_kind_table(plan->kind); }

// What of a name is shown to the client: its beginning, cut between characters.
static struct text shown(struct text name) {
  if (name.length <= SHOWN_BYTES_MAX) return name;
  name.length = SHOWN_BYTES_MAX;
  while (name.length > 0 && ((unsigned char)name.at[name.length] & 0xc0) == 0x80)
    name.length--;
  return name;
}

// Adds the pairs of `value`. The texts are written one behind the other into one piece of memory.
static void add_pairs(struct import_plan *plan, struct import_pairs *pairs, const char *name, struct text value, struct issues *issues) {
  char *out = arena_take(&plan->arena, value.length + 1);
  if (!out) {
    issues_add(issues, text_of(name), "size", "is too large");
    return;
  }
  for (size_t i = 0; i <= value.length; i++) {
    struct import_pair pair = {.member = {out, 0}, .source = TEXT_NONE};
    for (; i < value.length && value.at[i] != ','; i++) {
      if (value.at[i] == '=' && !pair.source.at) {
        pair.member.length = (size_t)(out - pair.member.at);
        pair.source.at = out;
        continue;
      }
      if (value.at[i] == '\\' && i + 1 < value.length) i++;
      *out++ = value.at[i];
    }
    if (pair.source.at) pair.source.length = (size_t)(out - pair.source.at);
    pair.member = text_trimmed(pair.member);
    if (pair.member.length == 0 || pair.source.length == 0) {
      issues_add(issues, text_of(name), "format", "must be pairs such as ref=number between commas; a backslash takes a comma as part of the name");
      return;
    }
    if (pairs->count == IMPORT_PAIRS_MAX) {
      issues_add(issues, text_of(name), "length", "must hold at most %d pairs", IMPORT_PAIRS_MAX);
      return;
    }
    pairs->items[pairs->count++] = pair;
  }
}

static void take_date_format(struct import_plan *plan, struct text value, struct issues *issues) {
  struct text copy = arena_copy(&plan->arena, value);
  if (copy.at && !memchr(value.at, '\0', value.length) && instant_pattern_valid(copy.at)) {
    plan->date_format = copy.at;
    return;
  }
  issues_add(issues, TEXT("date_format"), "format",
             "must name year, month and day by %%Y or %%y, %%m or %%b, %%d, perhaps the time by %%H or %%I with %%p, %%M, %%S, %%f, %%z, each once");
}

void import_plan_option(struct import_plan *plan, const char *name, struct text value, struct issues *issues) {
  if (plan->format != IMPORT_CSV) {
    issues_add(issues, text_of(name), "format", "is for CSV only; NDJSON has its members' names in each line");
    return;
  }
  if (value.length > OPTION_BYTES_MAX || !text_is_utf8(value)) {
    issues_add(issues, text_of(name), "format", "must be UTF-8 of at most %d bytes", OPTION_BYTES_MAX);
    return;
  }
  if (strcmp(name, "map") == 0) {
    plan->mapped = true;
    add_pairs(plan, &plan->map, name, value, issues);
  } else if (strcmp(name, "set") == 0) {
    add_pairs(plan, &plan->set, name, value, issues);
  } else if (strcmp(name, "date_format") == 0) {
    take_date_format(plan, value, issues);
  } else {
    plan->null = arena_copy(&plan->arena, value);
  }
}

// The row of a member such as "ref" or "context.service"; *key is the part behind a map's dot, else absent. NULL when there is none.
static const struct field *member_find(const struct field_table *table, struct text member, struct text *key) {
  *key = TEXT_NONE;
  for (size_t i = 0; i < table->count; i++) {
    const struct field *row = &table->rows[i];
    if (row->flags & FIELD_READ_ONLY) continue;
    if (row->kind != FIELD_TEXT_MAP) {
      if (text_is(member, row->name)) return row;
      continue;
    }
    struct text rest = member;
    if (!text_is(text_cut(&rest, '.'), row->name) || !rest.at || rest.length == 0) continue;
    *key = rest;
    return row;
  }
  return NULL;
}

// Adds an issue at `pointer` unless the record has the member, and the tenant the dimension that it names.
static bool check_member(const struct import_plan *plan, const struct tenant *tenant, struct text pointer, struct text member,
                         struct issues *issues) {
  struct text key, name = shown(member);
  if (!member_find(import_plan_table(plan), member, &key)) {
    issues_add(issues, pointer, "unknown", "names \"%.*s\", which is not a member of %s", (int)name.length, name.at, RECORD_NAMES[plan->kind]);
    return false;
  }
  int slot = key.at ? tenant_dimension_slot(tenant, key) : 1;
  if (slot < 0) {
    issues_add(issues, pointer, "derived", "names \"%.*s\", which is derived by xlad and can't be sent", (int)name.length, name.at);
  } else if (slot == 0) {
    issues_add(issues, pointer, "unknown", "names \"%.*s\", which is not a dimension of this tenant; POST /v1/dimensions adds one", (int)name.length,
               name.at);
  }
  return slot > 0;
}

// True when another pair before this one has its member already.
static bool is_repeated(const struct import_plan *plan, const struct import_pairs *pairs, size_t at) {
  const struct import_pair *pair = &pairs->items[at];
  for (size_t i = 0; i < plan->map.count; i++) {
    if (&plan->map.items[i] == pair) return false;
    if (text_equals(plan->map.items[i].member, pair->member)) return true;
  }
  for (size_t i = 0; i < plan->set.count && &plan->set.items[i] != pair; i++) {
    if (text_equals(plan->set.items[i].member, pair->member)) return true;
  }
  return false;
}

static void check_pairs(const struct import_plan *plan, const struct import_pairs *pairs, const char *name, const struct tenant *tenant,
                        struct issues *issues) {
  for (size_t i = 0; i < pairs->count; i++) {
    struct text member = shown(pairs->items[i].member);
    if (!check_member(plan, tenant, text_of(name), pairs->items[i].member, issues)) continue;
    if (is_repeated(plan, pairs, i)) issues_add(issues, text_of(name), "unique", "gives \"%.*s\" twice", (int)member.length, member.at);
  }
}

bool import_plan_check(const struct import_plan *plan, const struct tenant *tenant, struct issues *issues) {
  check_pairs(plan, &plan->map, "map", tenant, issues);
  check_pairs(plan, &plan->set, "set", tenant, issues);
  return issues->total == 0;
}

static void bind(struct import_plan *plan, struct text member, size_t cell, struct text constant) {
  plan->names[plan->members_count] = member;
  plan->cells[plan->members_count] = cell;
  plan->values[plan->members_count++] = constant;
}

static bool is_bound(const struct import_plan *plan, struct text member) {
  for (size_t i = 0; i < plan->members_count; i++) {
    if (text_equals(plan->names[i], member)) return true;
  }
  return false;
}

static void bind_mapped(struct import_plan *plan, const struct text *header, size_t count, struct issues *issues) {
  for (size_t i = 0; i < plan->map.count; i++) {
    const struct import_pair *pair = &plan->map.items[i];
    struct text name = shown(pair->source);
    size_t found = NO_CELL, times = 0;
    for (size_t k = 0; k < count; k++) {
      if (!text_equals(text_trimmed(header[k]), text_trimmed(pair->source))) continue;
      found = k;
      times++;
    }
    if (times == 1) {
      bind(plan, pair->member, found, TEXT_NONE);
    } else {
      issues_add(issues, TEXT("map"), times ? "unique" : "unknown", "names the column \"%.*s\", which the file has %s", (int)name.length, name.at,
                 times ? "more than once" : "not");
    }
  }
}

// Without a map the header has to name members.
static void bind_named(struct import_plan *plan, const struct tenant *tenant, const struct text *header, size_t count, struct issues *issues) {
  for (size_t i = 0; i < count; i++) {
    struct text name = text_trimmed(header[i]), part = shown(name);
    if (!check_member(plan, tenant, TEXT("header"), name, issues)) continue;
    struct text copy = arena_copy(&plan->arena, name);
    if (!copy.at || is_bound(plan, name)) {
      issues_add(issues, TEXT("header"), "unique", "names \"%.*s\" twice", (int)part.length, part.at);
    } else {
      bind(plan, copy, i, TEXT_NONE);
    }
  }
}

static void check_required(const struct import_plan *plan, struct issues *issues) {
  const struct field_table *table = import_plan_table(plan);
  for (size_t i = 0; i < table->count; i++) {
    const struct field *row = &table->rows[i];
    if ((row->flags & (FIELD_REQUIRED | FIELD_READ_ONLY)) != FIELD_REQUIRED || is_bound(plan, text_of(row->name))) continue;
    issues_add(issues, plan->mapped ? TEXT("map") : TEXT("header"), "required", "names no column for \"%s\", which is required", row->name);
  }
}

bool import_plan_bind(struct import_plan *plan, const struct tenant *tenant, const struct text *header, size_t count, struct issues *issues) {
  size_t most = (plan->mapped ? plan->map.count : count) + plan->set.count;
  plan->names = arena_take_array(&plan->arena, most, sizeof *plan->names);
  plan->values = arena_take_array(&plan->arena, most, sizeof *plan->values);
  plan->cells = arena_take_array(&plan->arena, most, sizeof *plan->cells);
  plan->cells_count = count;
  if (!plan->names || !plan->values || !plan->cells) {
    issues_add(issues, TEXT("header"), "size", "is too large");
    return false;
  }
  for (size_t i = 0; i < count; i++) {
    if (text_is_utf8(header[i])) continue;
    issues_add(issues, TEXT("header"), "format", "must be UTF-8; the name of column %zu is not", i + 1);
    return false;
  }
  if (plan->mapped) {
    bind_mapped(plan, header, count, issues);
  } else {
    bind_named(plan, tenant, header, count, issues);
  }
  for (size_t i = 0; i < plan->set.count; i++) {
    const struct import_pair *pair = &plan->set.items[i];
    struct text name = shown(pair->member);
    if (is_bound(plan, pair->member)) {
      issues_add(issues, TEXT("set"), "unique", "gives \"%.*s\", which is a column of the file", (int)name.length, name.at);
    } else {
      bind(plan, pair->member, NO_CELL, pair->source);
    }
  }
  if (issues->total == 0) check_required(plan, issues);
  return issues->total == 0;
}

struct field_cells import_plan_cells(struct import_plan *plan, const struct text *cells) {
  for (size_t i = 0; i < plan->members_count; i++) {
    if (plan->cells[i] == NO_CELL) continue;
    struct text cell = cells[plan->cells[i]];
    bool null = cell.length == 0 || (plan->null.at && text_equals(cell, plan->null));
    plan->values[i] = null ? TEXT_NONE : cell;
  }
  return (struct field_cells){plan->names, plan->values, plan->members_count, plan->date_format};
}

// Reads, completes and checks the rules of a source.
#include "api/source_body.h"

#include <string.h>

#include "base/buffer.h"
#include "json/pointer.h"

enum { TITLE_CHARS_MAX = NAME_CHARS_MAX, CONDITION_VALUES_MAX = SOURCE_VALUES_MAX };

#define RULE(member_)      .name = #member_, .offset = offsetof(struct source_rule_body, member_)
#define CONDITION(member_) .name = #member_, .offset = offsetof(struct source_condition_body, member_)
#define MAPPING(member_)   .name = #member_, .offset = offsetof(struct source_mapping_body, member_)
#define SIGNATURE(member_) .name = #member_, .offset = offsetof(struct signature, member_)
#define BODY(member_)      .name = #member_, .offset = offsetof(struct source_body, member_)
#define LINE(most)         .kind = FIELD_TEXT, .flags = FIELD_NO_CONTROL, .min = 1, .max = (most)
#define PLACES             .kind = FIELD_TEXT_LIST, .min = 0, .max = SOURCE_PATH_CHARS_MAX, .count_max = SOURCE_PLACES_MAX

static const struct field RULE_ROWS[] = {
    {RULE(member), .kind = FIELD_TEXT, .flags = FIELD_REQUIRED | FIELD_NO_CONTROL, .min = 1, .max = NAME_CHARS_MAX},
    {RULE(from), PLACES},
    {RULE(values), .kind = FIELD_TEXT_MAP, .min = 0, .max = SOURCE_VALUE_CHARS_MAX, .count_max = SOURCE_VALUES_MAX},
    {RULE(unlisted), .kind = FIELD_ENUM, .choices = SOURCE_UNLISTED_NAMES},
    {RULE(format), LINE(NAME_CHARS_MAX)},
    {.name = "default", .offset = offsetof(struct source_rule_body, otherwise), LINE(SOURCE_VALUE_CHARS_MAX)},
};
static const struct field_table RULE_FIELDS = {RULE_ROWS, sizeof RULE_ROWS / sizeof *RULE_ROWS};

static const struct field CONDITION_ROWS[] = {
    {CONDITION(from), PLACES, .flags = FIELD_REQUIRED},
    {CONDITION(values), .kind = FIELD_TEXT_LIST, .flags = FIELD_REQUIRED, .min = 1, .max = SOURCE_VALUE_CHARS_MAX, .count_max = CONDITION_VALUES_MAX},
};
static const struct field_table CONDITION_FIELDS = {CONDITION_ROWS, sizeof CONDITION_ROWS / sizeof *CONDITION_ROWS};

static const struct field MAPPING_ROWS[] = {
    {MAPPING(at), PLACES},
    {MAPPING(only), .kind = FIELD_RECORD_LIST, .flags = FIELD_OMIT_NULL, .count_max = SOURCE_CONDITIONS_MAX, .table = &CONDITION_FIELDS,
     .size = sizeof(struct source_condition_body)},
    {MAPPING(resolved), .kind = FIELD_RECORD, .table = &CONDITION_FIELDS},
    {MAPPING(members), .kind = FIELD_RECORD_LIST, .count_max = SOURCE_RULES_MAX, .table = &RULE_FIELDS, .size = sizeof(struct source_rule_body)},
    {MAPPING(untested), .kind = FIELD_BOOL},
};
static const struct field_table MAPPING_FIELDS = {MAPPING_ROWS, sizeof MAPPING_ROWS / sizeof *MAPPING_ROWS};

static const struct field SIGNATURE_ROWS[] = {
    {SIGNATURE(scheme), .kind = FIELD_ENUM, .flags = FIELD_REQUIRED, .choices = SIGNATURE_SCHEMES},
    {SIGNATURE(header), LINE(SOURCE_HEADER_CHARS_MAX)},
    {SIGNATURE(prefix), LINE(SOURCE_HEADER_CHARS_MAX)},
    {SIGNATURE(algorithm), .kind = FIELD_ENUM, .choices = SIGNATURE_ALGORITHMS},
    {SIGNATURE(encoding), .kind = FIELD_ENUM, .choices = SIGNATURE_ENCODINGS},
    {SIGNATURE(content), .kind = FIELD_ENUM, .choices = SIGNATURE_CONTENTS},
    {SIGNATURE(timestamp_header), LINE(SOURCE_HEADER_CHARS_MAX)},
    {SIGNATURE(user), LINE(SOURCE_HEADER_CHARS_MAX)},
};
static const struct field_table SIGNATURE_FIELDS = {SIGNATURE_ROWS, sizeof SIGNATURE_ROWS / sizeof *SIGNATURE_ROWS};

#define MAPPED(name_, record) \
  { .name = (name_), .kind = FIELD_RECORD, .offset = offsetof(struct source_body, mappings[record]), .table = &MAPPING_FIELDS }

static const struct field ROWS[] = {
    {BODY(name), LINE(SLUG_CHARS_MAX)},
    {BODY(preset), LINE(NAME_CHARS_MAX)},
    {BODY(title), LINE(TITLE_CHARS_MAX)},
    {BODY(signature), .kind = FIELD_RECORD, .table = &SIGNATURE_FIELDS},
    {BODY(time_zone), LINE(TIME_ZONE_CHARS_MAX)},
    MAPPED("ticket", RECORD_TICKET),
    MAPPED("response", RECORD_RESPONSE),
    {BODY(created_at), .kind = FIELD_INSTANT, .flags = FIELD_WRITE_ONLY},
    {.name = "revision", .kind = FIELD_INT, .flags = FIELD_IGNORED},
    {.name = "old_secret_until", .kind = FIELD_INT, .flags = FIELD_IGNORED},
};
const struct field_table SOURCE_FIELDS = {ROWS, sizeof ROWS / sizeof *ROWS};

bool source_member_computed(size_t row) {
  return (ROWS[row].flags & (FIELD_IGNORED | FIELD_WRITE_ONLY)) != 0 || ROWS[row].offset == offsetof(struct source_body, name);
}

// --- From a preset

// What is filled in; the first text that finds no memory fails it all.
struct filler {
  struct arena *arena;
  bool failed;
};

static void *take(struct filler *filler, size_t count, size_t size) {
  void *taken = arena_take_array(filler->arena, count + 1, size);
  filler->failed |= !taken;
  return taken;
}

static struct text_list fill_texts(struct filler *filler, const struct text *texts, size_t count) {
  struct text_list list = {.items = take(filler, count, sizeof *list.items)};
  for (size_t i = 0; list.items && i < count; i++)
    list.items[list.count++] = texts[i];
  return list;
}

static struct text_list fill_places(struct filler *filler, const struct source_places *places) {
  size_t count = 0;
  while (count < SOURCE_PLACES_MAX && places->at[count].at)
    count++;
  return fill_texts(filler, places->at, count);
}

static struct source_condition_body fill_condition(struct filler *filler, const struct source_condition *condition) {
  return (struct source_condition_body){fill_places(filler, &condition->from), fill_texts(filler, condition->values, condition->values_count)};
}

static struct source_rule_body fill_rule(struct filler *filler, const struct source_rule *rule) {
  struct source_rule_body body = {.member = rule->member, .unlisted = ABSENT, .format = rule->format, .otherwise = rule->otherwise};
  if (rule->from.at[0].at) body.from = fill_places(filler, &rule->from);
  if (rule->values_count == 0) return body;
  body.unlisted = rule->unlisted;
  body.values.items = take(filler, rule->values_count, sizeof *body.values.items);
  for (size_t i = 0; body.values.items && i < rule->values_count; i++)
    body.values.items[body.values.count++] = (struct text_pair){rule->values[i].from, rule->values[i].to};
  return body;
}

static void fill_mapping(struct filler *filler, const struct source_mapping *mapping, struct source_mapping_body *body) {
  struct source_condition_body *only = take(filler, mapping->only_count, sizeof *only);
  struct source_rule_body *rules = take(filler, mapping->rules_count, sizeof *rules);
  body->at = fill_places(filler, &mapping->at);
  for (size_t i = 0; only && i < mapping->only_count; i++)
    only[i] = fill_condition(filler, &mapping->only[i]);
  if (mapping->only_count > 0) body->only = (struct record_list){only, mapping->only_count};
  if (mapping->resolved.values_count > 0) body->resolved = fill_condition(filler, &mapping->resolved);
  for (size_t i = 0; rules && i < mapping->rules_count; i++)
    rules[i] = fill_rule(filler, &mapping->rules[i]);
  body->members = (struct record_list){rules, mapping->rules_count};
  body->untested = mapping->untested ? 1 : ABSENT;
}

// --- To the rules

static void place_texts(const struct text_list *list, struct source_places *places) {
  for (size_t i = 0; i < list->count && i < SOURCE_PLACES_MAX; i++)
    places->at[i] = list->items[i];
}

static struct source_condition condition_of(const struct source_condition_body *body) {
  struct source_condition condition = {.values = body->values.items, .values_count = body->values.count};
  place_texts(&body->from, &condition.from);
  return condition;
}

static struct source_rule rule_of(struct filler *filler, const struct source_rule_body *body) {
  struct source_pair *pairs = take(filler, body->values.count, sizeof *pairs);
  struct source_rule rule = {.member = body->member,
                             .values = pairs,
                             .values_count = pairs ? body->values.count : 0,
                             .unlisted = body->unlisted == ABSENT ? UNLISTED_REFUSE : body->unlisted,
                             .format = body->format,
                             .otherwise = body->otherwise};
  place_texts(&body->from, &rule.from);
  for (size_t i = 0; i < rule.values_count; i++)
    pairs[i] = (struct source_pair){body->values.items[i].name, body->values.items[i].value};
  return rule;
}

const struct source_mapping *source_body_mapping(const struct source_body *body, enum source_record record, struct arena *arena, bool *failed) {
  const struct source_mapping_body *from = &body->mappings[record];
  const struct source_rule_body *rule_bodies = from->members.items;
  const struct source_condition_body *only_bodies = from->only.items;
  struct filler filler = {arena, false};
  if (!rule_bodies) return NULL;
  struct source_mapping *mapping = take(&filler, 1, sizeof *mapping);
  struct source_condition *only = take(&filler, from->only.count, sizeof *only);
  struct source_rule *rules = take(&filler, from->members.count, sizeof *rules);
  *failed |= filler.failed;
  if (filler.failed) return NULL;
  place_texts(&from->at, &mapping->at);
  for (size_t i = 0; i < from->only.count; i++)
    only[i] = condition_of(&only_bodies[i]);
  for (size_t i = 0; i < from->members.count; i++)
    rules[i] = rule_of(&filler, &rule_bodies[i]);
  mapping->only = only;
  mapping->only_count = from->only.count;
  mapping->resolved = condition_of(&from->resolved);
  mapping->rules = rules;
  mapping->rules_count = from->members.count;
  *failed |= filler.failed;
  return filler.failed ? NULL : mapping;
}

// --- Checks

// What is being checked.
struct desk {
  struct source_body *body;
  const struct tenant *tenant;
  struct issues *issues;
  enum source_record record;
};

// The pointer of a mapping's member.
static struct text pointer_to(const struct desk *desk, const char *list, size_t i, const char *member) {
  return arena_format(desk->issues->arena, "/%s/%s/%zu/%s", SOURCE_RECORD_NAMES[desk->record], list, i, member);
}

static bool is_place(struct text place) { return pointer_valid(place) || (place.length > 1 && place.at[0] == '?'); }

static void check_places(const struct desk *desk, const struct text_list *places, struct text pointer) {
  for (size_t i = 0; i < places->count; i++)
    if (!is_place(places->items[i]))
      issues_add(desk->issues, arena_format(desk->issues->arena, "%.*s/%zu", (int)pointer.length, pointer.at, i), "format",
                 "must be a JSON pointer such as /issue/key, or ?name for a parameter of the address");
}

static void check_rule(const struct desk *desk, const struct source_rule_body *rules, size_t i) {
  const struct source_rule_body *rule = &rules[i];
  struct issues *issues = desk->issues;
  struct text dimension;
  enum source_kind kind;
  bool known = source_member_find(desk->record, rule->member, &kind, &dimension);
  int slot = dimension.at ? tenant_dimension_slot(desk->tenant, dimension) : 1;
  if (!known) issues_add(issues, pointer_to(desk, "members", i, "member"), "unknown", "is not a member of a %s", SOURCE_RECORD_NAMES[desk->record]);
  if (known && slot == 0)
    issues_add(issues, pointer_to(desk, "members", i, "member"), "unknown", "names no dimension of this tenant; POST /v1/dimensions adds one");
  if (slot < 0)
    issues_add(issues, pointer_to(desk, "members", i, "member"), "derived", "names a dimension that is derived by xlad and can't be sent");
  for (size_t k = 0; k < i; k++)
    if (text_equals(rules[k].member, rule->member))
      issues_add(issues, pointer_to(desk, "members", i, "member"), "unique", "has a rule already; name several places in its \"from\"");
  if (rule->from.count == 0 && !rule->otherwise.at)
    issues_add(issues, pointer_to(desk, "members", i, "from"), "required", "must name a place, unless there is a \"default\"");
  check_places(desk, &rule->from, pointer_to(desk, "members", i, "from"));
  if (known && rule->format.at && !source_format_valid(kind, rule->format))
    issues_add(
        issues, pointer_to(desk, "members", i, "format"), "format",
        "must be, for a time, unix, unix_ms, or a pattern of %%Y or %%y, %%m or %%b, %%d, %%H or %%I with %%p, %%M, %%S, %%f, %%z, each once; for "
        "minutes, seconds or duration; for anything else there is none");
  if (rule->unlisted != ABSENT && rule->values.count == 0)
    issues_add(issues, pointer_to(desk, "members", i, "unlisted"), "required", "needs a table of values");
}

static bool has_rule(const struct source_mapping_body *mapping, const char *member) {
  const struct source_rule_body *rules = mapping->members.items;
  for (size_t i = 0; i < mapping->members.count; i++)
    if (text_is(rules[i].member, member)) return true;
  return false;
}

static void check_mapping(struct desk *desk, enum source_record record) {
  const struct source_mapping_body *mapping = &desk->body->mappings[record];
  const char *name = SOURCE_RECORD_NAMES[record];
  const struct source_condition_body *only = mapping->only.items;
  struct arena *arena = desk->issues->arena;
  desk->record = record;
  if (!mapping->members.items && (mapping->at.items || mapping->only.items || mapping->resolved.values.items))
    issues_add(desk->issues, arena_format(arena, "/%s/members", name), "required", "is required");
  if (!mapping->members.items) return;
  for (const char *const *required = SOURCE_REQUIRED[record]; *required; required++)
    if (!has_rule(mapping, *required))
      issues_add(desk->issues, arena_format(arena, "/%s/members", name), "required", "must have a rule for \"%s\"", *required);
  for (size_t i = 0; i < mapping->at.count; i++)
    if (!pointer_valid(mapping->at.items[i]))
      issues_add(desk->issues, arena_format(arena, "/%s/at/%zu", name, i), "format",
                 "must be a JSON pointer such as /result, or empty for the body itself");
  for (size_t i = 0; i < mapping->only.count; i++)
    check_places(desk, &only[i].from, pointer_to(desk, "only", i, "from"));
  check_places(desk, &mapping->resolved.from, arena_format(arena, "/%s/resolved/from", name));
  if (record == RECORD_RESPONSE && mapping->resolved.values.items)
    issues_add(desk->issues, TEXT("/response/resolved"), "unknown", "is for tickets only");
  for (size_t i = 0; i < mapping->members.count; i++)
    check_rule(desk, mapping->members.items, i);
}

static void settle_signature(const struct desk *desk) {
  struct signature *signature = &desk->body->signature;
  struct issues *issues = desk->issues;
  if (signature->scheme == ABSENT) {
    issues_add(issues, TEXT("/signature"), "required", "is required: what a tool sends must be proved, by \"hmac\", \"basic\" or \"token\"");
    return;
  }
  bool hmac = signature->scheme == SIGNATURE_HMAC, basic = signature->scheme == SIGNATURE_BASIC;
  if (hmac && signature->algorithm == ABSENT) signature->algorithm = SIGNATURE_SHA256;
  if (hmac && signature->encoding == ABSENT) signature->encoding = SIGNATURE_HEX;
  if (hmac && signature->content == ABSENT) signature->content = SIGNATURE_BODY;
  if (!signature->header.at && !basic) signature->header = hmac ? TEXT("X-Xlad-Signature") : TEXT("X-Xlad-Token");
  if (basic && !signature->user.at) signature->user = TEXT("xlad");
  if (basic && memchr(signature->user.at, ':', signature->user.length))
    issues_add(issues, TEXT("/signature/user"), "format", "must not hold a colon");
  if (!basic && signature->user.at) issues_add(issues, TEXT("/signature/user"), "unknown", "is for \"basic\" only");
  if (!hmac && (signature->algorithm != ABSENT || signature->encoding != ABSENT || signature->content != ABSENT || signature->timestamp_header.at))
    issues_add(issues, TEXT("/signature"), "unknown", "algorithm, encoding, content and timestamp_header are for \"hmac\" only");
  if (hmac && signature->content != SIGNATURE_BODY && !signature->timestamp_header.at)
    issues_add(issues, TEXT("/signature/timestamp_header"), "required", "must name the header whose timestamp is signed, too");
}

static void settle_preset(const struct desk *desk) {
  struct source_body *body = desk->body;
  const struct source_preset *preset = source_preset_find(body->preset);
  struct filler filler = {desk->issues->arena, false};
  size_t count;
  if (!preset) {
    struct text names = TEXT("");
    for (size_t i = 0; source_preset_at(i, &count); i++)
      names = arena_format(filler.arena, "%.*s%s%s", (int)names.length, names.at, i > 0 ? ", " : "", source_preset_at(i, &count)->name);
    issues_add(desk->issues, TEXT("/preset"), "enum", "must be one of %.*s, or be left out", (int)names.length, names.at);
    return;
  }
  if (body->signature.scheme == ABSENT) body->signature = preset->signature;
  for (unsigned i = 0; i < RECORD_KINDS; i++) {
    struct source_mapping_body *mapping = &body->mappings[i];
    bool given = mapping->members.items || mapping->at.items || mapping->only.items || mapping->resolved.values.items;
    if (!given && preset->mappings[i]) fill_mapping(&filler, preset->mappings[i], mapping);
  }
  if (filler.failed) issues_add(desk->issues, TEXT(""), "size", "is too large");
}

bool source_body_settle(struct source_body *body, const struct tenant *tenant, struct issues *issues) {
  struct desk desk = {.body = body, .tenant = tenant, .issues = issues};
  size_t before = issues->total;
  if (!tenant_slug_valid(body->name))
    issues_add(issues, TEXT("/name"), "format", "must be up to %d of a-z, 0-9 and -, and not begin with -", SLUG_CHARS_MAX);
  if (!body->time_zone.at) body->time_zone = TEXT("UTC");
  if (body->preset.at) settle_preset(&desk);
  settle_signature(&desk);
  for (unsigned i = 0; i < RECORD_KINDS; i++) {
    struct source_mapping_body *mapping = &body->mappings[i];
    if (mapping->members.items && !mapping->at.items) mapping->at = fill_texts(&(struct filler){issues->arena, false}, &TEXT(""), 1);
    check_mapping(&desk, (enum source_record)i);
  }
  if (!body->mappings[RECORD_TICKET].members.items && !body->mappings[RECORD_RESPONSE].members.items)
    issues_add(issues, TEXT(""), "required", "must have a preset, or rules for a \"ticket\" or a \"response\"");
  return issues->total == before;
}

struct text source_body_text(const struct source_body *body, struct arena *arena) {
  struct buffer out;
  struct json_writer json;
  buffer_init(&out, BODY_BYTES_MAX);
  json_start(&json, &out);
  json_object(&json);
  fields_write(&SOURCE_FIELDS, body, &json);
  json_object_end(&json);
  struct text text = out.failed ? TEXT_NONE : arena_copy(arena, buffer_view(&out));
  buffer_release(&out);
  return text;
}

void source_write(struct json_writer *json, const struct source_row *source, const struct text *secret) {
  // Members that follow go on within its braces.
  json_raw(json, (struct text){source->content.at, source->content.length - 1});
  json->comma = true;
  json_member_int(json, "revision", source->revision);
  json_member_instant(json, "created_at", source->created_at);
  json_member_instant(json, "old_secret_until", source->old_secret_until);
  if (secret) json_member_text(json, "secret", *secret);
  json_object_end(json);
}

// A source as JSON: the rules by which a tool's payload becomes a ticket or a response.
#ifndef XLAD_API_SOURCE_BODY_H
#define XLAD_API_SOURCE_BODY_H

#include "domain/source_preset.h"
#include "domain/tenant.h"
#include "store/source_store.h"
#include "json/fields.h"

struct source_rule_body {
  struct text member;
  struct text_list from;
  struct text_map values;
  int64_t unlisted;
  struct text format, otherwise;
};

struct source_condition_body {
  struct text_list from, values;
};

struct source_mapping_body {
  struct text_list at;
  struct record_list only;  // struct source_condition_body
  struct source_condition_body resolved;
  struct record_list members;  // struct source_rule_body
  int64_t untested;
};

struct source_body {
  struct text name, preset, title;
  struct signature signature;
  struct text time_zone;
  struct source_mapping_body mappings[RECORD_KINDS];
  int64_t created_at;  // as a client says
};

extern const struct field_table SOURCE_FIELDS;
// Members that only the service sets: a patch can't hold them.
bool source_member_computed(size_t row);

// Fills what was left out, from the preset where one is named, and checks. The arena is that of `issues`. False after issues, with JSON pointers.
bool source_body_settle(struct source_body *body, const struct tenant *tenant, struct issues *issues);
// The document as it is stored and shown; absent when memory is out.
struct text source_body_text(const struct source_body *body, struct arena *arena);

// The rules of a body that was settled; in the arena. NULL: it has none for such records, or memory is out (*failed).
const struct source_mapping *source_body_mapping(const struct source_body *body, enum source_record record, struct arena *arena, bool *failed);

// Writes the document and what the service adds. `secret`: in the one answer that shows it; else NULL.
void source_write(struct json_writer *json, const struct source_row *source, const struct text *secret);

#endif

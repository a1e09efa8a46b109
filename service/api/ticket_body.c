// Reads, checks and writes tickets.
#include "api/ticket_body.h"

#include <string.h>

#include "base/buffer.h"
#include "base/instant.h"
#include "domain/dimension.h"

#define COST_CENTS_MAX INT64_C(1000000000)

#define AT(member)     .offset = offsetof(struct ticket_body, member)
#define FACT(member)   .offset = offsetof(struct ticket_body, facts.member)
#define YES_NO(member) \
  { .name = #member, .kind = FIELD_BOOL, FACT(member) }
#define TIME(member) \
  { .name = #member, .kind = FIELD_INSTANT, FACT(member) }
#define COUNT(member, most) \
  { .name = #member, .kind = FIELD_INT, FACT(member), .min = 0, .max = (most) }

#define TICKET_ROWS                                                                                                                                 \
  {.name = "kind", .kind = FIELD_ENUM, FACT(kind), .choices = TICKET_KINDS},                                                                        \
      {.name = "opened_at", .kind = FIELD_INSTANT, .flags = FIELD_REQUIRED, FACT(opened_at)}, TIME(responded_at), TIME(repaired_at),                \
      TIME(resolved_at), TIME(closed_at), COUNT(reassignments, REASSIGNMENTS_MAX), COUNT(reopens, REASSIGNMENTS_MAX), YES_NO(sla_met),              \
      COUNT(handle_minutes, HANDLE_MINUTES_MAX), {.name = "cost", .kind = FIELD_MONEY, FACT(cost), .min = 0, .max = COST_CENTS_MAX},                \
      YES_NO(first_level_resolved), YES_NO(level0_solvable), YES_NO(miscategorised), YES_NO(known_problem), YES_NO(known_resolution),               \
      {.name = "business_impact", .kind = FIELD_INT, FACT(business_impact), .min = 1, .max = 5},                                                    \
      {.name = "requester", .kind = FIELD_TEXT, .flags = FIELD_WRITE_ONLY, AT(requester), .min = 1, .max = PERSON_CHARS_MAX},                       \
      {.name = "agents",                                                                                                                            \
       .kind = FIELD_TEXT_LIST,                                                                                                                     \
       .flags = FIELD_WRITE_ONLY,                                                                                                                   \
       AT(agents),                                                                                                                                  \
       .min = 1,                                                                                                                                    \
       .max = PERSON_CHARS_MAX,                                                                                                                     \
       .count_max = AGENTS_MAX},                                                                                                                    \
  {                                                                                                                                                 \
    .name = "context", .kind = FIELD_TEXT_MAP, .flags = FIELD_NO_CONTROL | FIELD_WRITE_ONLY, AT(context), .min = 1, .max = CONTEXT_VALUE_CHARS_MAX, \
    .count_max = DIMENSIONS_MAX                                                                                                                     \
  }

static const struct field ROWS[] = {TICKET_ROWS};
static const struct field IMPORT_ROWS[] = {
    {.name = "ref", .kind = FIELD_TEXT, .flags = FIELD_REQUIRED | FIELD_NO_CONTROL, AT(ref), .min = 1, .max = REF_CHARS_MAX}, TICKET_ROWS};

const struct field_table TICKET_FIELDS = {ROWS, sizeof ROWS / sizeof *ROWS};
const struct field_table TICKET_IMPORT_FIELDS = {IMPORT_ROWS, sizeof IMPORT_ROWS / sizeof *IMPORT_ROWS};

bool ticket_ref_check(struct text ref, struct text pointer, struct issues *issues) {
  if (ref.length > 0 && text_chars(ref) <= REF_CHARS_MAX && !text_has_control(ref)) return true;
  issues_add(issues, pointer, "length", "must have 1 to %d characters and no control characters", REF_CHARS_MAX);
  return false;
}

static struct text context_json(const struct text_map *context, struct arena *arena) {
  struct buffer out;
  struct json_writer json;
  buffer_init(&out, 2 * BODY_BYTES_MAX);
  json_start(&json, &out);
  json_object(&json);
  for (size_t i = 0; i < context->count; i++) {
    json_name_text(&json, context->items[i].name);
    json_text(&json, context->items[i].value);
  }
  json_object_end(&json);
  struct text copy = out.failed ? TEXT_NONE : arena_copy(arena, buffer_view(&out));
  buffer_release(&out);
  return copy;
}

static void place(struct ticket_write *ticket, struct text *values, int slot, struct text value) {
  values[slot - 1] = value;
  if ((size_t)slot > ticket->values_count) ticket->values_count = (size_t)slot;
}

// How many slots there are: up to the highest dimension's.
static size_t count_slots(const struct tenant *tenant) {
  size_t slots = 0;
  for (size_t i = 0; i < tenant->dimensions_count; i++)
    if ((size_t)tenant->dimensions[i].id > slots) slots = (size_t)tenant->dimensions[i].id;
  return slots;
}

// Sorts the context into the places of its dimensions. The dimension `kind` follows the ticket's kind unless it is sent.
static bool file_context(const struct text_map *context, const struct tenant *tenant, struct arena *arena, struct issues *issues,
                         struct ticket_write *ticket) {
  struct text *values = arena_take_array(arena, count_slots(tenant) + 1, sizeof *values);
  if (!values) return false;
  ticket->values = values;
  ticket->values_count = 0;
  ticket->context = context_json(context, arena);
  if (!ticket->context.at) return false;
  int kind = tenant_dimension_slot(tenant, TEXT("kind"));
  if (kind > 0) place(ticket, values, kind, text_of(TICKET_KINDS[ticket->facts.kind]));
  for (size_t i = 0; i < context->count; i++) {
    const struct text_pair *pair = &context->items[i];
    int slot = tenant_dimension_slot(tenant, pair->name);
    if (slot <= 0) {
      struct text pointer = arena_format(arena, "/context/%.*s", (int)pair->name.length, pair->name.at);
      if (slot < 0)
        issues_add(issues, pointer, "derived", "is derived by xlad from the ticket and can't be sent");
      else
        issues_add(issues, pointer, "unknown", "is not a dimension of this tenant; POST /v1/dimensions adds one");
      continue;
    }
    place(ticket, values, slot, pair->value);
  }
  return true;
}

static bool file_people(const struct ticket_body *body, const struct tenant *tenant, struct arena *arena, struct ticket_write *ticket) {
  ticket->requester = ticket->agents = TEXT_NONE;
  if (body->requester.at) {
    uint8_t *person = arena_take(arena, PERSON_BYTES);
    if (!person) return false;
    digest_person(tenant->secret, sizeof tenant->secret, body->requester, person);
    ticket->requester = (struct text){(const char *)person, PERSON_BYTES};
  }
  if (body->agents.count > 0) {
    uint8_t *people = arena_take_array(arena, body->agents.count, PERSON_BYTES);
    if (!people) return false;
    for (size_t i = 0; i < body->agents.count; i++)
      digest_person(tenant->secret, sizeof tenant->secret, body->agents.items[i], people + i * PERSON_BYTES);
    ticket->agents = (struct text){(const char *)people, body->agents.count * PERSON_BYTES};
  }
  return true;
}

enum err ticket_body_file(const struct ticket_body *body, struct text ref, const struct tenant *tenant, struct arena *arena, struct issues *issues,
                          struct ticket_write *ticket) {
  ticket->row.tenant = &tenant->id;
  ticket->ref = ref;
  ticket->facts = body->facts;
  if (ticket->facts.kind == ABSENT) ticket->facts.kind = 0;
  ticket_check(&body->facts, instant_now(), issues);
  if (!file_context(&body->context, tenant, arena, issues, ticket) || !file_people(body, tenant, arena, ticket)) return ERR_UNAVAILABLE;
  ticket->row.hash = text_hash(TEXT_HASH, ref);
  return issues->total > 0 ? ERR_INVALID : ERR_NONE;
}

struct text person_id(struct text person, struct arena *arena) {
  if (person.length != PERSON_BYTES) return TEXT_NONE;
  char hex[2 * PERSON_BYTES];
  text_hex((const uint8_t *)person.at, PERSON_BYTES, hex);
  return arena_copy(arena, (struct text){hex, sizeof hex});
}

void ticket_row_write(const struct ticket_row *ticket, struct json_writer *json, struct arena *arena) {
  struct ticket_body body = {.facts = ticket->facts};
  bool resolved = ticket->facts.resolved_at != ABSENT || ticket->facts.closed_at != ABSENT;
  json_object(json);
  json_member_text(json, "ref", ticket->ref);
  json_member_string(json, "state", resolved ? "resolved" : "open");
  json_member_int(json, "resolution", ticket->resolution_no);
  fields_write(&TICKET_FIELDS, &body, json);
  json_member_text(json, "requester_id", person_id(ticket->requester, arena));
  json_name(json, "agent_ids");
  json_array(json);
  for (size_t i = 0; i + PERSON_BYTES <= ticket->agents.length; i += PERSON_BYTES)
    json_text(json, person_id((struct text){ticket->agents.at + i, PERSON_BYTES}, arena));
  json_array_end(json);
  json_name(json, "context");
  json_raw(json, ticket->context);
  json_member_bool(json, "context_frozen", ticket->context_frozen);
  json_member_int(json, "revision", ticket->revision);
  json_member_instant(json, "created_at", ticket->created_at);
  json_member_instant(json, "updated_at", ticket->updated_at);
  json_object_end(json);
}

// Reads, checks and writes tickets.
#include "api/ticket_body.h"

#include <string.h>

#include "api/context_body.h"
#include "api/invitation_json.h"
#include "base/instant.h"

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

// The dimension `kind` follows the ticket's kind unless it is sent.
static bool file_context(const struct text_map *context, const struct tenant *tenant, struct arena *arena, struct issues *issues,
                         struct ticket_write *ticket) {
  struct context_body filed;
  int kind = tenant_dimension_slot(tenant, TEXT("kind"));
  if (!context_body_file(context, tenant, arena, issues, &filed)) return false;
  if (kind > 0 && !filed.values[kind - 1].at) context_body_place(&filed, kind, text_of(TICKET_KINDS[ticket->facts.kind]));
  ticket->context = filed.json;
  ticket->values = filed.values;
  ticket->values_count = filed.count;
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
  ticket->asks = tenant->asks;
  if (ticket->asks) ticket->offer = invitation_offer_make(tenant, ref);
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
}

// A ticket as JSON or as a line of an import, and the way from there to the store.
#ifndef XLAD_API_TICKET_BODY_H
#define XLAD_API_TICKET_BODY_H

#include "domain/tenant.h"
#include "store/ticket_store.h"
#include "json/fields.h"

struct ticket_body {
  struct text ref;  // imports only
  struct ticket_facts facts;
  struct text requester;
  struct text_list agents;
  struct text_map context;
};

extern const struct field_table TICKET_FIELDS;         // of PUT
extern const struct field_table TICKET_IMPORT_FIELDS;  // with ref

// Checks what the fields can't, and fills `ticket` for the tenant. ERR_INVALID with all issues; ERR_UNAVAILABLE out of memory. `ref` is the ticket's.
enum err ticket_body_file(const struct ticket_body *body, struct text ref, const struct tenant *tenant, struct arena *arena, struct issues *issues,
                          struct ticket_write *ticket);
// False, with an issue at `pointer`, when the ref is empty, too long, or holds control characters.
bool ticket_ref_check(struct text ref, struct text pointer, struct issues *issues);

// The ticket as GET gives it; the object stays open.
void ticket_row_write(const struct ticket_row *ticket, struct json_writer *json, struct arena *arena);

// Hexadecimal of a person's hash; absent when there is none.
struct text person_id(struct text person, struct arena *arena);

#endif

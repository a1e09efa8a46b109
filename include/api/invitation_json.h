// Invitations as JSON.
#ifndef XLAD_API_INVITATION_JSON_H
#define XLAD_API_INVITATION_JSON_H

#include "base/arena.h"
#include "domain/tenant.h"
#include "store/invitation_store.h"
#include "json/writer.h"

// What an invitation of the tenant would be, if one is issued.
struct invitation_offer invitation_offer_make(const struct tenant *tenant, struct text ref);

// What was decided of a ticket, as one who resolves it is told: an object.
void invitation_told_write(const struct invitation_told *told, const struct tenant *tenant, struct json_writer *json);
// The invitation as lists give it; the link only while it can be answered.
void invitation_row_write(const struct invitation_row *invitation, const struct tenant *tenant, struct json_writer *json, struct arena *arena);

#endif

// Makes offers of invitations, and writes what became of them.
#include "api/invitation_json.h"

#include <string.h>

#include "api/ticket_body.h"
#include "base/instant.h"

#define LINK_PATH "/s/"

static struct text secret_of(const struct tenant *tenant) { return (struct text){(const char *)tenant->secret, sizeof tenant->secret}; }

struct invitation_offer invitation_offer_make(const struct tenant *tenant, struct text ref) {
  struct invitation_offer offer = {.draw = invitation_draw(secret_of(tenant), ref)};
  uuid_make(&offer.id);
  invitation_token(secret_of(tenant), &offer.id, offer.token);
  (void)invitation_token_hash((struct text){offer.token, sizeof offer.token}, offer.token_hash);
  return offer;
}

static void member_uuid(struct json_writer *json, const char *name, const struct uuid *id) {
  static const struct uuid NIL;
  char chars[UUID_CHARS];
  uuid_write(id, chars);
  json_member_text(json, name, uuid_equal(id, &NIL) ? TEXT_NONE : (struct text){chars, sizeof chars});
}

static void member_choice(struct json_writer *json, const char *name, const char *const *names, int64_t choice) {
  json_member_text(json, name, choice == ABSENT ? TEXT_NONE : text_of(names[choice]));
}

static void member_link(struct json_writer *json, const struct tenant *tenant, const struct uuid *id, enum invitation_state state) {
  char link[sizeof LINK_PATH - 1 + INVITATION_TOKEN_CHARS];
  memcpy(link, LINK_PATH, sizeof LINK_PATH - 1);
  invitation_token(secret_of(tenant), id, link + sizeof LINK_PATH - 1);
  json_member_text(json, "link", state == INVITATION_DUE ? (struct text){link, sizeof link} : TEXT_NONE);
}

void invitation_told_write(const struct invitation_told *told, const struct tenant *tenant, struct json_writer *json) {
  enum invitation_state state = invitation_state(&told->life, instant_now());
  json_object(json);
  member_uuid(json, "id", &told->id);
  json_member_string(json, "state", INVITATION_STATE_NAMES[state]);
  member_link(json, tenant, &told->id, state);
  json_member_instant(json, "expires_at", told->life.expires_at);
  member_choice(json, "refused", REFUSAL_NAMES, told->life.refused);
  json_object_end(json);
}

void invitation_row_write(const struct invitation_row *invitation, const struct tenant *tenant, struct json_writer *json, struct arena *arena) {
  enum invitation_state state = invitation_state(&invitation->life, instant_now());
  json_object(json);
  member_uuid(json, "id", &invitation->id);
  json_member_text(json, "ticket", invitation->ref);
  json_member_int(json, "resolution", invitation->resolution_no);
  json_member_text(json, "survey", invitation->survey);
  json_member_int(json, "survey_version", invitation->survey_version);
  json_member_text(json, "respondent_id", person_id(invitation->respondent, arena));
  json_member_string(json, "state", INVITATION_STATE_NAMES[state]);
  member_link(json, tenant, &invitation->id, state);
  json_member_instant(json, "issued_at", invitation->issued_at);
  json_member_instant(json, "expires_at", invitation->life.expires_at);
  json_member_instant(json, "answered_at", invitation->life.answered_at);
  member_uuid(json, "response", &invitation->response);
  json_member_instant(json, "voided_at", invitation->life.voided_at);
  json_member_text(json, "void_reason", invitation->void_reason);
  member_choice(json, "refused", REFUSAL_NAMES, invitation->life.refused);
  json_object_end(json);
}

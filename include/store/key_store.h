// API keys in the database: found by their public id, known only by the hash of their secret.
#ifndef XLAD_STORE_KEY_STORE_H
#define XLAD_STORE_KEY_STORE_H

#include "base/digest.h"
#include "domain/tenant.h"
#include "store/job.h"

extern const struct statement *const KEY_STATEMENTS[];

enum role { ROLE_PORTAL = 1, ROLE_DASHBOARD = 2, ROLE_ADMIN = 4 };
extern const char *const ROLE_NAMES[];  // "portal", "dashboard", "admin", NULL: bit 0, 1, 2

enum { KEY_ID_BYTES = 8, KEY_ID_CHARS = 2 * KEY_ID_BYTES, KEY_SECRET_BYTES = 32, KEY_CHARS = 5 + KEY_ID_CHARS + 1 + 2 * KEY_SECRET_BYTES };

struct key_draft {
  char id[KEY_ID_CHARS + 1];
  char key[KEY_CHARS + 1];  // "xlad_<id>_<secret>", to be shown once
  uint8_t secret_hash[DIGEST_BYTES];
  int role;  // index into ROLE_NAMES
  struct text label;
  int64_t created_at;
};

// Fills id, key and secret_hash with fresh random bits, and created_at with the time.
void key_make(struct key_draft *draft);
// Splits "xlad_<id>_<secret>"; false when it has not that form. *secret_hash is of the secret's characters.
bool key_split(struct text key, struct text *id, uint8_t secret_hash[DIGEST_BYTES]);

// By id, for authentication: no tenant is known yet.
void key_ask_find(struct job *job, struct text id);
// False when the key is unknown or revoked, or its tenant is. Dimensions and metrics of the tenant are not filled.
bool key_take_found(const struct job *job, uint8_t secret_hash[DIGEST_BYTES], enum role *role, struct tenant *tenant);

// Stores the draft. `actor` goes to the audit trail.
void key_ask_create(struct job *job, const struct uuid *tenant, const struct key_draft *draft, struct text actor);
// One key, or with an absent id a page of them in order of creation, `limit` at most, behind the cursor (created_at, id) when it is given.
void key_ask_list(struct job *job, const struct uuid *tenant, struct text id, int64_t after_created_at, struct text after_id, int64_t limit);
struct key_row {
  struct text id, role, label;
  int64_t created_at, revoked_at;
};
void key_take_row(const struct job *job, unsigned step, size_t row, struct key_row *key);
// Rows of step 0: one when the key exists (revoked now or before), none when it does not.
void key_ask_revoke(struct job *job, const struct uuid *tenant, struct text id, struct text actor);

#endif

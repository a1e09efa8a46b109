// Stores, finds and revokes keys.
#include "store/key_store.h"

#include <string.h>

#include "base/instant.h"
#include "store/tenant_store.h"

const char *const ROLE_NAMES[] = {"portal", "dashboard", "admin", NULL};

static const struct statement FIND = {
    "key_find", "select c.secret_hash, c.role, " TENANT_COLUMNS " from credentials c join tenants t on t.tenant_id = c.tenant_id"
                " where c.credential_id = $1::text and c.purpose = 'key' and c.revoked_at is null and t.revoked_at is null"};
static const struct statement CREATE = {"key_create",
                                        "with made as ("
                                        " insert into credentials (credential_id, tenant_id, role, secret_hash, label, created_at)"
                                        " values ($2::text, $1::uuid, $3::text, $4::bytea, $5::text, $8::timestamptz) returning credential_id),"
                                        " noted as ("
                                        " insert into audit (tenant_id, audit_id, actor, action, subject, detail)"
                                        " values ($1::uuid, $6::uuid, $7::text, 'key.create', $2::text, jsonb_build_object('role', $3::text)))"
                                        " select credential_id from made"};
static const struct statement LIST = {"key_list", "select credential_id, role, label, created_at, revoked_at from credentials"
                                                  " where tenant_id = $1::uuid and purpose = 'key' and ($2::text is null or credential_id = $2::text)"
                                                  " and ($3::timestamptz is null or (created_at, credential_id) > ($3::timestamptz, $4::text))"
                                                  " order by created_at, credential_id limit $5::int8"};
static const struct statement REVOKE = {
    "key_revoke",
    "with known as (select credential_id, revoked_at from credentials where tenant_id = $1::uuid and credential_id = $2::text and purpose = 'key'),"
    " revoked as (update credentials set revoked_at = now()"
    " where tenant_id = $1::uuid and credential_id = $2::text and purpose = 'key' and revoked_at is null returning credential_id),"
    " noted as (insert into audit (tenant_id, audit_id, actor, action, subject)"
    " select $1::uuid, $3::uuid, $4::text, 'key.revoke', credential_id from revoked returning audit_id)"
    " select credential_id from known"};

const struct statement *const KEY_STATEMENTS[] = {&FIND, &CREATE, &LIST, &REVOKE, NULL};

static const char KEY_PREFIX[] = "xlad_";

void key_make(struct key_draft *draft) {
  uint8_t id[KEY_ID_BYTES], secret[KEY_SECRET_BYTES];
  random_bytes(id, sizeof id);
  random_bytes(secret, sizeof secret);
  text_hex(id, sizeof id, draft->id);
  draft->id[KEY_ID_CHARS] = '\0';
  char *at = draft->key;
  memcpy(at, KEY_PREFIX, sizeof KEY_PREFIX - 1);
  at += sizeof KEY_PREFIX - 1;
  memcpy(at, draft->id, KEY_ID_CHARS);
  at += KEY_ID_CHARS;
  *at++ = '_';
  text_hex(secret, sizeof secret, at);
  digest_sha256(at, 2 * KEY_SECRET_BYTES, draft->secret_hash);
  draft->key[KEY_CHARS] = '\0';
  draft->created_at = instant_now();
}

bool key_split(struct text key, struct text *id, uint8_t secret_hash[DIGEST_BYTES]) {
  if (key.length != KEY_CHARS || !text_starts(key, KEY_PREFIX)) return false;
  *id = (struct text){key.at + sizeof KEY_PREFIX - 1, KEY_ID_CHARS};
  if (id->at[KEY_ID_CHARS] != '_') return false;
  digest_sha256(id->at + KEY_ID_CHARS + 1, 2 * KEY_SECRET_BYTES, secret_hash);
  return true;
}

void key_ask_find(struct job *job, struct text id) {
  job_step(job, &FIND);
  job_text(job, id);
}

bool key_take_found(const struct job *job, uint8_t secret_hash[DIGEST_BYTES], enum role *role, struct tenant *tenant) {
  if (job_rows(job, 0) == 0) return false;
  struct text hash = row_text(job, 0, 0, 0), name = row_text(job, 0, 0, 1);
  if (hash.length != DIGEST_BYTES) return false;
  memcpy(secret_hash, hash.at, DIGEST_BYTES);
  for (unsigned i = 0; ROLE_NAMES[i]; i++)
    if (text_is(name, ROLE_NAMES[i])) *role = (enum role)(1u << i);
  tenant_take_columns(job, 0, 0, 2, tenant);
  return true;
}

void key_ask_create(struct job *job, const struct uuid *tenant, const struct key_draft *draft, struct text actor) {
  job_step(job, &CREATE);
  job_uuid(job, tenant);
  job_text(job, text_of(draft->id));
  job_text(job, text_of(ROLE_NAMES[draft->role]));
  job_bytes(job, draft->secret_hash, sizeof draft->secret_hash);
  job_text(job, draft->label);
  job_audit(job, actor);
  job_instant(job, draft->created_at);
}

void key_ask_list(struct job *job, const struct uuid *tenant, struct text id, int64_t after_created_at, struct text after_id, int64_t limit) {
  job_step(job, &LIST);
  job_uuid(job, tenant);
  job_text(job, id);
  job_instant(job, after_created_at);
  job_text(job, after_id);
  job_int8(job, limit);
}

void key_take_row(const struct job *job, unsigned step, size_t row, struct key_row *key) {
  key->id = row_text(job, step, row, 0);
  key->role = row_text(job, step, row, 1);
  key->label = row_text(job, step, row, 2);
  key->created_at = row_instant(job, step, row, 3);
  key->revoked_at = row_instant(job, step, row, 4);
}

void key_ask_revoke(struct job *job, const struct uuid *tenant, struct text id, struct text actor) {
  job_step(job, &REVOKE);
  job_uuid(job, tenant);
  job_text(job, id);
  job_audit(job, actor);
}

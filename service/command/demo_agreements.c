// Makes the agreements of the demo as a client would put them, but for the day on which they began.
#include "command/demo_agreements.h"

#include "api/document.h"
#include "api/xla_body.h"
#include "base/instant.h"

enum { AGREEMENT_BYTES_MAX = 256 * 1024 };

// One that is missed while its SLA is kept, and one that a change has brought about.
static const struct {
  const char *tenant, *slug, *document;
} AGREEMENTS[] = {
    {"demo", "remote-work",
     "{\"name\": \"Remote work just works\", \"owner\": \"Network team\", \"provider\": \"IT\", \"customer\": \"All departments\","
     " \"metric\": \"happiness\", \"scope\": {\"service\": [\"vpn\"]}, \"target\": 20, \"window_days\": 90,"
     " \"paired_sla\": {\"metric\": \"sla_met\", \"target\": 90}}"},
    {"demo", "workplace",
     "{\"name\": \"A workplace people like\", \"owner\": \"Workplace team\", \"provider\": \"IT\", \"customer\": \"All departments\","
     " \"metric\": \"happiness\", \"scope\": {\"service\": [\"workplace\"]}, \"target\": 0, \"window_days\": 90}"},
    {"harbour", "terminal",
     "{\"name\": \"The terminal doesn't stop\", \"owner\": \"Terminal systems\", \"provider\": \"IT\", \"customer\": \"Port operations\","
     " \"metric\": \"lost_time\", \"scope\": {\"service\": [\"terminal-system\"]}, \"target\": 60, \"window_days\": 90,"
     " \"paired_sla\": {\"metric\": \"sla_met\", \"target\": 90}}"},
};

static enum err draft_of(size_t agreement, const struct tenant *tenant, struct arena *arena, struct xla_draft *draft) {
  struct issues issues;
  struct xla_body body;
  size_t count;
  issues_init(&issues, arena);
  enum err error = fields_read(&XLA_FIELDS, text_of(AGREEMENTS[agreement].document), &body, NULL, arena, &issues);
  if (error) return error;
  body.slug = text_of(AGREEMENTS[agreement].slug);
  if (!xla_body_settle(&body, NULL, NULL, tenant, &issues)) return ERR_INVALID;
  body.starts_on -= DEMO_AGREED_DAYS;
  *draft = (struct xla_draft){.slug = body.slug,
                              .content = document_text(&XLA_FIELDS, &body, arena),
                              .terms = document_text(&XLA_TERMS_FIELDS, &body, arena),
                              .today = (int32_t)body.starts_on,
                              .created_at = instant_now() / MICROS_PER_SECOND * MICROS_PER_SECOND,
                              .changes = document_changes(&XLA_FIELDS, NULL, &body, arena, &count)};
  return draft->content.at && draft->terms.at && draft->changes.at ? ERR_NONE : ERR_UNAVAILABLE;
}

static enum err agree(struct connection *connection, const struct tenant *tenant, size_t agreement, struct arena *arena) {
  struct xla_draft draft;
  enum err error = draft_of(agreement, tenant, arena, &draft);
  if (error) return error;
  struct job *job = job_new(connection->store, LANE_WRITE, &tenant->id, NULL, NULL);
  if (!job) return ERR_UNAVAILABLE;
  xla_ask_create(job, &tenant->id, &draft, TEXT("command"));
  error = store_run(connection->store, job);
  job_free(job);
  return error;
}

enum err demo_agree(struct connection *connection, const struct tenant *tenant) {
  struct arena arena;
  enum err error = ERR_NONE;
  arena_init(&arena, AGREEMENT_BYTES_MAX);
  for (size_t i = 0; i < sizeof AGREEMENTS / sizeof *AGREEMENTS && !error; i++) {
    if (!text_equals(text_of(AGREEMENTS[i].tenant), text_of(tenant->slug))) continue;
    error = agree(connection, tenant, i, &arena);
    arena_clear(&arena);
  }
  arena_release(&arena);
  return error;
}

// /v1/hooks: what tools send of themselves, proved by their own signature; and what it would become, for administrators.
#include <string.h>

#include "api/endpoints.h"
#include "api/service.h"
#include "api/source_flow.h"
#include "base/instant.h"
#include "base/telemetry.h"
#include "store/dimension_store.h"
#include "store/tenant_store.h"
#include "json/gate.h"

struct hook_work {
  struct source_delivery delivery;  // first, for source_flow
  struct text name;
  struct tenant tenant;  // of a hook
  struct principal principal;
  struct source_keep *keeps;
  size_t keeps_count;
};

// The same whether the tenant, the source or the proof is wrong: nobody finds out here what there is.
static enum err refuse_proof(struct request *request) {
  telemetry_add(COUNT_SOURCE_REFUSED, 1);
  return request_refuse(request, ERR_UNAUTHENTICATED, TEXT(""), "signature",
                        "is not proved to be from a source of this tenant; check the address, the secret, and how the tool signs");
}

static struct hook_work *work_new(struct request *request, struct text name) {
  struct hook_work *work = arena_take(&request->arena, sizeof *work);
  if (!work) return NULL;
  request->state = work;
  work->name = name;
  work->delivery.arena = &request->arena;
  work->delivery.body = buffer_view(&request->body);
  work->delivery.record = ABSENT;
  work->delivery.query = source_query_text(request);
  return work->delivery.query.at ? work : NULL;
}

// --- What became of it

static void write_items(struct json_writer *json, const struct hook_work *work) {
  const struct source_delivery *delivery = &work->delivery;
  size_t keep = 0;
  json_name(json, "items");
  json_array(json);
  for (size_t i = 0; i < delivery->count; i++) {
    const struct source_keep *kept = source_item_failed(&delivery->items[i]) ? &work->keeps[keep++] : NULL;
    json_object(json);
    source_item_write(json, &delivery->items[i], kept && kept->kept ? &kept->failure.id : NULL);
    json_object_end(json);
  }
  json_array_end(json);
}

// 202: something became nothing, so that there is something to do, but not for the tool.
static enum err answer(struct request *request) {
  const struct hook_work *work = request->state;
  struct json_writer *json = request_json(request);
  json_object(json);
  json_member_text(json, "source", work->name);
  write_items(json, work);
  json_object_end(json);
  return request_answer(request, work->keeps_count > 0 ? 202 : 200);
}

static enum err kept(struct request *request) {
  const struct job *job = request_job_ended(request);
  struct hook_work *work = request->state;
  // Meanwhile somebody has ended the source.
  if (job->error == ERR_CONFLICT) return refuse_proof(request);
  if (job->error) return job->error;
  source_take_kept(job, 0, work->keeps, work->keeps_count);
  return answer(request);
}

// The same body, sent to the same address, and taken for the same, is the same failure.
static void hash_keep(struct source_keep *keep) {
  const struct text parts[] = {keep->failure.body, TEXT("\n"), keep->failure.query, TEXT("\n"), keep->failure.record};
  digest_hmac(TEXT("source_failure"), parts, sizeof parts / sizeof *parts - (keep->failure.record.at == NULL), keep->hash);
}

static enum err keep_failures(struct request *request) {
  struct hook_work *work = request->state;
  const struct source_delivery *delivery = &work->delivery;
  enum err error = source_flow_failure(delivery);
  if (error) return error;
  work->keeps = arena_take_array(&request->arena, delivery->count + 1, sizeof *work->keeps);
  if (!work->keeps) return ERR_UNAVAILABLE;
  int64_t now = instant_now();
  for (size_t i = 0; i < delivery->count; i++) {
    const struct source_item *item = &delivery->items[i];
    if (!source_item_failed(item)) continue;
    struct source_keep *keep = &work->keeps[work->keeps_count++];
    keep->failure = (struct source_failure){.received_at = now,
                                            .reason = text_of(error_fact(item->error)->slug),
                                            .errors = item->row.errors,
                                            .query = delivery->query,
                                            .body = item->raw,
                                            .record = item->whole ? TEXT_NONE : text_of(SOURCE_RECORD_NAMES[item->row.kind == IMPORT_RESPONSES])};
    uuid_make(&keep->failure.id);
    hash_keep(keep);
  }
  if (work->keeps_count == 0) return answer(request);
  struct job *job = request_job(request, LANE_WRITE);
  if (!job) return ERR_UNAVAILABLE;
  job->unseen = true;
  source_ask_keep(job, &tenant_of(request)->id, work->name, work->keeps, work->keeps_count);
  return request_submit(request, job, kept);
}

static enum err write_all(struct request *request) { return source_flow_write(request, keep_failures); }

// --- Who sends it

enum { STEP_OPEN, STEP_DIMENSIONS };

static bool is_proved(const struct request *request, const struct signature *signature, const struct source_opened *opened) {
  char header[SOURCE_HEADER_CHARS_MAX * 4 + 1], timestamp_header[SOURCE_HEADER_CHARS_MAX * 4 + 1];
  struct text name = signature_header(signature), timestamp_name = signature->timestamp_header, timestamp = TEXT_NONE;
  if (!name.at || name.length >= sizeof header || timestamp_name.length >= sizeof timestamp_header) return false;
  memcpy(header, name.at, name.length);
  header[name.length] = '\0';
  if (timestamp_name.at) {
    memcpy(timestamp_header, timestamp_name.at, timestamp_name.length);
    timestamp_header[timestamp_name.length] = '\0';
    timestamp = request_header(request, timestamp_header);
  }
  struct text given = request_header(request, header), body = buffer_view(&request->body);
  bool by_this = signature_proves(signature, opened->secret, given, timestamp, body);
  bool by_old = opened->old_secret.at && signature_proves(signature, opened->old_secret, given, timestamp, body);
  return by_this || by_old;
}

static enum err source_opened(struct request *request) {
  const struct job *job = request_job_ended(request);
  struct hook_work *work = request->state;
  struct source_opened opened;
  if (job->error) return job->error;
  if (job_rows(job, STEP_OPEN) == 0) return refuse_proof(request);
  source_take_opened(job, STEP_OPEN, &opened);
  if (!source_delivery_open(&work->delivery, opened.content)) return ERR_UNAVAILABLE;
  if (!is_proved(request, &work->delivery.signature, &opened)) return refuse_proof(request);
  dimension_take_all(job, STEP_DIMENSIONS, &work->tenant);
  (void)memcpy(work->principal.key_id, "hook", sizeof "hook");
  work->principal.tenant = &work->tenant;
  request->principal = &work->principal;
  return source_flow_read(request, write_all);
}

static enum err tenant_found(struct request *request) {
  const struct job *job = request_job_ended(request);
  struct hook_work *work = request->state;
  bool revoked = false;
  if (job->error) return job->error;
  if (!tenant_take_found(job, &work->tenant, &revoked) || revoked) return refuse_proof(request);
  work->delivery.tenant = &work->tenant;
  struct job *next = request_job_of(request, LANE_LISTEN, &work->tenant.id);
  if (!next) return ERR_UNAVAILABLE;
  source_ask_open(next, &work->tenant.id, work->name);
  dimension_ask_list(next, &work->tenant.id, TEXT_NONE, false);
  return request_submit(request, next, source_opened);
}

enum err hook_post(struct request *request) {
  struct hook_work *work = work_new(request, request->path_values[1]);
  if (!work) return ERR_UNAVAILABLE;
  if (!tenant_slug_valid(request->path_values[0]) || !tenant_slug_valid(work->name)) return refuse_proof(request);
  struct job *job = request_job_of(request, LANE_LISTEN, NULL);
  if (!job) return ERR_UNAVAILABLE;
  tenant_ask_find(job, request->path_values[0]);
  return request_submit(request, job, tenant_found);
}

// --- Tests

static enum err tested(struct request *request) {
  const struct hook_work *work = request->state;
  const struct source_delivery *delivery = &work->delivery;
  struct json_writer *json = request_json(request);
  json_object(json);
  json_member_text(json, "source", work->name);
  json_name(json, "items");
  json_array(json);
  for (size_t i = 0; i < delivery->count; i++) {
    const struct source_item *item = &delivery->items[i];
    json_object(json);
    source_item_write(json, item, NULL);
    json_name(json, "body");
    json_raw(json, item->body.at ? item->body : TEXT("null"));
    json_object_end(json);
  }
  json_array_end(json);
  json_object_end(json);
  return request_answer(request, 200);
}

static enum err test_opened(struct request *request) {
  const struct job *job = request_job_ended(request);
  struct hook_work *work = request->state;
  struct source_opened opened;
  if (job->error) return job->error;
  if (job_rows(job, STEP_OPEN) == 0) return ERR_NOT_FOUND;
  source_take_opened(job, STEP_OPEN, &opened);
  if (!source_delivery_open(&work->delivery, opened.content)) return ERR_UNAVAILABLE;
  return source_flow_read(request, tested);
}

// What is no JSON is not kept to be looked at, but told at once.
enum err source_test(struct request *request) {
  struct gate_refusal refusal;
  if (!gate_check(buffer_view(&request->body), &refusal))
    return refusal.out_of_memory ? ERR_UNAVAILABLE
                                 : request_refuse(request, ERR_NOT_JSON, TEXT(""), "json", "%s, at byte %zu", refusal.reason, refusal.offset);
  struct hook_work *work = work_new(request, request->path_values[0]);
  struct job *job = work ? request_job(request, LANE_READ) : NULL;
  if (!job) return ERR_UNAVAILABLE;
  work->delivery.tenant = tenant_of(request);
  source_ask_open(job, &tenant_of(request)->id, work->name);
  return request_submit(request, job, test_opened);
}

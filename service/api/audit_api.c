// GET /v1/audit: who changed what, newest first.
#include "api/endpoints.h"
#include "api/page.h"
#include "api/service.h"
#include "store/audit_store.h"

static void entry_write(struct json_writer *json, const struct audit_row *entry) {
  char id[UUID_CHARS];
  uuid_write(&entry->id, id);
  json_object(json);
  json_member_text(json, "id", (struct text){id, sizeof id});
  json_member_instant(json, "at", entry->at);
  json_member_text(json, "actor", entry->actor);
  json_member_text(json, "action", entry->action);
  json_member_text(json, "subject", entry->subject);
  json_name(json, "detail");
  if (entry->detail.at)
    json_raw(json, entry->detail);
  else
    json_null(json);
  json_object_end(json);
}

static enum err audit_listed(struct request *request) {
  const struct job *job = request_job_ended(request);
  if (job->error) return job->error;
  struct page page = page_read(request);
  size_t rows = job_rows(job, 0), shown = rows > (size_t)page.limit ? (size_t)page.limit : rows;
  struct json_writer *json = request_json(request);
  struct audit_row entry = {.at = ABSENT};
  char id[UUID_CHARS];
  json_object(json);
  json_name(json, "items");
  json_array(json);
  for (size_t i = 0; i < shown; i++) {
    audit_take_row(job, 0, i, &entry);
    entry_write(json, &entry);
  }
  json_array_end(json);
  uuid_write(&entry.id, id);
  page_end(request, json, rows > shown, entry.at, (struct text){id, sizeof id});
  json_object_end(json);
  return request_answer(request, 200);
}

enum err audit_list(struct request *request) {
  struct page page = page_read(request);
  struct audit_filter filter = {.action = request_query(request, "action"),
                                .subject = request_query(request, "subject"),
                                .actor = request_query(request, "actor"),
                                .before_at = page.instant,
                                .limit = page_rows(&page)};
  if (page.text.at && (page.instant == ABSENT || !uuid_read(page.text, &filter.before_id)))
    issues_add(&request->issues, TEXT("cursor"), "format", "must be the \"next\" of an earlier page, unchanged");
  if (!request_query_ends(request)) return ERR_INVALID;
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  audit_ask_list(job, &tenant_of(request)->id, &filter);
  return request_submit(request, job, audit_listed);
}

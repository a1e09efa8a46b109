// GET /v1/invitations: who is asked, who answered, and who was not asked and why.
#include "api/endpoints.h"
#include "api/invitation_json.h"
#include "api/page.h"
#include "api/service.h"

static enum err invitations_listed(struct request *request) {
  const struct job *job = request_job_ended(request);
  if (job->error) return job->error;
  struct page page = page_read(request);
  size_t rows = job_rows(job, 0), shown = rows > (size_t)page.limit ? (size_t)page.limit : rows;
  struct json_writer *json = request_json(request);
  struct invitation_row row = {.issued_at = ABSENT};
  char id[UUID_CHARS];
  json_object(json);
  json_name(json, "items");
  json_array(json);
  for (size_t i = 0; i < shown; i++) {
    invitation_take_row(job, 0, i, &row);
    invitation_row_write(&row, tenant_of(request), json, &request->arena);
  }
  json_array_end(json);
  uuid_write(&row.id, id);
  page_end(request, json, rows > shown, row.issued_at, (struct text){id, sizeof id});
  json_object_end(json);
  return request_answer(request, 200);
}

enum err invitation_list(struct request *request) {
  // "issued" is no state, but all that were: in the place behind the last.
  static const char *const CHOICES[] = {"due", "answered", "expired", "voided", "refused", "issued", NULL};
  struct page page = page_read(request);
  int64_t choice = choice_read(request, "state", CHOICES);
  struct invitation_filter filter = {.state = choice == INVITATION_STATES ? ABSENT : choice,
                                     .issued = choice == INVITATION_STATES,
                                     .ref = request_query(request, "ticket"),
                                     .before_issued_at = page.instant,
                                     .limit = page_rows(&page)};
  if (page.text.at && (page.instant == ABSENT || !uuid_read(page.text, &filter.before_id)))
    issues_add(&request->issues, TEXT("cursor"), "format", "must be the \"next\" of an earlier page, unchanged");
  if (!request_query_ends(request)) return ERR_INVALID;
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  invitation_ask_list(job, &tenant_of(request)->id, &filter);
  return request_submit(request, job, invitations_listed);
}

// /v1/tickets: mirrored by the portal, read by dashboards.
#include "api/endpoints.h"
#include "api/invitation_json.h"
#include "api/page.h"
#include "api/scope_query.h"
#include "api/service.h"
#include "api/ticket_body.h"

struct ticket_put_work {
  struct ticket_write write;
  enum err error;
};

static void written(struct batch_row *row, enum err error) {
  struct request *request = row->owner;
  struct ticket_put_work *work = request->state;
  work->error = error;
  request_resume(request);
}

// Who resolves a ticket is told whether its requester is asked, and if not, why.
static void write_invitation(const struct ticket_write *write, const struct tenant *tenant, struct json_writer *json) {
  static const struct invitation_told NO_SURVEY = {.life = {REFUSED_NO_SURVEY, ABSENT, ABSENT, ABSENT}};
  bool resolved = write->facts.resolved_at != ABSENT || write->facts.closed_at != ABSENT;
  json_name(json, "invitation");
  if (!resolved)
    json_null(json);
  else
    invitation_told_write(write->asks && write->invitation.known ? &write->invitation : &NO_SURVEY, tenant, json);
}

static enum err ticket_put_done(struct request *request) {
  struct ticket_put_work *work = request->state;
  const struct ticket_write *write = &work->write;
  if (work->error) return work->error;
  struct ticket_row ticket = {.ref = write->ref,
                              .facts = write->facts,
                              .requester = write->requester,
                              .agents = write->agents,
                              .context = write->context,
                              .context_frozen = write->context_frozen,
                              .revision = write->revision,
                              .resolution_no = write->resolution_no,
                              .created_at = write->created_at,
                              .updated_at = write->updated_at};
  ticket.facts.reopens = write->reopens;
  struct json_writer *json = request_json(request);
  ticket_row_write(&ticket, json, &request->arena);
  write_invitation(write, tenant_of(request), json);
  json_object_end(json);
  if (write->created) request_add_header(request, "Location", request->path);
  return request_answer(request, write->created ? 201 : 200);
}

enum err ticket_put(struct request *request) {
  struct ticket_body body;
  struct ticket_put_work *work = arena_take(&request->arena, sizeof *work);
  if (!work) return ERR_UNAVAILABLE;
  (void)request_query_ends(request);
  (void)ticket_ref_check(request->path_values[0], TEXT("ref"), &request->issues);
  enum err error = fields_read(&TICKET_FIELDS, buffer_view(&request->body), &body, NULL, &request->arena, &request->issues);
  if (error) return error;
  error = ticket_body_file(&body, request->path_values[0], tenant_of(request), &request->arena, &request->issues, &work->write);
  if (error) return error;
  work->write.row.done = written;
  work->write.row.owner = request;
  request->state = work;
  error = store_write(service_of(request)->store, LANE_WRITE, &TICKET_BATCH, &work->write.row);
  return error ? error : request_wait(request, ticket_put_done);
}

static enum err ticket_found(struct request *request) {
  const struct job *job = request_job_ended(request);
  struct ticket_row ticket;
  if (job->error) return job->error;
  if (job_rows(job, 0) == 0) return request_refuse(request, ERR_NO_SUCH_TICKET, TEXT("ref"), "known", "is not known");
  ticket_take_row(job, 0, 0, &ticket);
  ticket_row_write(&ticket, request_json(request), &request->arena);
  json_object_end(request_json(request));
  return request_answer(request, 200);
}

enum err ticket_get(struct request *request) {
  if (!request_query_ends(request)) return ERR_INVALID;
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  ticket_ask_find(job, &tenant_of(request)->id, request->path_values[0]);
  return request_submit(request, job, ticket_found);
}

static enum err tickets_listed(struct request *request) {
  const struct job *job = request_job_ended(request);
  if (job->error) return job->error;
  struct page page = page_read(request);
  size_t rows = job_rows(job, TICKET_LIST_STEP), shown = rows > (size_t)page.limit ? (size_t)page.limit : rows;
  struct json_writer *json = request_json(request);
  struct ticket_row ticket = {.ref = TEXT_NONE};
  json_object(json);
  json_name(json, "items");
  json_array(json);
  for (size_t i = 0; i < shown; i++) {
    ticket_take_row(job, TICKET_LIST_STEP, i, &ticket);
    ticket_row_write(&ticket, json, &request->arena);
    json_object_end(json);
  }
  json_array_end(json);
  page_end(request, json, rows > shown, ticket.facts.opened_at, ticket.ref);
  json_object_end(json);
  return request_answer(request, 200);
}

enum err ticket_list(struct request *request) {
  static const char *const STATES[] = {"open", "resolved", NULL}, *const ANSWERS[] = {"false", "true", NULL};
  struct scope scope;
  struct page page = page_read(request);
  struct ticket_filter filter = {.kind = choice_read(request, "kind", TICKET_KINDS),
                                 .resolved = choice_read(request, "state", STATES),
                                 .sla_met = choice_read(request, "sla_met", ANSWERS),
                                 .scope = &scope,
                                 .before_opened_at = page.instant,
                                 .before_ref = page.text,
                                 .limit = page_rows(&page)};
  days_read(request, &filter.from, &filter.to);
  days_read_named(request, "opened_from", "opened_to", &filter.opened_from, &filter.opened_to);
  scope_read(request, &scope);
  if (!request_query_ends(request)) return ERR_INVALID;
  struct job *job = request_job(request, LANE_READ);
  if (!job) return ERR_UNAVAILABLE;
  ticket_ask_list(job, tenant_of(request), &filter);
  return request_submit(request, job, tickets_listed);
}

// Ties a request to the store: jobs that resume it.
#include "api/service.h"

#include "http/server.h"

struct service *service_of(const struct request *request) {
  return server_context(request->server);
}

const struct tenant *tenant_of(const struct request *request) { return request->principal->tenant; }

struct text actor_of(const struct request *request) {
  return text_of(request->principal->key_id);
}

static void job_ended(struct job *job) { request_resume(job->owner); }

static void free_job(void *work) { job_free(work); }

struct job *request_job_of(struct request *request, enum lane_kind lane, const struct uuid *tenant) {
  if (request->work_free) request->work_free(request->work);
  request->work = job_new(service_of(request)->store, lane, tenant, request, job_ended);
  request->work_free = request->work ? free_job : NULL;
  return request->work;
}

struct job *request_job(struct request *request, enum lane_kind lane) {
  return request_job_of(request, lane, &tenant_of(request)->id);
}

enum err request_submit(struct request *request, struct job *job, enum err (*next)(struct request *request)) {
  enum err error = store_submit(job);
  return error ? error : request_wait(request, next);
}

struct job *request_job_ended(const struct request *request) {
  return request->work;
}

// What all endpoints share.
#ifndef XLAD_API_SERVICE_H
#define XLAD_API_SERVICE_H

#include <stdbool.h>

#include "base/loop.h"
#include "base/settings.h"
#include "domain/tenant.h"
#include "http/request.h"
#include "store/store.h"

struct cache;
struct directory;
struct xla_gauges;

struct service {
  struct loop *loop;
  const struct settings *settings;
  struct store *store;
  struct directory *directory;
  struct cache *cache;
  struct xla_gauges *gauges;
  bool draining;
};

// Who asks.
struct principal {
  char key_id[24];
  const struct tenant *tenant;
};

struct service *service_of(const struct request *request);
const struct tenant *tenant_of(const struct request *request);
struct text actor_of(const struct request *request);

// A job of the request's tenant that resumes the request when it has ended; freed with the request. NULL when memory is out.
// At most one is under way; an earlier one is freed.
struct job *request_job(struct request *request, enum lane_kind lane);
// The same for a request that no key says the tenant of; NULL: of none, which sees only what has no tenant.
struct job *request_job_of(struct request *request, enum lane_kind lane, const struct uuid *tenant);
// Hands it over; `next` runs when it has ended.
enum err request_submit(struct request *request, struct job *job, enum err (*next)(struct request *request));
// The job that has ended.
struct job *request_job_ended(const struct request *request);

#endif

// What operators and their tools ask: alive, ready, metrics, the description of the interface.
#include "api/endpoints.h"
#include "api/service.h"
#include "api/xla_gauges.h"
#include "base/embedded.h"
#include "base/telemetry.h"

static enum err answer_status(struct request *request, int status, const char *word, const char *detail) {
  struct json_writer *json = request_json(request);
  json_object(json);
  json_member_string(json, "status", word);
  if (detail) {
    json_member_string(json, "detail", detail);
  }
  json_object_end(json);
  return request_answer(request, status);
}

enum err health_get(struct request *request) { return answer_status(request, 200, "ok", NULL); }

enum err ready_get(struct request *request) {
  const struct service *service = service_of(request);
  if (service->draining) return answer_status(request, 503, "draining", NULL);
  if (store_ready(service->store)) return answer_status(request, 200, "ready", NULL);
  return answer_status(request, 503, "unavailable", "the database can't be reached");
}

enum err metrics_get(struct request *request) {
  telemetry_print(&request->answer);
  xla_gauges_print(service_of(request)->gauges, &request->answer);
  request->content_type = "text/plain; version=0.0.4; charset=utf-8";
  return request_answer(request, 200);
}

enum err openapi_get(struct request *request) {
  return request_answer_static(request, "application/json", EMBEDDED_OPENAPI.bytes, EMBEDDED_OPENAPI.length);
}

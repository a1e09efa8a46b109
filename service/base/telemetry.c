// Counts what the daemon does and prints it for Prometheus.
#include "base/telemetry.h"

#include <inttypes.h>
#include <string.h>

enum { SERIES_MAX = 1024, TIME_BUCKETS = 10 };

static const struct {
  const char *name, *type, *help;
} FACTS[] = {
#define X(name, series, type, help) {series, type, help},
    TELEMETRY_TABLE(X)
#undef X
};

static const double TIME_LIMITS[TIME_BUCKETS] = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5};

struct series {
  const char *method, *route;
  int status;
  int64_t count;
};

// One process, one loop, one set of counters.
static int64_t counts[TELEMETRY_COUNT];
static struct series requests[SERIES_MAX];  // open addressing
static size_t requests_used;
static int64_t time_buckets[TIME_BUCKETS + 1];
static int64_t time_micros;

void telemetry_add(enum telemetry which, int64_t amount) { counts[which] += amount; }

int64_t telemetry_get(enum telemetry which) { return counts[which]; }

static struct series *find_series(const char *method, const char *route, int status) {
  size_t at = ((uintptr_t)route / 8 * 31 + (uintptr_t)method / 8 * 7 + (size_t)status) % SERIES_MAX;
  for (;; at = (at + 1) % SERIES_MAX) {
    struct series *series = &requests[at];
    if (series->route == route && series->method == method && series->status == status) return series;
    if (series->route) continue;
    if (requests_used == SERIES_MAX - 1) return NULL;
    requests_used++;
    *series = (struct series){.method = method, .route = route, .status = status};
    return series;
  }
}

void telemetry_request(const char *method, const char *route, int status, int64_t micros) {
  struct series *series = find_series(method, route, status);
  if (series) series->count++;
  size_t bucket = 0;
  while (bucket < TIME_BUCKETS && (double)micros > TIME_LIMITS[bucket] * 1e6)
    bucket++;
  time_buckets[bucket]++;
  time_micros += micros;
}

static void print_head(struct buffer *out, const char *name, const char *type, const char *help) {
  buffer_format(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void print_times(struct buffer *out) {
  const char *name = "xlad_http_request_duration_seconds";
  print_head(out, name, "histogram", "Time from the head of a request to the end of its answer.");
  int64_t total = 0;
  for (size_t i = 0; i < TIME_BUCKETS; i++) {
    total += time_buckets[i];
    buffer_format(out, "%s_bucket{le=\"%g\"} %" PRId64 "\n", name, TIME_LIMITS[i], total);
  }
  total += time_buckets[TIME_BUCKETS];
  buffer_format(out, "%s_bucket{le=\"+Inf\"} %" PRId64 "\n%s_sum %.6f\n%s_count %" PRId64 "\n", name, total, name, (double)time_micros / 1e6, name,
                total);
}

void telemetry_print(struct buffer *out) {
  for (size_t i = 0; i < TELEMETRY_COUNT; i++) {
    print_head(out, FACTS[i].name, FACTS[i].type, FACTS[i].help);
    buffer_format(out, "%s %" PRId64 "\n", FACTS[i].name, counts[i]);
  }
  print_head(out, "xlad_http_requests_total", "counter", "Requests by method, route and status.");
  for (size_t i = 0; i < SERIES_MAX; i++)
    if (requests[i].route)
      buffer_format(out, "xlad_http_requests_total{method=\"%s\",route=\"%s\",status=\"%d\"} %" PRId64 "\n", requests[i].method, requests[i].route,
                    requests[i].status, requests[i].count);
  print_times(out);
}

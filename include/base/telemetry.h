// What the daemon tells about itself at /metrics, in the Prometheus text format: one table of counters and gauges.
#ifndef XLAD_BASE_TELEMETRY_H
#define XLAD_BASE_TELEMETRY_H

#include <stdint.h>

#include "base/buffer.h"

// name in code, name at /metrics, type, help
#define TELEMETRY_TABLE(X)                                                                                                             \
  X(COUNT_BATCHES, "xlad_batches_total", "counter", "Multi-row statements that were committed.")                                       \
  X(COUNT_BATCH_ROWS, "xlad_batch_rows_total", "counter", "Rows written by multi-row statements.")                                     \
  X(COUNT_BATCH_SPLITS, "xlad_batch_splits_total", "counter", "Batches that failed and were retried row by row.")                      \
  X(COUNT_BYTES_SENT, "xlad_http_response_body_bytes_total", "counter", "Bytes of answer bodies.")                                     \
  X(COUNT_CACHE_HITS, "xlad_cache_hits_total", "counter", "Reads answered with what was computed for others.")                         \
  X(COUNT_CACHE_MISSES, "xlad_cache_misses_total", "counter", "Reads that were computed.")                                             \
  X(GAUGE_CONNECTIONS, "xlad_http_connections", "gauge", "Client connections that are open.")                                          \
  X(COUNT_CONNECTIONS, "xlad_http_connections_total", "counter", "Client connections that were accepted.")                             \
  X(COUNT_DEADLINES, "xlad_http_deadline_closed_total", "counter", "Connections closed because a client took too long.")               \
  X(COUNT_FOLDED, "xlad_folded_total", "counter", "Changes of tickets and responses that were folded into the sums.")                  \
  X(COUNT_FOLDS, "xlad_folds_total", "counter", "Transactions that folded changes.")                                                   \
  X(GAUGE_IN_FLIGHT, "xlad_http_requests_in_flight", "gauge", "Requests that are being answered.")                                     \
  X(COUNT_JOB_RETRIES, "xlad_job_retries_total", "counter", "Transactions tried again after a serialisation failure or deadlock.")     \
  X(COUNT_JOBS, "xlad_jobs_total", "counter", "Transactions completed.")                                                               \
  X(COUNT_KEY_LOOKUPS, "xlad_key_lookups_total", "counter", "Keys looked up in the database.")                                         \
  X(GAUGE_LANES_UP, "xlad_lanes_up", "gauge", "Database connections that are ready.")                                                  \
  X(COUNT_LANE_LOSSES, "xlad_lane_losses_total", "counter", "Database connections that were lost.")                                    \
  X(COUNT_LOG_LINES_DROPPED, "xlad_log_lines_dropped_total", "counter", "Log lines dropped because stderr took none.")                 \
  X(GAUGE_OUTBOX, "xlad_webhook_outbox", "gauge", "Events that wait in the outboxes, as last counted.")                                \
  X(GAUGE_QUEUED, "xlad_queued", "gauge", "Jobs and rows that wait for a database connection.")                                        \
  X(COUNT_SCREENED, "xlad_http_screened_total", "counter", "Requests refused for a malformed head.")                                   \
  X(COUNT_SOURCE_FAILURES, "xlad_source_failures_total", "counter", "Records of sources that became neither a ticket nor a response.") \
  X(COUNT_SOURCE_RECORDS, "xlad_source_records_total", "counter", "Records of sources that became a ticket or a response.")            \
  X(COUNT_SOURCE_REFUSED, "xlad_source_refused_total", "counter", "Bodies at hooks that no source was proved to have sent.")           \
  X(COUNT_WEBHOOK_DEAD, "xlad_webhook_dead_total", "counter", "Events given up, after three days or as the receiver was gone.")        \
  X(COUNT_WEBHOOK_DELIVERED, "xlad_webhook_delivered_total", "counter", "Events that a receiver has taken.")                           \
  X(COUNT_WEBHOOK_FAILED, "xlad_webhook_failed_total", "counter", "Attempts to send an event that are repeated later.")                \
  X(COUNT_XLA_DAYS, "xlad_xla_days_total", "counter", "Days for which agreements were evaluated.")                                     \
  X(COUNT_XLA_REVISIONS, "xlad_xla_revisions_total", "counter", "Evaluated days that came out differently after their data changed.")  \
  X(COUNT_XLA_SWEEPS, "xlad_xla_sweeps_total", "counter", "Looks for days of agreements to evaluate.")

enum telemetry {
#define X(name, ...) name,
  TELEMETRY_TABLE(X)
#undef X
      TELEMETRY_COUNT
};

void telemetry_add(enum telemetry which, int64_t amount);
int64_t telemetry_get(enum telemetry which);

// A finished request, counted by route, status and time taken. `route` must stay valid (a pattern of the route table, or a literal).
void telemetry_request(const char *method, const char *route, int status, int64_t micros);

// Everything, in the Prometheus text exposition format 0.0.4.
void telemetry_print(struct buffer *out);

#endif

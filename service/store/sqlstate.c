// Maps SQLSTATEs to errors, by the longest prefix that is listed.
#include "store/sqlstate.h"

#include <string.h>

static const struct {
  const char *prefix;
  enum err error;
} STATES[] = {
    {"23505", ERR_CONFLICT},     // unique_violation
    {"23503", ERR_CONFLICT},     // foreign_key_violation
    {"55P03", ERR_UNAVAILABLE},  // lock_not_available
    {"57014", ERR_TIMEOUT},      // query_canceled: statement_timeout
    {"08P01", ERR_INTERNAL},     // protocol_violation: we sent nonsense
    {"40", ERR_UNAVAILABLE},     // serialisation failure, deadlock: after its tries
    {"08", ERR_UNAVAILABLE},     // connection lost
    {"53", ERR_UNAVAILABLE},     // out of resources
    {"57P", ERR_UNAVAILABLE},    // shutdown
    {"25006", ERR_UNAVAILABLE},  // read-only: a standby that is not promoted yet
};

enum err sqlstate_error(const char *sqlstate) {
  for (size_t i = 0; i < sizeof STATES / sizeof *STATES; i++)
    if (strncmp(sqlstate, STATES[i].prefix, strlen(STATES[i].prefix)) == 0) return STATES[i].error;
  return ERR_INTERNAL;
}

bool sqlstate_retriable(const char *sqlstate) { return strcmp(sqlstate, "40001") == 0 || strcmp(sqlstate, "40P01") == 0; }

bool sqlstate_blames_row(const char *sqlstate) {
  return strncmp(sqlstate, "22", 2) == 0 || strncmp(sqlstate, "23", 2) == 0 || strncmp(sqlstate, "54", 2) == 0 || strncmp(sqlstate, "P0", 2) == 0;
}

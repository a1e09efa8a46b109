// Names the events that webhooks tell.
#include "domain/webhook.h"

const char *const EVENT_NAMES[] = {
    EVENT_XLA_AT_RISK, EVENT_XLA_BREACHED, EVENT_XLA_MET, EVENT_XLA_STALE, EVENT_INITIATIVE_EVALUATED, EVENT_WEBHOOK_TEST, NULL,
};

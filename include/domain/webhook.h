// Webhooks by the Standard Webhooks specification 1.0.0 (standardwebhooks.com): what is told, how it is signed, and how long it is tried.
#ifndef XLAD_DOMAIN_WEBHOOK_H
#define XLAD_DOMAIN_WEBHOOK_H

#include <stddef.h>

// Types of events, by name; NULL-terminated.
#define EVENT_XLA_AT_RISK          "xla.at_risk"
#define EVENT_XLA_BREACHED         "xla.breached"
#define EVENT_XLA_MET              "xla.met"
#define EVENT_XLA_STALE            "xla.stale"
#define EVENT_INITIATIVE_EVALUATED "initiative.evaluated"
#define EVENT_WEBHOOK_TEST         "webhook.test"
extern const char *const EVENT_NAMES[];

#endif

// Webhooks in the database: who is told of events. What is told goes through the outbox.
#ifndef XLAD_STORE_WEBHOOK_STORE_H
#define XLAD_STORE_WEBHOOK_STORE_H

#include "store/outbox_store.h"

#endif

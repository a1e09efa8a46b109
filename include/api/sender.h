// Sends what waits in the outboxes of all tenants to their webhooks, in the background. Several daemons may do so: each event is sent at least once.
#ifndef XLAD_API_SENDER_H
#define XLAD_API_SENDER_H

#include "api/service.h"

struct sender;

// Begins as soon as there is a lane. NULL when memory is out.
struct sender *sender_new(struct service *service);
// Takes nothing more; what is under way goes on.
void sender_drain(struct sender *sender);
// Attempts under way.
size_t sender_pending(const struct sender *sender);
// Ends what is under way, which is sent again when its lease is over. For when the store has stopped. NULL is allowed.
void sender_free(struct sender *sender);

#endif

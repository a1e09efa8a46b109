// The steps that hooks, tests and replays of a source share, each of which may wait for the database.
#ifndef XLAD_API_SOURCE_FLOW_H
#define XLAD_API_SOURCE_FLOW_H

#include "api/source_delivery.h"
#include "http/request.h"

// All of them need request->state to begin with the delivery, and go on with `next`, at once where there is nothing to wait for.

// Reads the body into items; where it has times without a zone, PostgreSQL says which instants they are.
enum err source_flow_read(struct request *request, enum err (*next)(struct request *request));
// Writes the items that nothing is wrong with. A person who has rated a ticket otherwise before has changed their mind: that response is amended,
// within the tenant's time for it, unless it is newer. Afterwards each item has its status, those that were not written their error.
enum err source_flow_write(struct request *request, enum err (*next)(struct request *request));

// An error for which the tool should send the body again: it is the service's. ERR_NONE when there is none.
enum err source_flow_failure(const struct source_delivery *delivery);

// Writes the members that tell what became of an item: record, outcome, ref or id, errors. `kept`: the failure that it is kept as, NULL: it is not.
void source_item_write(struct json_writer *json, const struct source_item *item, const struct uuid *kept);
bool source_item_failed(const struct source_item *item);

#endif

// One body that a tool has sent, on its way to the tickets and responses that it becomes.
#ifndef XLAD_API_SOURCE_DELIVERY_H
#define XLAD_API_SOURCE_DELIVERY_H

#include "api/import_row.h"
#include "api/source_body.h"

// One record of the body. What it becomes is a row as imports have them: read by the same fields, written by the same statements.
struct source_item {
  struct import_row row;  // row.status: 0 while nothing is wrong with it
  enum err error;         // why it became nothing
  struct text raw;        // what the tool has sent of it, within the body
  struct text body;       // what it becomes, as JSON; absent where it was ignored, or couldn't be mapped
  bool whole;             // the body as a whole was not understood
  bool ignored;
  bool amended;  // a response that was there says now what this one says
};

struct source_delivery {
  const struct tenant *tenant;
  struct arena *arena;
  const struct source_mapping *mappings[RECORD_KINDS];
  struct text time_zone;
  struct text body;
  struct text query;  // a JSON object of the address's parameters
  int64_t record;     // enum source_record of a body that is one record of it, from within a list perhaps; ABSENT: of any
  struct source_item *items;
  size_t count;
  // Times without a zone, in the order in which they were read: as shown, and once they are known as instants.
  int64_t *shown, *instants;
  size_t times;
  struct signature signature;
  // While items are being written, or times asked for.
  struct request *request;
  enum err (*next)(struct request *request);
  size_t pending;
  size_t at;  // the item that is being held against the response that is there
};

// Takes the rules of a source's content. False when memory is out.
bool source_delivery_open(struct source_delivery *delivery, struct text content) __attribute__((warn_unused_result));

// Reads the body into items. ERR_PENDING: times have to be asked for (shown[0, times), in time_zone); set `instants` and call it again.
// ERR_UNAVAILABLE: memory was out. ERR_NONE: there are items; a body that is not understood is one that is `whole`.
enum err source_delivery_read(struct source_delivery *delivery) __attribute__((warn_unused_result));

// The parameters of a request's address as JSON; absent when memory is out. They count as read.
struct request;
struct text source_query_text(struct request *request);

#endif

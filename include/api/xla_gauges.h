// How agreements stand, for Prometheus: read from the database from time to time, whichever daemon has evaluated them.
#ifndef XLAD_API_XLA_GAUGES_H
#define XLAD_API_XLA_GAUGES_H

#include "base/buffer.h"
#include "base/loop.h"
#include "store/store.h"

struct xla_gauges;

// NULL when memory is out.
struct xla_gauges *xla_gauges_new(struct store *store, struct loop *loop);
// Asks for nothing more.
void xla_gauges_stop(struct xla_gauges *gauges);
// Once the store has been stopped. NULL is allowed.
void xla_gauges_free(struct xla_gauges *gauges);

// In the Prometheus text format, of XLA_GAUGES_MAX agreements at most; those that are retired, or have no day yet, are left out, and so is what is
// withheld or not known of one.
void xla_gauges_print(const struct xla_gauges *gauges, struct buffer *out);

#endif

// Keeps the priorities of open initiatives: each is computed anew once a day, in the background.
#ifndef XLAD_API_PRIORITY_KEEPER_H
#define XLAD_API_PRIORITY_KEEPER_H

#include "base/loop.h"
#include "store/store.h"

struct priority_keeper;

// Begins as soon as the store is ready. NULL when memory is out.
struct priority_keeper *priority_keeper_new(struct store *store, struct loop *loop);
// Asks for nothing more. NULL is allowed.
void priority_keeper_stop(struct priority_keeper *keeper);
// Once the store has been stopped. NULL is allowed.
void priority_keeper_free(struct priority_keeper *keeper);

#endif

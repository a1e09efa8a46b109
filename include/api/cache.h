// Answers of reads, kept as long as nothing has changed. An answer is computed once for all that wait for it; a change of a tenant's data, by
// this daemon or another one, makes that tenant's answers old: at once, but in a stream of changes only once in XLAD_CACHE_MS; and then an old answer
// is served for ANSWER_STALE_MS_MAX (ANSWER_STALE_TIMES what computing it takes, where that is more) from the moment its computation began, while
// the first that found it old computes the next one.
#ifndef XLAD_API_CACHE_H
#define XLAD_API_CACHE_H

#include "api/service.h"

struct cache;

struct cache *cache_new(struct service *service);
// No request may wait in it any more.
void cache_free(struct cache *cache);

// Answers the request from the cache; or makes it wait for another one that computes the same; or has it computed by `compute`, whose answer (given
// at once, or after ERR_PENDING by what it waits for) cache_keep is told. `key` names the answer within the tenant: everything it depends on but the
// data, what it is given as included. A request with Cache-Control: no-cache is always computed. The key is copied.
enum err cache_serve(struct request *request, struct text key, enum err (*compute)(struct request *request));

// Keeps the answer that the request holds now, or tells those who wait that there is none; gives `error` back. To be called exactly once by each
// computation.
enum err cache_keep(struct request *request, enum err error);

#endif

// Hands an answer to libmicrohttpd. Used by the request, and by the cache of answers.
#ifndef XLAD_HTTP_REPLY_H
#define XLAD_HTTP_REPLY_H

#include <stdbool.h>

#include "http/request.h"

// Turns an error and the request's issues into an application/problem+json answer.
void reply_problem(struct request *request, enum err error);
enum { ENTITY_TAG_CHARS_MAX = 40 };

// A hash of the answer without what changes though nothing did (volatile_from to volatile_to), so that it is equal over daemons and restarts. In
// quotes; absent when memory is out.
struct text reply_entity_tag(struct request *request);
// Whether the client has the answer already, by its If-None-Match, in this form or another one: makes it 304 then. Needs the entity tag and the
// encoding, and of the body nothing.
bool reply_unchanged(struct request *request);
// Whether a change may be made, by the request's If-Match against the answer that it holds, which is what a read would answer now: ERR_UNGUARDED
// without the header, ERR_STALE when the client has read something else. The answer is dropped.
enum err reply_match(struct request *request);
// Queues the answer that the request holds: with an ETag, and as 304, where it is a read. False: the connection has to be closed.
bool reply_queue(struct request *request);

#endif

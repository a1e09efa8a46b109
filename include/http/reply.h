// Hands an answer to libmicrohttpd. Used by the request only.
#ifndef XLAD_HTTP_REPLY_H
#define XLAD_HTTP_REPLY_H

#include <stdbool.h>

#include "http/request.h"

// Turns an error and the request's issues into an application/problem+json answer.
void reply_problem(struct request *request, enum err error);
// Queues the answer that the request holds: with an ETag, and as 304, where it is a read. False: the connection has to be closed.
bool reply_queue(struct request *request);

#endif

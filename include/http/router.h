// From method and path to a route. Knows by itself what 404, 405 with Allow, HEAD and OPTIONS are.
#ifndef XLAD_HTTP_ROUTER_H
#define XLAD_HTTP_ROUTER_H

#include "http/request.h"

// Splits the target into decoded path segments and query parameters. ERR_MALFORMED_REQUEST when an escape is broken, a segment is empty, "." or "..",
// or there are too many of anything.
enum err router_split(struct request *request) __attribute__((warn_unused_result));

// Sets route and path values. ERR_NOT_FOUND, or ERR_METHOD_NOT_ALLOWED with an Allow header added. OPTIONS gives ERR_NONE without a route, with Allow
// added.
enum err router_find(struct request *request, const struct route *routes, size_t count) __attribute__((warn_unused_result));

// Describes the first fault of a route table (two routes alike, a pattern that is malformed); NULL when it is sound.
const char *router_fault(const struct route *routes, size_t count);

#endif

// What libmicrohttpd lets through and xlad doesn't: heads that two readers could understand differently.
#ifndef XLAD_HTTP_SCREEN_H
#define XLAD_HTTP_SCREEN_H

#include <stdbool.h>

#include "http/request.h"

// Looks at the head of a request. On a fault adds an issue that names the header and gives ERR_MALFORMED_REQUEST: two or no Host, a Content-Length
// that is not digits or stands there twice, any Transfer-Encoding but exactly `chunked`, both of them, another header that counts once given twice,
// NUL or control bytes, a name that is no token, a version but 1.0 and 1.1. *content_length: −1 when there is none.
enum err screen_head(struct request *request, const char *version, long long *content_length) __attribute__((warn_unused_result));

#endif

// The seam between libmicrohttpd's callbacks and a request. Used by the server and the request only.
#ifndef XLAD_HTTP_HANDLER_H
#define XLAD_HTTP_HANDLER_H

#include "http/request.h"

// One call of the access handler: the head, a part of the body, its end, or a resume. Gives an enum MHD_Result.
int request_handle(struct request *request, struct MHD_Connection *connection, const char *method, const char *version, const char *bytes,
                   size_t *size);

// Adds who asked to the log line; the endpoints' side provides it, as only they know what a principal is.
void log_principal(const struct request *request);

#endif

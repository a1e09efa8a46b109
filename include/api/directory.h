// Who may come in: known keys are kept for a moment, so that a request does not wait for the database, and a revoked one is out within a second.
#ifndef XLAD_API_DIRECTORY_H
#define XLAD_API_DIRECTORY_H

#include "api/service.h"

struct directory *directory_new(struct service *service);
void directory_free(struct directory *directory);

// Sets principal and role of a request by its Authorization header. ERR_PENDING: the request will be resumed, and this is to be called again.
enum err directory_authenticate(struct request *request);

// What is known of this tenant is asked again before it is used: its dimensions, metrics or settings were changed here.
void directory_forget(struct directory *directory, const struct tenant *tenant);

#endif

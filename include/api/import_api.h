// POST /v1/tickets/import, /v1/responses/import and /v1/measurements/import: BODY_BULK routes, their `chunk` and `start`.
#ifndef XLAD_API_IMPORT_API_H
#define XLAD_API_IMPORT_API_H

#include "http/request.h"

enum err import_tickets_chunk(struct request *request, struct text chunk, size_t *used);
enum err import_tickets_end(struct request *request);
enum err import_responses_chunk(struct request *request, struct text chunk, size_t *used);
enum err import_responses_end(struct request *request);
enum err import_measurements_chunk(struct request *request, struct text chunk, size_t *used);
enum err import_measurements_end(struct request *request);

#endif

// What reads can be given as: which lists and breakdowns there are as CSV, and what their columns are. A table shows what the JSON says.
#ifndef XLAD_API_EXPORT_H
#define XLAD_API_EXPORT_H

#include "http/request.h"

// For the server: the media of a route, and the conversion of an answer.
unsigned export_media(const struct route *route);
enum err export_convert(struct request *request);

#endif

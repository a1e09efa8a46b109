// The whole interface, as one table.
#ifndef XLAD_API_ROUTES_H
#define XLAD_API_ROUTES_H

#include "http/request.h"

extern const struct route ROUTES[];
extern const size_t ROUTES_COUNT;

#endif

// What /v1/experience shares with other reads that answer alike.
#ifndef XLAD_API_EXPERIENCE_H
#define XLAD_API_EXPERIENCE_H

#include "api/view.h"

// Serves all figures of the view, held against its reference where it has one.
enum err experience_serve(struct request *request, struct view *view);

#endif

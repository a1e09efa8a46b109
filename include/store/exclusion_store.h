// Exclusions of responses from figures. Each is audited, and so is its end.
#ifndef XLAD_STORE_EXCLUSION_STORE_H
#define XLAD_STORE_EXCLUSION_STORE_H

#include "store/response_store.h"

extern const struct statement *const EXCLUSION_STATEMENTS[];

// Two steps. A response that is excluded already stays as it is, whatever the reason.
void exclusion_ask_make(struct job *job, const struct uuid *tenant, const struct uuid *id, struct text reason, struct text actor);
enum exclusion_outcome { EXCLUSION_UNKNOWN, EXCLUSION_MADE, EXCLUSION_SAME /* reason as before */, EXCLUSION_OTHER };
// What stands now, unless there is no such response.
enum exclusion_outcome exclusion_take_made(const struct job *job, struct exclusion *exclusion);

// One row when there was an exclusion: the response counts again.
void exclusion_ask_end(struct job *job, const struct uuid *tenant, const struct uuid *id, struct text actor);

#endif

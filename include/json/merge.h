// JSON merge patch, RFC 7396, on parsed trees. Used by fields.c.
#ifndef XLAD_JSON_MERGE_H
#define XLAD_JSON_MERGE_H

struct cJSON;

// Changes `target`, which it takes over, as `patch` says, and gives the result. NULL when memory is out. Both have passed the gate, so nesting is
// bounded.
struct cJSON *merge_patch(struct cJSON *target, const struct cJSON *patch);

#endif

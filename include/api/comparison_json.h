// A comparison as it is shown: how large the change is, how sure it is, what it means, and what would settle it.
#ifndef XLAD_API_COMPARISON_JSON_H
#define XLAD_API_COMPARISON_JSON_H

#include <stdbool.h>

#include "domain/comparison.h"
#include "domain/estimate.h"
#include "domain/metric.h"
#include "domain/verdict.h"
#include "json/writer.h"

// Each writes one object with the same members as value; null where there is none. `relative`: change and interval are percent of the value before.
// `test` says which one: "two_sample", "target", or null where the difference is all there is, or there are too few answers. needed_per_group,
// needed_after and baseline_too_small are told of an inconclusive comparison of two tallies only.

// From one tally to another; overlapping sides share answers, or may.
void comparison_write(struct json_writer *json, const struct metric *metric, const struct tally *before, const struct tally *after, bool overlapping);
// From a value of unknown spread, in the shown unit.
void comparison_write_target(struct json_writer *json, const struct metric *metric, const struct tally *after, struct ratio target);
// Of values that nothing more is known of; denominator 0: there is no change.
void comparison_write_difference(struct json_writer *json, struct ratio change);
// One that somebody else has judged, by a test of this name.
void comparison_write_judged(struct json_writer *json, const struct comparison *comparison, const char *test, enum verdict verdict,
                             struct verdict_needs needs);
// Of sides of which one is withheld: the verdict is insufficient_data, and nothing else is said.
void comparison_write_withheld(struct json_writer *json);

#endif

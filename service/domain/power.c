// Computes how many answers a comparison of two groups needs.
#include "domain/power.h"

#include <assert.h>
#include <math.h>

#include "domain/quantile.h"

static const double COUNT_MAX = 9007199254740992.0;  // 2^53

static const double DISTANCE = NORMAL_975 + NORMAL_800;

static int64_t whole(double count) { return count <= COUNT_MAX ? (int64_t)ceil(count) : POWER_ENDLESS; }

int64_t power_per_group(double variance_before, double variance_after, double difference) {
  assert(variance_before >= 0 && variance_after >= 0);
  if (difference == 0) {
    return POWER_ENDLESS;
  }
  double ratio = DISTANCE / difference;
  return whole((variance_before + variance_after) * ratio * ratio);
}

int64_t power_after(double variance_before, int64_t n_before, double variance_after, double difference) {
  assert(variance_before >= 0 && variance_after >= 0 && n_before > 0);
  double ratio = difference / DISTANCE;
  double left = ratio * ratio - variance_before / (double)n_before;
  return left > 0 ? whole(variance_after / left) : POWER_ENDLESS;
}

// Counts the fewest tickets that hold most of the lost time.
#include "domain/concentration.h"

// 80 % = 4/5.
enum { PART = 4, WHOLE = 5 };

void concentration_init(struct concentration *concentration, int64_t answers, int128 total) {
  *concentration = (struct concentration){.answers = answers, .total = total};
}

bool concentration_add(struct concentration *concentration, int64_t minutes, int64_t tickets) {
  int128 missing = PART * concentration->total - WHOLE * concentration->gathered;
  if (concentration->reached || minutes <= 0) {
    return concentration->reached;
  }
  int128 each = (int128)WHOLE * minutes;
  int128 needed = (missing + each - 1) / each;
  concentration->reached = needed <= tickets;
  int64_t taken = concentration->reached ? (int64_t)needed : tickets;
  concentration->tickets += taken;
  concentration->gathered += (int128)minutes * taken;
  return concentration->reached;
}

bool concentration_share(const struct concentration *concentration, int128 *numerator, int128 *denominator) {
  if (!concentration->reached || concentration->total <= 0 || concentration->answers <= 0) {
    return false;
  }
  *numerator = (int128)100 * concentration->tickets;
  *denominator = concentration->answers;
  return true;
}

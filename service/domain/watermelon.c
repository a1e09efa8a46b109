// Counts responses by SLA outcome and band, and tells watermelons.
#include "domain/watermelon.h"

static const int64_t SHARE_EDGES[] = {0, 1};

const struct metric WATERMELON_SHARE = {
    .key = "watermelon_share",
    .title = "Negative though the SLA was met",
    .aggregation = AGGREGATE_SHARE,
    .unit = "percent",
    .divisor = 1,
    .better = BETTER_LOWER,
    .low = 0,
    .high = 1,
    .edges = SHARE_EDGES,
    .bins = 2,
    .source = SOURCE_RESPONSE,
    .maturity = 3,
    .share_from = 1,
    .hidden = true,
};

void watermelon_add(struct watermelon *watermelon, enum sla sla, enum band band, bool over, int64_t n, int64_t lost_n, int128 lost_sum) {
  struct watermelon_cell *cell = &watermelon->cells[sla][band];
  cell->n += n;
  cell->over += over ? n : 0;
  cell->lost_n += lost_n;
  cell->lost_sum += lost_sum;
}

struct tally watermelon_tally(const struct watermelon *watermelon) {
  struct tally tally = {0};
  for (int band = 0; band < BAND_COUNT; band++) {
    const struct watermelon_cell *cell = &watermelon->cells[SLA_MET][band];
    int64_t red = band == BAND_NEGATIVE ? cell->n : cell->over;
    tally_add_value(&tally, &WATERMELON_SHARE, 1, red);
    tally_add_value(&tally, &WATERMELON_SHARE, 0, cell->n - red);
  }
  return tally;
}

bool watermelon_is(const struct watermelon_signs *signs) {
  int128 met = (int128)100 * signs->sla_met * signs->sla_target.denominator;
  bool green = signs->sla_known > 0 && signs->sla_target.denominator > 0 && met >= signs->sla_target.numerator * signs->sla_known;
  return green && (signs->experience_below || signs->xla_breached);
}

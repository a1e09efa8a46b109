// What an attacker needs to work out hidden numbers from published sums: which sums follow from others, and between what bounds the rest lies.
#ifndef XLAD_UNIT_SOLVER_H
#define XLAD_UNIT_SOLVER_H

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
  UNKNOWNS_MAX = 128,
  BOUNDS_MAX = 32,
  COLUMNS_MAX = UNKNOWNS_MAX + BOUNDS_MAX,
  PIVOTS_MAX = 20000,
};

// Published sums over unknowns: each row says which unknowns it adds. Linear algebra modulo a prime: sums of zeros and ones follow from others modulo
// 2^31 - 1 whenever they do over the rationals, and otherwise with a chance of about one in 2^31.
#define SPAN_PRIME UINT64_C(2147483647)

struct span {
  size_t unknowns, rank;
  uint64_t reduced[UNKNOWNS_MAX][UNKNOWNS_MAX];  // row r is 1 at pivots[r], where every other row is 0
  size_t pivots[UNKNOWNS_MAX];
  uint8_t rows[UNKNOWNS_MAX][UNKNOWNS_MAX];  // as published
  int64_t sums[UNKNOWNS_MAX];
};

static inline uint64_t span_inverse(uint64_t a) {
  uint64_t result = 1;
  for (uint64_t power = SPAN_PRIME - 2; power > 0; power >>= 1) {
    if (power & 1) result = result * a % SPAN_PRIME;
    a = a * a % SPAN_PRIME;
  }
  return result;
}

// What is left of the row when all that follows from the span is taken away; false when nothing is.
static inline bool span_rest(const struct span *span, const uint8_t *row, uint64_t *rest) {
  bool any = false;
  for (size_t i = 0; i < span->unknowns; i++)
    rest[i] = row[i];
  for (size_t r = 0; r < span->rank; r++) {
    if (!row[span->pivots[r]]) continue;
    for (size_t i = 0; i < span->unknowns; i++)
      rest[i] = (rest[i] + SPAN_PRIME - span->reduced[r][i]) % SPAN_PRIME;
  }
  for (size_t i = 0; i < span->unknowns; i++)
    any = any || rest[i] != 0;
  return any;
}

// Whether the sum over these unknowns can be computed from what is published.
static inline bool span_holds(const struct span *span, const uint8_t *row) {
  uint64_t rest[UNKNOWNS_MAX];
  return !span_rest(span, row, rest);
}

static inline void span_publish(struct span *span, const uint8_t *row, int64_t sum) {
  uint64_t *fresh = span->reduced[span->rank];
  size_t pivot = 0;
  if (span->rank == span->unknowns || !span_rest(span, row, fresh)) return;
  while (fresh[pivot] == 0)
    pivot++;
  uint64_t inverse = span_inverse(fresh[pivot]);
  for (size_t i = 0; i < span->unknowns; i++)
    fresh[i] = fresh[i] * inverse % SPAN_PRIME;
  for (size_t r = 0; r < span->rank; r++) {
    uint64_t factor = SPAN_PRIME - span->reduced[r][pivot];
    for (size_t i = 0; i < span->unknowns; i++)
      span->reduced[r][i] = (span->reduced[r][i] + factor * fresh[i]) % SPAN_PRIME;
  }
  memcpy(span->rows[span->rank], row, span->unknowns);
  span->sums[span->rank] = sum;
  span->pivots[span->rank++] = pivot;
}

// All unknowns that are not negative and fit what is published: a simplex tableau that always stands on one of them.
struct simplex {
  size_t rows, columns;                         // columns without the right-hand side
  double at[COLUMNS_MAX][2 * COLUMNS_MAX + 1];  // one equation each, solved for its basic unknown; the right-hand side stands at [columns]
  double goal[2 * COLUMNS_MAX + 1];             // what raising each unknown by one adds
  size_t basic[COLUMNS_MAX];
};

#define SIMPLEX_ZERO 1e-9

static inline void simplex_pivot(struct simplex *simplex, size_t row, size_t column) {
  double *chosen = simplex->at[row], by = chosen[column];
  for (size_t i = 0; i <= simplex->columns; i++)
    chosen[i] /= by;
  for (size_t r = 0; r <= simplex->rows; r++) {
    double *other = r == simplex->rows ? simplex->goal : simplex->at[r], factor = other[column];
    if (r == row || factor == 0) continue;
    for (size_t i = 0; i <= simplex->columns; i++) {
      other[i] -= factor * chosen[i];
      if (fabs(other[i]) < SIMPLEX_ZERO) other[i] = 0;
    }
  }
  simplex->basic[row] = column;
}

// The row that stops the column's unknown first; of equals the one with the first unknown (Bland), so that it ends. rows: none does.
static inline size_t simplex_stop(const struct simplex *simplex, size_t column) {
  size_t best = simplex->rows;
  double least = INFINITY;
  for (size_t r = 0; r < simplex->rows; r++) {
    if (simplex->at[r][column] <= SIMPLEX_ZERO) continue;
    double ratio = simplex->at[r][simplex->columns] / simplex->at[r][column];
    bool equal = fabs(ratio - least) <= SIMPLEX_ZERO;
    if (equal ? simplex->basic[r] < simplex->basic[best] : ratio < least) {
      least = ratio;
      best = r;
    }
  }
  return best;
}

// Raises the goal as far as it goes; its most, or infinity.
static inline double simplex_raise(struct simplex *simplex) {
  for (size_t pivots = 0; pivots < PIVOTS_MAX; pivots++) {
    size_t column = 0;
    while (column < simplex->columns && simplex->goal[column] <= SIMPLEX_ZERO)
      column++;
    if (column == simplex->columns) return -simplex->goal[simplex->columns];
    size_t row = simplex_stop(simplex, column);
    if (row == simplex->rows) return INFINITY;
    simplex_pivot(simplex, row, column);
  }
  abort();  // Bland's rule ends; rounding may not
}

// Finds a first solution: each equation is helped by an unknown of its own, and all helpers are pressed to zero and dropped.
static inline void simplex_start(struct simplex *simplex) {
  size_t own = simplex->columns, rows = simplex->rows;
  memset(simplex->goal, 0, sizeof simplex->goal);
  for (size_t r = 0; r < rows; r++) {
    simplex->at[r][own + rows] = simplex->at[r][own];
    for (size_t i = 0; i < rows; i++)
      simplex->at[r][own + i] = i == r;
    for (size_t i = 0; i < own; i++)
      simplex->goal[i] += simplex->at[r][i];
    simplex->goal[own + rows] += simplex->at[r][own + rows];
    simplex->basic[r] = own + r;
  }
  simplex->columns = own + rows;
  double rest = simplex_raise(simplex);
  assert(fabs(rest) < 1e-6);
  (void)rest;
  for (size_t r = 0; r < simplex->rows; r++) {
    size_t column = 0;
    while (simplex->basic[r] >= own && column < own && fabs(simplex->at[r][column]) <= SIMPLEX_ZERO)
      column++;
    if (simplex->basic[r] >= own && column < own) simplex_pivot(simplex, r, column);
  }
  // A helper that stays says 0 = 0.
  for (size_t r = 0; r < simplex->rows;) {
    simplex->at[r][own] = simplex->at[r][simplex->columns];
    if (simplex->basic[r] < own) {
      r++;
      continue;
    }
    simplex->rows--;
    memcpy(simplex->at[r], simplex->at[simplex->rows], sizeof simplex->at[r]);
    simplex->basic[r] = simplex->basic[simplex->rows];
  }
  simplex->columns = own;
}

// The most that sign × the sum over these unknowns can be.
static inline double simplex_most(struct simplex *simplex, const uint8_t *row, size_t unknowns, double sign) {
  memset(simplex->goal, 0, sizeof simplex->goal);
  for (size_t i = 0; i < unknowns; i++)
    simplex->goal[i] = sign * row[i];
  for (size_t r = 0; r < simplex->rows; r++) {
    double factor = simplex->goal[simplex->basic[r]];
    for (size_t i = 0; factor != 0 && i <= simplex->columns; i++)
      simplex->goal[i] -= factor * simplex->at[r][i];
  }
  return simplex_raise(simplex);
}

#endif

// A tenant: an organisation with its time zone, its settings, and the dimensions it uses.
#ifndef XLAD_DOMAIN_TENANT_H
#define XLAD_DOMAIN_TENANT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ident.h"
#include "base/limits.h"
#include "base/text.h"

enum { SLUG_CHARS_MAX = 63, TIME_ZONE_CHARS_MAX = 63, DIMENSION_NAME_CHARS_MAX = 40, SECRET_BYTES = 32, CURRENCY_CHARS = 3 };

struct dimension {
  int id;  // 1 to DIMENSIONS_MAX: its place in a segment
  char name[DIMENSION_NAME_CHARS_MAX + 1];
};

// Kept by value, so that it can be brought up to date in place while requests look at it.
struct tenant {
  struct uuid id;
  char slug[SLUG_CHARS_MAX + 1];
  char time_zone[TIME_ZONE_CHARS_MAX + 1];
  char currency[CURRENCY_CHARS + 1];
  int64_t lost_time_cap;  // minutes
  int64_t amend_minutes;
  uint8_t secret[SECRET_BYTES];  // keys the hashes of people
  int32_t today;                 // in its time zone, as PostgreSQL has it
  int64_t next_midnight;         // instant at which `today` ends
  struct dimension dimensions[DIMENSIONS_MAX];
  size_t dimensions_count;
};

// The slot of a dimension: its id; −1, −2, … for the derived ones in their order; 0 when the tenant has no such dimension.
int tenant_dimension_slot(const struct tenant *tenant, struct text name);
bool tenant_slug_valid(struct text slug);

#endif

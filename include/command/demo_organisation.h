// The organisations that `xlad demo` invents, as tables: what they run, where and when they work, and how it feels.
#ifndef XLAD_COMMAND_DEMO_ORGANISATION_H
#define XLAD_COMMAND_DEMO_ORGANISATION_H

#include <stddef.h>

#include "command/demo_calendar.h"

enum { DEMO_ORGANISATIONS = 2, DEMO_CATEGORIES = 3 };

// One of several values. Its rating is what it adds to people's happiness, in hundredths of a point.
struct demo_choice {
  const char *value;
  unsigned weight;
  int rating;
};

struct demo_choices {
  const struct demo_choice *list;
  size_t count;
};

// What people feel on the average, in hundredths of a point of happiness, and how much more or less time they lose, in steps.
struct demo_mood {
  int rating, lost;
};

// Shares are in thousandths.
struct demo_service {
  const char *name;
  unsigned weight;
  const char *categories[DEMO_CATEGORIES];
  const char *group, *supplier;
  unsigned requests, sla_met, reopened, known_problem, level0;
  struct demo_mood before, after;  // the day of the organisation's change
  const unsigned *season;          // percent of the weight by month, January first; NULL: always the same
  unsigned month_end;              // percent of the weight at the turn of a month; 0: always the same
};

struct demo_organisation {
  const char *slug, *name, *time_zone, *currency;
  const char *ref_prefix, *mail_domain;
  unsigned share;             // thousandths of all tickets; of all organisations together 1000
  unsigned change;            // after how many thousandths of the days a service feels otherwise
  unsigned cents_per_minute;  // of handling, in its currency
  struct demo_calendar calendar;
  const struct demo_service *services;
  size_t services_count;
  struct demo_choices channels, locations, departments;
};

extern const struct demo_organisation DEMO_ORGANISATION[DEMO_ORGANISATIONS];

#endif

// When a measure becomes a target, it ceases to be a good measure (Goodhart): signs that a figure is being made rather than
// earned. Pure. "Integrity" of the rules. A flag never changes a status: it stands beside it, with its evidence.
#ifndef XLAD_DOMAIN_INTEGRITY_H
#define XLAD_DOMAIN_INTEGRITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "domain/comparison.h"
#include "domain/estimate.h"
#include "domain/holm.h"
#include "domain/metric.h"

enum integrity_kind {
  INTEGRITY_RESPONSE_RATE,  // fell by a third or more, compared exactly
  INTEGRITY_LOST_TIME,      // rises significantly while happiness does, too
  INTEGRITY_BARE_RATINGS,   // the share of 9 and 10 with neither factor nor comment rose significantly
  INTEGRITY_SUPPRESSIONS,   // a group's invitations are suppressed at INTEGRITY_TIMES the others' rate or more, significantly
  INTEGRITY_EXCLUSIONS,     // the same of its responses that are excluded
  INTEGRITY_RAPID_RATINGS,  // several ratings under one invitation within INTEGRITY_RAPID_SECONDS
  INTEGRITY_KINDS
};
extern const char *const INTEGRITY_NAMES[];  // by kind, then NULL

enum { INTEGRITY_TIMES = 3, INTEGRITY_CASES_MIN = 5, INTEGRITY_RAPID_SECONDS = 2 };
#define INTEGRITY_LEVEL 0.01  // significant is what has a p below

enum integrity_verdict {
  INTEGRITY_NO_DATA,  // can't be told: unknown, withheld, overlapping, or too few for a comparison
  INTEGRITY_CLEAR,
  INTEGRITY_RAISED,
};

// 0 ≤ cases ≤ of. Not known: nothing supplies it yet, or it is withheld.
struct integrity_count {
  bool known;
  int64_t cases, of;
};

struct integrity_tally {
  bool known;
  struct tally tally;
};

// What is known of a window.
struct integrity_period {
  struct integrity_count answered;  // of the matured invitations
  struct integrity_tally happiness, lost_time;
  struct integrity_count bare;  // have neither factor nor comment, of the ratings 9 and 10
};

// One group of the window: invitations that were due, of which some were suppressed; or responses, of which some are excluded.
struct integrity_group {
  size_t key;  // whose it is; the check doesn't look at it
  int64_t cases, of;
  bool beside;  // one of the others, but neither tested nor named: privacy withholds it, or nobody asks about it
  // The rest is found out.
  struct comparison evidence;  // before: all others; after: this group. In percent, Agresti–Caffo
  double adjusted;             // its p by Holm, over all groups; NAN where there is none
  bool raised;
};

struct integrity_groups {
  bool known;
  bool few;  // those that are asked about have fewer than INTEGRITY_CASES_MIN cases in all: nothing can be raised, and the groups needn't be given
  struct integrity_group *groups;
  size_t count;
};

struct integrity_question {
  struct integrity_period window;
  struct integrity_period reference;             // the baseline's, or the equal window before the agreement's version began
  bool overlapping;                              // both share days: then nothing is concluded from comparing them
  struct integrity_groups suppressed, excluded;  // in the window
  struct integrity_count rapid;                  // invitations with several ratings that fast, of those with a rating, in the window
};

enum { INTEGRITY_EVIDENCE_MAX = 2 };

struct integrity_flag {
  enum integrity_verdict verdict;
  // What was compared, before and after, with p: one comparison; of INTEGRITY_LOST_TIME happiness and lost time; of groups the group with the least p
  // among those raised, none if there is none; of INTEGRITY_RAPID_RATINGS only `after` is set. None without data.
  size_t evidence_count;
  struct comparison evidence[INTEGRITY_EVIDENCE_MAX];
  size_t group;   // raised by groups: index of that one
  size_t raised;  // and how many there are
};

// Shares of cases, in percent: what counts are compared by. Never stored.
extern const struct metric INTEGRITY_SHARE;

// Finds all flags, and what the groups' own evidence is. Comparisons are those of comparison.h with their minimum of answers, for groups with
// INTEGRITY_CASES_MIN cases instead. `hypotheses` has room for the larger number of groups; its content afterwards is of no use.
void integrity_check(const struct integrity_question *question, struct hypothesis *hypotheses, struct integrity_flag flags[INTEGRITY_KINDS]);

#endif

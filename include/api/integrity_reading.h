// Reads what tells whether a figure is being made rather than earned (domain/integrity.h), for whatever has a target: an agreement, an initiative.
//
// What is withheld for the sake of who answered is not known here either. All else that a flag shows can be read by /v1/experience, too: counts of
// the scope, and of groups of one dimension, with the same verdicts.
#ifndef XLAD_API_INTEGRITY_READING_H
#define XLAD_API_INTEGRITY_READING_H

#include "api/reading.h"
#include "base/arena.h"
#include "domain/integrity.h"
#include "json/writer.h"

struct integrity_findings {
  struct integrity_flag flags[INTEGRITY_KINDS];
  struct text by;   // the dimension whose values are the groups that excluded responses are counted by
  struct text key;  // of the group that INTEGRITY_EXCLUSIONS shows; absent where it has none, and of the missing value
};

// The member "integrity": each flag that something feeds, with what was compared.
void integrity_write(struct json_writer *json, const struct integrity_findings *findings);

// --- In one job

struct integrity_inquiry {
  const struct tenant *tenant;
  const struct scope *scope;
  struct window window;
  bool has_reference;
  struct window reference;  // a baseline's window, or the equal one before an agreement's version began; read as it is now, and not frozen
};

enum { INTEGRITY_STEPS = 3 * READING_STEPS };
// Adds INTEGRITY_STEPS steps to a job of a LANE_READ.
void integrity_ask(struct job *job, const struct integrity_inquiry *inquiry);
// Takes them from the ended job, whose steps from `step` on they are; texts live in the arena, or as long as the inquiry. False when memory is out.
bool integrity_take(const struct job *job, unsigned step, const struct integrity_inquiry *inquiry, struct arena *arena,
                    struct integrity_findings *findings) __attribute__((warn_unused_result));

// --- For who reads windows in pieces, and groups only where there is something to find

// How excluded responses are counted by groups: by the values of the first dimension that the scope names, so that what is asked about is compared
// with what lies beside it; of a scope without any by assignment_group. `scope` is the given one without that term.
struct integrity_grouping {
  struct scope scope;
  const struct scope_term *asked;  // NULL: all groups are asked about
  struct text by;
  int slot;  // 0: the tenant has no such dimension, so there are no groups
};
struct integrity_grouping integrity_grouping_of(const struct tenant *tenant, const struct scope *scope);
// Points to the grouping's scope.
struct reading_question integrity_groups_question(const struct integrity_grouping *grouping, struct window window);

// Groups of all pieces together. A group that is withheld in one of them is withheld.
struct integrity_gathered {
  struct integrity_group *groups;
  struct text *keys;
  size_t count;
  bool hidden;  // the total is withheld
};
// Adds a piece; false when memory is out. What is gathered stays in the arena, and the reading isn't needed any more.
bool integrity_gather(struct integrity_gathered *gathered, const struct integrity_grouping *grouping, struct reading *piece, struct arena *arena)
    __attribute__((warn_unused_result));

// What has been read.
struct integrity_material {
  const struct figures *window;
  const struct figures *reference;  // NULL: there is none
  bool overlapping;                 // the two share days
  int64_t excluded;                 // responses of the window
  bool excluded_hidden;             // how many is withheld
  const struct integrity_grouping *grouping;
  const struct integrity_gathered *gathered;  // NULL where integrity_wants_groups() is false
};
// Whether groups have to be gathered: where few responses are excluded there is nothing to find.
bool integrity_wants_groups(const struct integrity_material *material);
// False when memory is out.
bool integrity_find(const struct integrity_material *material, struct arena *arena, struct integrity_findings *findings)
    __attribute__((warn_unused_result));

#endif

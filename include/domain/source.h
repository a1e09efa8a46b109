// Sources: how a tool's payload becomes a ticket or a response. Rules say where each member is found, what its words mean, and how its times are
// written. Pure: values come from whoever reads the payload, and what was made of them goes to whoever writes it.
#ifndef XLAD_DOMAIN_SOURCE_H
#define XLAD_DOMAIN_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/errors.h"
#include "base/limits.h"
#include "base/text.h"
#include "domain/signature.h"

enum source_record { RECORD_TICKET, RECORD_RESPONSE, RECORD_KINDS };
extern const char *const SOURCE_RECORD_NAMES[];  // "ticket", "response", NULL

// What a member takes.
enum source_kind {
  MEMBER_TEXT,
  MEMBER_WHOLE,
  MEMBER_MINUTES,  // a whole number; a rule's format may say that the payload has something else
  MEMBER_TRUTH,
  MEMBER_TIME,
  MEMBER_LIST,
};
// The kind of a record's member, such as "opened_at"; false when it has none of that name. Of "context.service" *dimension is "service", else absent.
bool source_member_find(enum source_record record, struct text member, enum source_kind *kind, struct text *dimension);
// A member without which there is no record; NULL-terminated.
extern const char *const *const SOURCE_REQUIRED[RECORD_KINDS];

// What becomes of a value that a table of values doesn't list.
enum source_unlisted { UNLISTED_REFUSE, UNLISTED_KEEP, UNLISTED_DROP };
extern const char *const SOURCE_UNLISTED_NAMES[];

struct source_pair {
  struct text from, to;
};

// Places of a payload, of which the first that holds anything counts: JSON pointers within one record's object, or "?name" for a parameter of the
// address that it was sent to. Absent ones end the list.
struct source_places {
  struct text at[SOURCE_PLACES_MAX];
};

struct source_rule {
  struct text member;
  struct source_places from;
  const struct source_pair *values;  // what the payload's words mean, in any case; to an empty text: nothing. None: as they are
  size_t values_count;
  int64_t unlisted;  // enum source_unlisted
  struct text
      format;  // of a time: a pattern (base/instant.h), "unix" or "unix_ms"; of minutes: "seconds" or "duration"; absent: as usual. Ends in NUL
  struct text otherwise;  // where nothing was found; absent: nothing
};

struct source_condition {
  struct source_places from;
  const struct text *values;
  size_t values_count;
};

struct source_mapping {
  struct source_places at;              // where the record, or a list of them, lies in a body
  const struct source_condition *only;  // a record of which one doesn't hold is ignored; one that finds nothing holds
  size_t only_count;
  struct source_condition resolved;  // the states that mean resolved: in any other one nothing counts as its time. No values: times alone tell
  const struct source_rule *rules;
  size_t rules_count;
  bool untested;  // no real body was there to test it with
};

// What a payload holds at a place.
enum source_shape { SHAPE_NOTHING, SHAPE_NULL, SHAPE_TEXT, SHAPE_NUMBER, SHAPE_TRUTH, SHAPE_LIST, SHAPE_OBJECT };
struct source_value {
  enum source_shape shape;
  struct text text;          // of a text without escapes, of a number or truth as written
  const struct text *items;  // of a list: the texts, numbers and truths in it
  size_t items_count;
};

// What a rule made.
enum source_form { FORM_TEXT, FORM_NUMBER, FORM_WHOLE, FORM_TRUTH, FORM_INSTANT, FORM_LIST };
struct source_fact {
  struct text member, dimension;
  enum source_form form;
  struct text text;  // of FORM_NUMBER as written in JSON
  int64_t number;    // of FORM_WHOLE, FORM_TRUTH, FORM_INSTANT
  bool local;        // FORM_INSTANT: written without a zone; `number` takes it as UTC
  const struct text *items;
  size_t items_count;
};
struct source_made {
  bool ignored;
  struct source_fact facts[SOURCE_RULES_MAX];
  size_t count;
};

// All places of a mapping, in the order in which source_map wants what they hold. Gives how many there are, at most SOURCE_PATHS_MAX.
size_t source_paths(const struct source_mapping *mapping, struct text *paths);
// Makes facts of a record's values. Adds an issue for each value that its rule can't take, with the member's pointer; lists are in the issues' arena.
void source_map(enum source_record record, const struct source_mapping *mapping, const struct source_value *values, struct issues *issues,
                struct source_made *made);

// Whether a member of this kind may have that format, which ends in NUL.
bool source_format_valid(enum source_kind kind, struct text format);

#endif

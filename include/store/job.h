// A job: one transaction, built as a few prepared statements with their parameters, sent on a lane, and given back with its rows.
#ifndef XLAD_STORE_JOB_H
#define XLAD_STORE_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/errors.h"
#include "base/ident.h"
#include "base/limits.h"
#include "base/loop.h"
#include "base/text.h"
#include "base/wide.h"

struct pg_result;

// Types of parameters are explicit in the SQL ($1::uuid); values travel in binary form.
struct statement {
  const char *name;
  const char *sql;  // {metric_key} stands for that metric's id, {+metric_key} for the one of excluded responses
};

// Which connection does it: reads may run side by side, writes of one daemon follow each other, bulk writes don't delay them and take two lanes
// where rows can be told apart by their hash. LANE_FOLD changes nothing that a reader could see. LANE_LISTEN hears what other daemons have written,
// and asks who a key belongs to, which must not wait behind long reads. LANE_ANALYSIS reads the rows of a window one question after the other, so
// that no ordinary read waits behind that.
enum lane_kind { LANE_READ, LANE_WRITE, LANE_BULK, LANE_BULK_OTHER, LANE_FOLD, LANE_LISTEN, LANE_ANALYSIS, LANE_KINDS };

static inline bool lane_kind_changes(enum lane_kind kind) { return kind == LANE_WRITE || kind == LANE_BULK || kind == LANE_BULK_OTHER; }
static inline bool lane_kind_reads(enum lane_kind kind) { return kind == LANE_READ || kind == LANE_LISTEN || kind == LANE_ANALYSIS; }
static inline bool lane_kind_bulk(enum lane_kind kind) { return kind == LANE_BULK || kind == LANE_BULK_OTHER; }

enum { JOB_PARAMS_MAX = 320, JOB_CONSTRAINT_CHARS_MAX = 64 };

// PostgreSQL's type numbers, for arrays.
enum pg_type {
  PG_BOOL = 16,
  PG_BYTEA = 17,
  PG_INT8 = 20,
  PG_INT2 = 21,
  PG_INT4 = 23,
  PG_TEXT = 25,
  PG_DATE = 1082,
  PG_TIMESTAMPTZ = 1184,
  PG_UUID = 2950,
};

struct job {
  struct job *next;
  enum lane_kind lane;
  bool has_tenant;
  struct uuid tenant;
  bool unseen;  // it writes only what no answer is made of, as the audit trail: nobody has to hear of it
  bool posts;   // there is more to send in the outbox when it has been committed
  // What is asked.
  struct {
    const struct statement *statement;
    unsigned first, count;  // parameters
  } steps[JOB_STEPS_MAX];
  unsigned steps_count;
  struct buffer bytes;
  struct {
    size_t start;
    int length;  // −1: null
  } params[JOB_PARAMS_MAX];
  unsigned params_count;
  size_t array_items;  // still missing of the array under construction
  enum pg_type array_type;
  // What came back.
  struct pg_result *results[JOB_STEPS_MAX];
  enum err error;
  char sqlstate[6];
  char constraint[JOB_CONSTRAINT_CHARS_MAX];
  // Called once, when it has ended well or not; `error` tells. The job stays the caller's until job_free.
  void (*done)(struct job *job);
  void *owner;
  // The lane's bookkeeping.
  unsigned tries, got, syncs;
  bool committed, replans;
  bool tells;  // other daemons, within the transaction, that the tenant's data changes
  struct timer pause;
  struct store *store;
};

// Begins a step; the parameters that follow belong to it.
void job_step(struct job *job, const struct statement *statement);

// Parameters, in the statement's order. Absent values become null.
void job_uuid(struct job *job, const struct uuid *value);
void job_text(struct job *job, struct text value);
void job_bytes(struct job *job, const void *bytes, size_t n);
void job_bool(struct job *job, int64_t value);
void job_int2(struct job *job, int64_t value);
void job_int4(struct job *job, int64_t value);
void job_int8(struct job *job, int64_t value);
void job_instant(struct job *job, int64_t instant);
void job_day(struct job *job, int64_t day);

// Two parameters: a new id for a row of the audit trail, and who did it.
void job_audit(struct job *job, struct text actor);

// An array parameter of exactly `count` items, which follow by job_item_*.
void job_array(struct job *job, enum pg_type type, size_t count);
void job_item_text(struct job *job, struct text value);         // PG_TEXT, PG_BYTEA (absent → null)
void job_item_int(struct job *job, int64_t value);              // PG_BOOL, PG_INT2, PG_INT4, PG_INT8
void job_item_instant(struct job *job, int64_t instant);        // PG_TIMESTAMPTZ
void job_item_day(struct job *job, int64_t day);                // PG_DATE
void job_item_uuid(struct job *job, const struct uuid *value);  // PG_UUID

// Rows of a step. Numbers count from 0.
size_t job_rows(const struct job *job, unsigned step);
bool row_null(const struct job *job, unsigned step, size_t row, int column);
// Of bool, int2, int4, int8; ABSENT for null.
int64_t row_int(const struct job *job, unsigned step, size_t row, int column);
// Of a whole number as text, at most 2^127; 0 for null.
int128 row_wide(const struct job *job, unsigned step, size_t row, int column);
int64_t row_instant(const struct job *job, unsigned step, size_t row, int column);
int32_t row_day(const struct job *job, unsigned step, size_t row, int column);
// Of text, bytea, json; a view into the job's result; absent for null.
struct text row_text(const struct job *job, unsigned step, size_t row, int column);
// The nil UUID for null.
struct uuid row_uuid(const struct job *job, unsigned step, size_t row, int column);
// Items of a text[] into the arena; *items NULL and 0 for null or an empty array or when memory is out.
struct arena;
size_t row_text_array(const struct job *job, unsigned step, size_t row, int column, struct arena *arena, struct text **items);
// Items of an int2[], int4[] or int8[] into out; returns how many were there, at most `max` are stored.
size_t row_int_array(const struct job *job, unsigned step, size_t row, int column, int64_t *out, size_t max);

#endif

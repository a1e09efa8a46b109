// Builds a transaction's parameters in PostgreSQL's binary form, and reads the rows that come back.
#include "store/job.h"

#include <assert.h>
#include <endian.h>
#include <libpq-fe.h>
#include <string.h>

#include "base/arena.h"

// PostgreSQL counts from 2000-01-01.
#define EPOCH_MICROS INT64_C(946684800000000)
enum { EPOCH_DAYS = 10957 };

void job_step(struct job *job, const struct statement *statement) {
  assert(job->steps_count < JOB_STEPS_MAX && job->array_items == 0);
  job->steps[job->steps_count].statement = statement;
  job->steps[job->steps_count].first = job->params_count;
  job->steps[job->steps_count].count = 0;
  job->steps_count++;
}

static void add_param(struct job *job, const void *bytes, int length) {
  assert(job->params_count < JOB_PARAMS_MAX && job->steps_count > 0 && job->array_items == 0);
  job->params[job->params_count].start = job->bytes.length;
  job->params[job->params_count].length = length;
  job->params_count++;
  job->steps[job->steps_count - 1].count++;
  if (length > 0) buffer_append(&job->bytes, bytes, (size_t)length);
}

static void add_null(struct job *job) { add_param(job, NULL, -1); }

void job_uuid(struct job *job, const struct uuid *value) {
  if (value)
    add_param(job, value->bytes, UUID_BYTES);
  else
    add_null(job);
}

void job_text(struct job *job, struct text value) {
  if (value.at)
    add_param(job, value.at, (int)value.length);
  else
    add_null(job);
}

void job_bytes(struct job *job, const void *bytes, size_t n) { job_text(job, (struct text){bytes, n}); }

void job_bool(struct job *job, int64_t value) {
  if (value == ABSENT) {
    add_null(job);
    return;
  }
  uint8_t byte = value != 0;
  add_param(job, &byte, 1);
}

// Big-endian bytes of the low `size` bytes of value.
static void put_int(uint8_t *out, int64_t value, size_t size) {
  uint64_t big = htobe64((uint64_t)value);
  memcpy(out, (const uint8_t *)&big + 8 - size, size);
}

static void add_int(struct job *job, int64_t value, size_t size) {
  uint8_t bytes[8];
  if (value == ABSENT) {
    add_null(job);
    return;
  }
  put_int(bytes, value, size);
  add_param(job, bytes, (int)size);
}

void job_int2(struct job *job, int64_t value) { add_int(job, value, 2); }
void job_int4(struct job *job, int64_t value) { add_int(job, value, 4); }
void job_int8(struct job *job, int64_t value) { add_int(job, value, 8); }
void job_instant(struct job *job, int64_t instant) { add_int(job, instant == ABSENT ? ABSENT : instant - EPOCH_MICROS, 8); }
void job_day(struct job *job, int64_t day) { add_int(job, day == ABSENT ? ABSENT : day - EPOCH_DAYS, 4); }

void job_audit(struct job *job, struct text actor) {
  struct uuid id;
  uuid_make(&id);
  job_uuid(job, &id);
  job_text(job, actor);
}

static void append_int4(struct job *job, int64_t value) {
  uint8_t bytes[4];
  put_int(bytes, value, sizeof bytes);
  buffer_append(&job->bytes, bytes, sizeof bytes);
}

// The array under construction is the last parameter: its length follows what was appended.
static void grow_array(struct job *job) {
  size_t start = job->params[job->params_count - 1].start;
  job->params[job->params_count - 1].length = job->bytes.failed ? 0 : (int)(job->bytes.length - start);
}

void job_array(struct job *job, enum pg_type type, size_t count) {
  add_param(job, NULL, 0);
  append_int4(job, count > 0);  // dimensions
  append_int4(job, 1);          // may hold nulls
  append_int4(job, type);
  if (count > 0) {
    append_int4(job, (int64_t)count);
    append_int4(job, 1);  // lower bound
  }
  job->array_items = count;
  job->array_type = type;
  grow_array(job);
}

static void add_item(struct job *job, const void *bytes, int length) {
  assert(job->array_items > 0);
  append_int4(job, length);
  if (length > 0) buffer_append(&job->bytes, bytes, (size_t)length);
  if (--job->array_items == 0) grow_array(job);
}

void job_item_text(struct job *job, struct text value) {
  assert(job->array_type == PG_TEXT || job->array_type == PG_BYTEA);
  add_item(job, value.at, value.at ? (int)value.length : -1);
}

void job_item_int(struct job *job, int64_t value) {
  size_t size = job->array_type == PG_BOOL ? 1 : job->array_type == PG_INT2 ? 2 : job->array_type == PG_INT4 ? 4 : 8;
  uint8_t bytes[8];
  if (value == ABSENT) {
    add_item(job, NULL, -1);
    return;
  }
  put_int(bytes, value, size);
  add_item(job, bytes, (int)size);
}

void job_item_instant(struct job *job, int64_t instant) {
  assert(job->array_type == PG_TIMESTAMPTZ);
  uint8_t bytes[8];
  if (instant == ABSENT) {
    add_item(job, NULL, -1);
    return;
  }
  put_int(bytes, instant - EPOCH_MICROS, sizeof bytes);
  add_item(job, bytes, (int)sizeof bytes);
}

void job_item_day(struct job *job, int64_t day) {
  assert(job->array_type == PG_DATE);
  uint8_t bytes[4];
  if (day == ABSENT) {
    add_item(job, NULL, -1);
    return;
  }
  put_int(bytes, day - EPOCH_DAYS, sizeof bytes);
  add_item(job, bytes, (int)sizeof bytes);
}

void job_item_uuid(struct job *job, const struct uuid *value) {
  assert(job->array_type == PG_UUID);
  add_item(job, value->bytes, UUID_BYTES);
}

size_t job_rows(const struct job *job, unsigned step) { return job->results[step] ? (size_t)PQntuples(job->results[step]) : 0; }

bool row_null(const struct job *job, unsigned step, size_t row, int column) { return PQgetisnull(job->results[step], (int)row, column) != 0; }

static int64_t get_int(const uint8_t *bytes, size_t size) {
  uint64_t value = size > 0 && bytes[0] & 0x80 ? UINT64_MAX : 0;
  for (size_t i = 0; i < size; i++)
    value = value << 8 | bytes[i];
  return (int64_t)value;
}

struct text row_text(const struct job *job, unsigned step, size_t row, int column) {
  const struct pg_result *result = job->results[step];
  if (PQgetisnull(result, (int)row, column)) return TEXT_NONE;
  return (struct text){PQgetvalue(result, (int)row, column), (size_t)PQgetlength(result, (int)row, column)};
}

int64_t row_int(const struct job *job, unsigned step, size_t row, int column) {
  struct text value = row_text(job, step, row, column);
  assert(!value.at || value.length <= 8);
  return value.at ? get_int((const uint8_t *)value.at, value.length) : ABSENT;
}

int128 row_wide(const struct job *job, unsigned step, size_t row, int column) {
  struct text digits = row_text(job, step, row, column);
  bool negative = digits.length > 0 && digits.at[0] == '-';
  int128 value = 0;
  for (size_t i = negative; i < digits.length; i++)
    value = value * 10 + (digits.at[i] - '0');
  return negative ? -value : value;
}

int64_t row_instant(const struct job *job, unsigned step, size_t row, int column) {
  int64_t value = row_int(job, step, row, column);
  return value == ABSENT ? ABSENT : value + EPOCH_MICROS;
}

int32_t row_day(const struct job *job, unsigned step, size_t row, int column) { return (int32_t)(row_int(job, step, row, column) + EPOCH_DAYS); }

struct uuid row_uuid(const struct job *job, unsigned step, size_t row, int column) {
  struct uuid id = {{0}};
  struct text value = row_text(job, step, row, column);
  if (value.length == UUID_BYTES) memcpy(id.bytes, value.at, UUID_BYTES);
  return id;
}

// Binary form of an array: dimensions, flags, type, then per dimension size and lower bound, then items with their lengths.
static size_t array_items(struct text *array) {
  if (array->length < 20 || get_int((const uint8_t *)array->at, 4) != 1) return 0;
  size_t count = (size_t)get_int((const uint8_t *)array->at + 12, 4);
  array->at += 20;
  array->length -= 20;
  return count;
}

static struct text next_item(struct text *array) {
  int64_t length = get_int((const uint8_t *)array->at, 4);
  struct text item = {length < 0 ? NULL : array->at + 4, length < 0 ? 0 : (size_t)length};
  array->at += 4 + item.length;
  array->length -= 4 + item.length;
  return item;
}

size_t row_text_array(const struct job *job, unsigned step, size_t row, int column, struct arena *arena, struct text **items) {
  struct text array = row_text(job, step, row, column);
  size_t count = array_items(&array);
  *items = count ? arena_take_array(arena, count, sizeof **items) : NULL;
  if (!*items) return 0;
  for (size_t i = 0; i < count; i++)
    (*items)[i] = next_item(&array);
  return count;
}

size_t row_int_array(const struct job *job, unsigned step, size_t row, int column, int64_t *out, size_t max) {
  struct text array = row_text(job, step, row, column);
  size_t count = array_items(&array);
  for (size_t i = 0; i < count && i < max; i++) {
    struct text item = next_item(&array);
    out[i] = item.at ? get_int((const uint8_t *)item.at, item.length) : ABSENT;
  }
  return count;
}

// Writes responses, and their rows of the queue, by one multi-row statement a batch on one connection: what PostgreSQL would give to the best
// service.
//
//   ceiling URL TENANT ROWS SECONDS TICKETS    prints rows/s, then the median and the 99th percentile of a batch in milliseconds
//
// Tickets are named B-1, B-2 …; each row is of a respondent and an idempotency key of its own.
#include <endian.h>
#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROWS_MAX = 4096, ARRAY_BYTES_MAX = ROWS_MAX * 64, BATCHES_MAX = 1 << 20, ARRAYS = 9, UUID_BYTES = 16, HASH_BYTES = 32, NAME_CHARS = 48 };
enum { INT2 = 21, INT4 = 23, TEXT = 25, BYTEA = 17, UUID = 2950 };

static const char WRITE[] =
    "with input as materialized (select * from unnest($2::uuid[], $3::text[], $4::int2[], $5::int4[], $6::int2[], $7::text[], $8::bytea[],"
    " $9::bytea[], $10::text[]) with ordinality"
    " as i(response_id, ref, happiness, lost_minutes, csat, comment, respondent, body_hash, idempotency_key, ord)),"
    " ticket as materialized (select t.ref, t.resolution_no, coalesce(t.resolved_at, t.closed_at) as settled_at from tickets t"
    " where t.tenant_id = $1::uuid and t.ref = any($3::text[]) order by t.ref for share),"
    " placed as materialized (select i.*, case when t.resolution_no = 0 then 0 when t.settled_at <= now() then t.resolution_no"
    " else coalesce((select max(r.no) from resolutions r where r.tenant_id = $1::uuid and r.ref = i.ref and r.resolved_at <= now()), 1)"
    " end as no from input i join ticket t on t.ref = i.ref),"
    " stored as (insert into responses (tenant_id, response_id, ref, resolution_no, respondent, happiness, lost_minutes, csat, comment,"
    " submitted_at, body_hash, idempotency_key)"
    " select $1::uuid, p.response_id, p.ref, p.no, p.respondent, p.happiness, p.lost_minutes, p.csat, p.comment, now(), p.body_hash,"
    " p.idempotency_key from placed p order by p.ref on conflict do nothing returning response_id, ref, resolution_no),"
    " queued as (insert into queue (tenant_id, ref, ticket) select $1::uuid, s.ref, false from stored s returning ref)"
    " select i.ord, s.response_id, s.resolution_no, now() from input i left join stored s on s.response_id = i.response_id order by i.ord";

// A one-dimensional array in PostgreSQL's binary form, made anew for each batch.
struct array {
  char bytes[ARRAY_BYTES_MAX];
  size_t length;
};

struct writer {
  PGconn *connection;
  const char *tenant;
  unsigned rows, tickets;
  uint64_t made;  // rows so far
  uint64_t seed;
  struct array arrays[ARRAYS];
  double *batch_ms;
  size_t batches;
};

static double now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void put(struct array *array, const void *bytes, size_t n) {
  if (n > sizeof array->bytes - array->length) abort();
  memcpy(array->bytes + array->length, bytes, n);
  array->length += n;
}

static void put_int4(struct array *array, uint32_t value) {
  uint32_t big = htobe32(value);
  put(array, &big, sizeof big);
}

static void begin_array(struct array *array, uint32_t type, uint32_t count) {
  const uint32_t head[] = {1, 0, type, count, 1};
  array->length = 0;
  for (size_t i = 0; i < sizeof head / sizeof *head; i++)
    put_int4(array, head[i]);
}

static void add(struct array *array, const void *bytes, size_t n) {
  put_int4(array, (uint32_t)n);
  put(array, bytes, n);
}

// splitmix64: hashes of people and bodies look like this to an index.
static uint64_t scramble(uint64_t x) {
  x += UINT64_C(0x9e3779b97f4a7c15);
  x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
  x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
  return x ^ x >> 31;
}

static void add_row(struct writer *writer) {
  uint64_t n = writer->made++, mixed = scramble(writer->seed + n);
  uint64_t hash[HASH_BYTES / 8] = {mixed, scramble(mixed), ~mixed, scramble(~mixed)};
  uint64_t id[UUID_BYTES / 8] = {htobe64(writer->seed + n), mixed};
  uint16_t happiness = htobe16((uint16_t)(n % 11)), csat = htobe16((uint16_t)(n % 5 + 1));
  uint32_t lost_minutes = htobe32((uint32_t)(n % 480));
  char ref[NAME_CHARS], key[NAME_CHARS];
  int ref_length = snprintf(ref, sizeof ref, "B-%u", (unsigned)(mixed % writer->tickets) + 1);
  int key_length = snprintf(key, sizeof key, "%llx-%llu", (unsigned long long)writer->seed, (unsigned long long)n);
  struct array *array = writer->arrays;
  add(array++, id, sizeof id);
  add(array++, ref, (size_t)ref_length);
  add(array++, &happiness, sizeof happiness);
  add(array++, &lost_minutes, sizeof lost_minutes);
  add(array++, &csat, sizeof csat);
  add(array++, "quick and friendly", strlen("quick and friendly"));
  add(array++, hash, UUID_BYTES);
  add(array++, hash, HASH_BYTES);
  add(array, key, (size_t)key_length);
}

// True when every row of the batch came back as stored.
static bool write_batch(struct writer *writer) {
  static const uint32_t TYPES[ARRAYS] = {UUID, TEXT, INT2, INT4, INT2, TEXT, BYTEA, BYTEA, TEXT};
  const char *values[ARRAYS + 1] = {writer->tenant};
  int lengths[ARRAYS + 1] = {0}, formats[ARRAYS + 1] = {0};
  for (size_t i = 0; i < ARRAYS; i++)
    begin_array(&writer->arrays[i], TYPES[i], writer->rows);
  for (unsigned i = 0; i < writer->rows; i++)
    add_row(writer);
  for (size_t i = 0; i < ARRAYS; i++) {
    values[i + 1] = writer->arrays[i].bytes;
    lengths[i + 1] = (int)writer->arrays[i].length;
    formats[i + 1] = 1;
  }
  double began = now_ms();
  PGresult *result = PQexecPrepared(writer->connection, "write", ARRAYS + 1, values, lengths, formats, 1);
  bool good = PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == (int)writer->rows;
  for (int i = 0; good && i < PQntuples(result); i++)
    good = !PQgetisnull(result, i, 1);
  if (!good) fprintf(stderr, "ceiling: %s\n", *PQresultErrorMessage(result) ? PQresultErrorMessage(result) : "a row was not stored");
  PQclear(result);
  if (writer->batches < BATCHES_MAX) writer->batch_ms[writer->batches++] = now_ms() - began;
  return good;
}

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static bool connect_to(struct writer *writer, const char *url) {
  const char *names[] = {"dbname", "options", NULL};
  const char *values[] = {url, "-c plan_cache_mode=force_generic_plan -c jit=off -c enable_seqscan=off", NULL};
  writer->connection = PQconnectdbParams(names, values, 1);
  PGresult *result = PQprepare(writer->connection, "write", WRITE, 0, NULL);
  bool good = PQresultStatus(result) == PGRES_COMMAND_OK;
  if (!good) fprintf(stderr, "ceiling: %s\n", PQerrorMessage(writer->connection));
  PQclear(result);
  return good;
}

int main(int argc, char **argv) {
  static struct writer writer;
  if (argc != 6) {
    fprintf(stderr, "usage: ceiling URL TENANT ROWS SECONDS TICKETS\n");
    return 2;
  }
  writer.tenant = argv[2];
  writer.rows = (unsigned)strtoul(argv[3], NULL, 10);
  writer.tickets = (unsigned)strtoul(argv[5], NULL, 10);
  writer.seed = (uint64_t)time(NULL) << 32;
  writer.batch_ms = calloc(BATCHES_MAX, sizeof *writer.batch_ms);
  double milliseconds = strtod(argv[4], NULL) * 1e3;
  bool good = writer.batch_ms && writer.tickets > 0 && writer.rows > 0 && writer.rows <= ROWS_MAX && connect_to(&writer, argv[1]);
  double began = now_ms(), took = 0;
  while (good && took < milliseconds) {
    good = write_batch(&writer);
    took = now_ms() - began;
  }
  if (good && writer.batches > 0) {
    qsort(writer.batch_ms, writer.batches, sizeof *writer.batch_ms, compare);
    printf("%.1f %.3f %.3f\n", (double)writer.made * 1e3 / took, writer.batch_ms[writer.batches / 2], writer.batch_ms[writer.batches * 99 / 100]);
  }
  PQfinish(writer.connection);
  free(writer.batch_ms);
  return good ? 0 : 1;
}

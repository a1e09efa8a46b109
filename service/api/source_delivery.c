// Finds the records in a tool's body, maps them by the source's rules, and reads what they become as if it had been sent so.
#include "api/source_delivery.h"

#include <string.h>

#include "http/request.h"
#include "json/gate.h"
#include "json/pointer.h"
#include "json/walk.h"

// A ticket has five times.
enum { TIMES_MAX = SOURCE_ITEMS_MAX * 8 };

// What all records of a body share.
struct reading {
  struct source_delivery *delivery;
  enum source_record record;
  const struct source_mapping *mapping;
  struct text *paths;
  struct pointer *pointers;
  struct source_value *values;
  size_t paths_count;
  struct source_made *made;
  size_t taken;  // of the delivery's times
};

bool source_delivery_open(struct source_delivery *delivery, struct text content) {
  struct source_body body;
  struct issues issues;
  bool failed = false;
  issues_init(&issues, delivery->arena);
  if (fields_read(&SOURCE_FIELDS, content, &body, NULL, delivery->arena, &issues)) return false;
  for (unsigned i = 0; i < RECORD_KINDS; i++)
    delivery->mappings[i] = source_body_mapping(&body, (enum source_record)i, delivery->arena, &failed);
  delivery->time_zone = body.time_zone;
  delivery->signature = body.signature;
  return !failed;
}

// --- The address's parameters

static bool is_named_before(const struct request *request, size_t at) {
  for (size_t i = 0; i < at; i++)
    if (text_equals(request->query[i].name, request->query[at].name)) return true;
  return false;
}

// Of several with one name the first.
struct text source_query_text(struct request *request) {
  struct buffer out;
  struct json_writer json;
  buffer_init(&out, BODY_BYTES_MAX);
  json_start(&json, &out);
  json_object(&json);
  for (size_t i = 0; i < request->query_count; i++) {
    request->query[i].read = true;
    if (is_named_before(request, i)) continue;
    json_name_text(&json, request->query[i].name);
    json_text(&json, request->query[i].value);
  }
  json_object_end(&json);
  struct text text = out.failed ? TEXT_NONE : arena_copy(&request->arena, buffer_view(&out));
  buffer_release(&out);
  return text;
}

// --- Values

// What a string says; absent when memory is out.
static struct text unescape(const struct reading *reading, struct text json) {
  struct text inner = {json.at + 1, json.length - 2};
  if (!memchr(inner.at, '\\', inner.length)) return inner;
  struct buffer plain;
  buffer_init(&plain, BODY_BYTES_MAX);
  walk_text(json, &plain);
  inner = plain.failed ? TEXT_NONE : arena_copy(reading->delivery->arena, buffer_view(&plain));
  buffer_release(&plain);
  return inner;
}

static struct source_value word_of(const struct reading *reading, struct text json) {
  switch (pointer_shape(json)) {
  case POINTER_STRING:
    return (struct source_value){.shape = SHAPE_TEXT, .text = unescape(reading, json)};
  case POINTER_NUMBER:
    return (struct source_value){.shape = SHAPE_NUMBER, .text = json};
  case POINTER_TRUTH:
    return (struct source_value){.shape = SHAPE_TRUTH, .text = json};
  case POINTER_ARRAY:
    return (struct source_value){.shape = SHAPE_LIST};
  case POINTER_OBJECT:
    return (struct source_value){.shape = SHAPE_OBJECT};
  case POINTER_NULL:
    return (struct source_value){.shape = SHAPE_NULL};
  default:
    return (struct source_value){.shape = SHAPE_NOTHING};
  }
}

// Of a list the words in it.
static struct source_value value_of(const struct reading *reading, struct text json) {
  struct source_value value = word_of(reading, json);
  struct walk walk;
  struct text *items = value.shape == SHAPE_LIST ? arena_take_array(reading->delivery->arena, SOURCE_LIST_ITEMS_MAX, sizeof *items) : NULL;
  if (!items) return value;
  value.items = items;
  walk_begin(&walk, json);
  while (value.items_count < SOURCE_LIST_ITEMS_MAX && walk_next(&walk)) {
    struct source_value word = word_of(reading, walk.value);
    if (word.text.at) items[value.items_count++] = word.text;
  }
  return value;
}

static struct source_value parameter(const struct reading *reading, struct text name) {
  struct source_value value = {.shape = SHAPE_NOTHING};
  struct buffer said;
  struct walk walk;
  buffer_init(&said, BODY_BYTES_MAX);
  walk_begin(&walk, reading->delivery->query);
  while (value.shape == SHAPE_NOTHING && walk_next(&walk)) {
    buffer_clear(&said);
    walk_text(walk.token, &said);
    if (text_equals(buffer_view(&said), name)) value = word_of(reading, walk.value);
  }
  buffer_release(&said);
  return value;
}

static void find_values(const struct reading *reading, struct text raw) {
  size_t pointers = 0, found = 0;
  for (size_t i = 0; i < reading->paths_count; i++)
    if (!text_starts(reading->paths[i], "?")) reading->pointers[pointers++] = (struct pointer){.path = reading->paths[i]};
  pointers_find(raw, reading->pointers, pointers);
  for (size_t i = 0; i < reading->paths_count; i++) {
    struct text path = reading->paths[i];
    reading->values[i] = text_starts(path, "?") ? parameter(reading, (struct text){path.at + 1, path.length - 1})
                                                : value_of(reading, reading->pointers[found++].value);
  }
}

// --- What is made of them

static void write_instant(struct reading *reading, struct json_writer *json, const struct source_fact *fact) {
  struct source_delivery *delivery = reading->delivery;
  int64_t instant = fact->number;
  if (fact->local && !text_is(delivery->time_zone, "UTC") && reading->taken < TIMES_MAX) {
    if (delivery->instants)
      instant = delivery->instants[reading->taken];
    else
      delivery->shown[reading->taken] = fact->number;
    reading->taken++;
  }
  json_instant(json, instant);
}

static void write_fact(struct reading *reading, struct json_writer *json, const struct source_fact *fact) {
  switch (fact->form) {
  case FORM_TEXT:
    json_text(json, fact->text);
    return;
  case FORM_NUMBER:
    json_raw(json, fact->text);
    return;
  case FORM_WHOLE:
    json_int(json, fact->number);
    return;
  case FORM_TRUTH:
    json_bool(json, fact->number == 1);
    return;
  case FORM_INSTANT:
    write_instant(reading, json, fact);
    return;
  case FORM_LIST:
    json_array(json);
    for (size_t i = 0; i < fact->items_count; i++)
      json_text(json, fact->items[i]);
    json_array_end(json);
    return;
  }
}

// The ticket or response, as somebody would send it. Absent when memory is out.
static struct text write_made(struct reading *reading) {
  const struct source_made *made = reading->made;
  struct buffer out;
  struct json_writer json;
  size_t dimensions = 0;
  buffer_init(&out, BODY_BYTES_MAX);
  json_start(&json, &out);
  json_object(&json);
  for (size_t i = 0; i < made->count; i++) {
    dimensions += made->facts[i].dimension.at != NULL;
    if (made->facts[i].dimension.at) continue;
    json_name_text(&json, made->facts[i].member);
    write_fact(reading, &json, &made->facts[i]);
  }
  if (dimensions > 0) {
    json_name(&json, "context");
    json_object(&json);
    for (size_t i = 0; i < made->count; i++) {
      if (!made->facts[i].dimension.at) continue;
      json_name_text(&json, made->facts[i].dimension);
      write_fact(reading, &json, &made->facts[i]);
    }
    json_object_end(&json);
  }
  json_object_end(&json);
  struct text text = out.failed ? TEXT_NONE : arena_copy(reading->delivery->arena, buffer_view(&out));
  buffer_release(&out);
  return text;
}

static bool complained_of(const struct issues *issues, struct text pointer) {
  for (size_t i = 0; i < issues->count; i++)
    if (text_equals(issues->list[i].pointer, pointer)) return true;
  return false;
}

static void refuse(const struct source_delivery *delivery, struct source_item *item, enum err error, const struct issues *issues) {
  item->error = error;
  import_row_refuse(&item->row, error, issues, delivery->arena);
}

// False when memory is out.
static bool read_item(struct reading *reading, struct source_item *item) {
  struct source_delivery *delivery = reading->delivery;
  struct issues issues, of_fields;
  issues_init(&issues, delivery->arena);
  issues_init(&of_fields, delivery->arena);
  item->row.kind = reading->record == RECORD_TICKET ? IMPORT_TICKETS : IMPORT_RESPONSES;
  if (pointer_shape(item->raw) != POINTER_OBJECT) {
    issues_add(&issues, TEXT(""), "type", "must be an object to become a %s", SOURCE_RECORD_NAMES[reading->record]);
    refuse(delivery, item, ERR_INVALID, &issues);
    return true;
  }
  find_values(reading, item->raw);
  source_map(reading->record, reading->mapping, reading->values, &issues, reading->made);
  item->ignored = reading->made->ignored;
  if (item->ignored) return true;
  item->body = write_made(reading);
  if (!item->body.at) return false;
  enum err error = import_row_read_json(&item->row, delivery->tenant, item->body, delivery->arena, &of_fields);
  if (error == ERR_UNAVAILABLE) return false;
  // What a rule has complained of is missing in the record, too.
  for (size_t i = 0; i < of_fields.count; i++)
    if (!complained_of(&issues, of_fields.list[i].pointer))
      issues_add(&issues, of_fields.list[i].pointer, of_fields.list[i].rule.at, "%.*s", (int)of_fields.list[i].detail.length,
                 of_fields.list[i].detail.at);
  if (issues.total > 0) refuse(delivery, item, ERR_INVALID, &issues);
  return true;
}

// --- The body

static bool not_understood(struct source_delivery *delivery, enum err error, struct issues *issues) {
  delivery->items = arena_take(delivery->arena, sizeof *delivery->items);
  if (!delivery->items) return false;
  delivery->count = 1;
  delivery->items[0].raw = delivery->body;
  delivery->items[0].whole = true;
  refuse(delivery, &delivery->items[0], error, issues);
  return true;
}

// Where the records lie that a mapping is about; absent: nowhere.
static struct text look(const struct source_mapping *mapping, struct text body) {
  for (size_t i = 0; i < SOURCE_PLACES_MAX && mapping->at.at[i].at; i++) {
    struct pointer pointer = {.path = mapping->at.at[i]};
    pointers_find(body, &pointer, 1);
    enum pointer_shape shape = pointer_shape(pointer.value);
    if (shape == POINTER_OBJECT || shape == POINTER_ARRAY) return pointer.value;
  }
  return TEXT_NONE;
}

// Responses are looked for first: a body that holds one may name its ticket, too.
static struct text choose(struct reading *reading) {
  static const enum source_record ORDER[] = {RECORD_RESPONSE, RECORD_TICKET};
  const struct source_delivery *delivery = reading->delivery;
  for (size_t i = 0; i < RECORD_KINDS; i++) {
    reading->record = ORDER[i];
    reading->mapping = delivery->mappings[ORDER[i]];
    if (!reading->mapping || (delivery->record != ABSENT && delivery->record != (int64_t)ORDER[i])) continue;
    struct text found = delivery->record != ABSENT ? text_trimmed(delivery->body) : look(reading->mapping, delivery->body);
    if (found.at) return found;
  }
  return TEXT_NONE;
}

static size_t count_items(struct text list) {
  struct walk walk;
  size_t count = 0;
  walk_begin(&walk, list);
  while (count <= SOURCE_ITEMS_MAX && walk_next(&walk))
    count++;
  return count;
}

// One object, or a list of them. False when memory is out.
static bool take_items(struct source_delivery *delivery, struct text found, struct issues *issues) {
  bool list = pointer_shape(found) == POINTER_ARRAY;
  size_t count = list ? count_items(found) : 1;
  struct walk walk;
  if (count > SOURCE_ITEMS_MAX) {
    issues_add(issues, TEXT(""), "size", "must hold at most %d records", SOURCE_ITEMS_MAX);
    return not_understood(delivery, ERR_INVALID, issues);
  }
  delivery->items = arena_take_array(delivery->arena, count + 1, sizeof *delivery->items);
  if (!delivery->items) return false;
  delivery->count = count;
  delivery->items[0].raw = found;
  walk_begin(&walk, found);
  for (size_t i = 0; list && i < count && walk_next(&walk); i++)
    delivery->items[i].raw = walk.value;
  return true;
}

static bool prepare(struct reading *reading) {
  struct source_delivery *delivery = reading->delivery;
  reading->paths = arena_take_array(delivery->arena, SOURCE_PATHS_MAX, sizeof *reading->paths);
  reading->pointers = arena_take_array(delivery->arena, SOURCE_PATHS_MAX, sizeof *reading->pointers);
  reading->values = arena_take_array(delivery->arena, SOURCE_PATHS_MAX, sizeof *reading->values);
  reading->made = arena_take(delivery->arena, sizeof *reading->made);
  if (!delivery->shown) delivery->shown = arena_take_array(delivery->arena, TIMES_MAX, sizeof *delivery->shown);
  if (!reading->paths || !reading->pointers || !reading->values || !reading->made || !delivery->shown) return false;
  reading->paths_count = source_paths(reading->mapping, reading->paths);
  return true;
}

enum err source_delivery_read(struct source_delivery *delivery) {
  struct reading reading = {.delivery = delivery};
  struct gate_refusal refusal;
  struct issues issues;
  issues_init(&issues, delivery->arena);
  if (!gate_check(delivery->body, &refusal)) {
    if (refusal.out_of_memory) return ERR_UNAVAILABLE;
    issues_add(&issues, TEXT(""), "json", "%s, at byte %zu", refusal.reason, refusal.offset);
    return not_understood(delivery, ERR_NOT_JSON, &issues) ? ERR_NONE : ERR_UNAVAILABLE;
  }
  struct text found = choose(&reading);
  if (!found.at) {
    issues_add(&issues, TEXT(""), "unknown", "holds nothing where the source's \"at\" says that tickets or responses are");
    return not_understood(delivery, ERR_INVALID, &issues) ? ERR_NONE : ERR_UNAVAILABLE;
  }
  if (!prepare(&reading) || !take_items(delivery, found, &issues)) return ERR_UNAVAILABLE;
  for (size_t i = 0; i < delivery->count && !delivery->items[0].whole; i++)
    if (!read_item(&reading, &delivery->items[i])) return ERR_UNAVAILABLE;
  delivery->times = reading.taken;
  return reading.taken > 0 && !delivery->instants ? ERR_PENDING : ERR_NONE;
}

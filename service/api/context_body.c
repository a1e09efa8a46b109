// Reads contexts as they are sent.
#include "api/context_body.h"

#include "base/buffer.h"
#include "json/writer.h"

static struct text context_json(const struct text_map *context, struct arena *arena) {
  struct buffer out;
  struct json_writer json;
  buffer_init(&out, 2 * BODY_BYTES_MAX);
  json_start(&json, &out);
  json_object(&json);
  for (size_t i = 0; i < context->count; i++) {
    json_name_text(&json, context->items[i].name);
    json_text(&json, context->items[i].value);
  }
  json_object_end(&json);
  struct text copy = out.failed ? TEXT_NONE : arena_copy(arena, buffer_view(&out));
  buffer_release(&out);
  return copy;
}

// How many slots there are: up to the highest dimension's.
static size_t count_slots(const struct tenant *tenant) {
  size_t slots = 0;
  for (size_t i = 0; i < tenant->dimensions_count; i++)
    if ((size_t)tenant->dimensions[i].id > slots) slots = (size_t)tenant->dimensions[i].id;
  return slots;
}

void context_body_place(struct context_body *filed, int slot, struct text value) {
  filed->values[slot - 1] = value;
  if ((size_t)slot > filed->count) filed->count = (size_t)slot;
}

bool context_body_file(const struct text_map *context, const struct tenant *tenant, struct arena *arena, struct issues *issues,
                       struct context_body *filed) {
  filed->count = 0;
  filed->values = arena_take_array(arena, count_slots(tenant) + 1, sizeof *filed->values);
  filed->json = context_json(context, arena);
  if (!filed->values || !filed->json.at) return false;
  for (size_t i = 0; i < context->count; i++) {
    const struct text_pair *pair = &context->items[i];
    int slot = tenant_dimension_slot(tenant, pair->name);
    if (slot > 0) {
      context_body_place(filed, slot, pair->value);
      continue;
    }
    struct text pointer = arena_format(arena, "/context/%.*s", (int)pair->name.length, pair->name.at);
    if (slot < 0)
      issues_add(issues, pointer, "derived", "is derived by xlad from the ticket and can't be sent");
    else
      issues_add(issues, pointer, "unknown", "is not a dimension of this tenant; POST /v1/dimensions adds one");
  }
  return true;
}

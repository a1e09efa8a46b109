// Makes CSV of JSON, by descriptions of tables.
#include "json/table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/limits.h"
#include "json/walk.h"

enum { WAYS_MAX = 2 * CSV_COLUMNS_MAX, STEPS_MAX = 6, STARS_MAX = 3 };

// Where a path begins.
enum origin { FROM_ITEM, FROM_ABOVE, FROM_BASE, NAME_OF_ITEM, NAME_ABOVE, PART_NAME, IS_WITHHELD };

// One path of a column.
struct way {
  enum origin origin;
  size_t column;
  struct text steps[STEPS_MAX];
  size_t count;
  size_t matched;     // steps so far, while an object is looked through
  struct text found;  // JSON
};

struct column {
  struct text name, ending;  // written one behind the other
};

struct tabling {
  struct column columns[CSV_COLUMNS_MAX];
  size_t columns_count;
  struct way ways[WAYS_MAX];
  size_t ways_count;
  bool failed;
  // Of the part at hand.
  const struct table_part *part;
  size_t stars;
  struct text names[STARS_MAX + 1];  // JSON strings; by star
  bool withheld;
  struct buffer *out, cell;
};

// --- Reading the description

static struct way *add_way(struct tabling *tabling, size_t column) {
  tabling->failed |= tabling->ways_count == WAYS_MAX;
  if (tabling->failed) return NULL;
  struct way *way = &tabling->ways[tabling->ways_count++];
  way->column = column;
  return way;
}

static void read_steps(struct way *way, struct text path) {
  while (path.at && path.length > 0) {
    assert(way->count < STEPS_MAX);
    way->steps[way->count++] = text_cut(&path, '.');
  }
}

static void read_path(struct tabling *tabling, size_t column, struct text path, struct text last) {
  struct way *way = add_way(tabling, column);
  if (!way) return;
  static const struct {
    const char *path;
    enum origin origin;
  } SIGNS[] = {{"@", NAME_OF_ITEM}, {"^@", NAME_ABOVE}, {"#", PART_NAME}, {"!", IS_WITHHELD}};
  for (size_t i = 0; i < sizeof SIGNS / sizeof *SIGNS; i++) {
    if (!text_is(path, SIGNS[i].path)) continue;
    way->origin = SIGNS[i].origin;
    return;
  }
  if (text_starts(path, "^")) way->origin = FROM_ABOVE;
  if (text_starts(path, "/")) way->origin = FROM_BASE;
  size_t sign = way->origin == FROM_ITEM ? 0 : 1;
  read_steps(way, (struct text){path.at + sign, path.length - sign});
  if (last.at) way->steps[way->count - 1] = last;
}

static size_t add_column(struct tabling *tabling, struct text name, struct text ending) {
  tabling->failed |= tabling->columns_count == CSV_COLUMNS_MAX;
  if (tabling->failed) return 0;
  tabling->columns[tabling->columns_count] = (struct column){name, ending};
  return tabling->columns_count++;
}

static void read_column(struct tabling *tabling, struct text token, const struct text *names, size_t names_count) {
  struct text paths = token, name = text_cut(&paths, '=');
  if (!paths.at) paths = name;
  if (text_starts(name, "/")) name = (struct text){name.at + 1, name.length - 1};
  if (name.at[name.length - 1] == '*') {
    name.length--;
    for (size_t i = 0; i < names_count; i++)
      read_path(tabling, add_column(tabling, name, names[i]), paths, names[i]);
    return;
  }
  size_t column = add_column(tabling, name, TEXT_NONE);
  while (paths.at)
    read_path(tabling, column, text_cut(&paths, '|'), TEXT_NONE);
}

// --- Looking through objects

static void forget(struct tabling *tabling, enum origin origin) {
  for (size_t i = 0; i < tabling->ways_count; i++)
    if (tabling->ways[i].origin == origin) tabling->ways[i].found = TEXT_NONE;
}

// True when a way goes on within what has this name.
static bool match(struct tabling *tabling, enum origin origin, struct text name, struct text value, size_t depth) {
  bool deeper = false;
  for (size_t i = 0; i < tabling->ways_count; i++) {
    struct way *way = &tabling->ways[i];
    if (way->origin != origin || way->matched != depth || way->count <= depth || !text_equals(way->steps[depth], name)) continue;
    if (way->count == depth + 1) {
      way->found = value;
    } else {
      way->matched++;
      deeper = true;
    }
  }
  return deeper;
}

static void find_ways(struct tabling *tabling, enum origin origin, struct text value, size_t depth) {
  struct walk walk;
  walk_begin(&walk, value);
  while (walk_next(&walk)) {
    if (!match(tabling, origin, walk_name(&walk), walk.value, depth)) continue;
    find_ways(tabling, origin, walk.value, depth + 1);
    for (size_t i = 0; i < tabling->ways_count; i++)
      if (tabling->ways[i].matched == depth + 1) tabling->ways[i].matched = depth;
  }
}

static void look_through(struct tabling *tabling, enum origin origin, struct text value) {
  forget(tabling, origin);
  find_ways(tabling, origin, value, 0);
}

static bool is_withheld(struct text value) { return text_is(walk_find(value, TEXT("suppressed")), "true"); }

// --- Cells and lines

static bool is_plain_list(struct text json) {
  struct walk walk;
  walk_begin(&walk, json);
  while (walk_next(&walk))
    if (walk_is_within(walk.value)) return false;
  return true;
}

static void append_list(struct buffer *out, struct text json) {
  struct walk walk;
  size_t count = 0;
  walk_begin(&walk, json);
  while (walk_next(&walk)) {
    if (count++ > 0) buffer_char(out, '|');
    walk_text(walk.value, out);
  }
}

static void write_value(struct tabling *tabling, struct text json) {
  char kind = json.length > 0 ? json.at[0] : 'n';
  if (kind == 'n' || (kind == '{' && is_withheld(json))) return;
  if (kind == '[' ? !is_plain_list(json) : kind == '{') {
    csv_write_cell(tabling->out, json);
    return;
  }
  if (kind != '"' && kind != '[') {
    buffer_text(tabling->out, json);
    return;
  }
  buffer_clear(&tabling->cell);
  if (kind == '[')
    append_list(&tabling->cell, json);
  else
    walk_text(json, &tabling->cell);
  csv_write_cell(tabling->out, buffer_view(&tabling->cell));
}

static struct text value_of(const struct tabling *tabling, const struct way *way) {
  switch (way->origin) {
  case FROM_ITEM:
  case FROM_ABOVE:
  case FROM_BASE:
    return way->found;
  case NAME_OF_ITEM:
    return tabling->names[tabling->stars];
  case NAME_ABOVE:
    return tabling->stars > 0 ? tabling->names[tabling->stars - 1] : TEXT_NONE;
  case IS_WITHHELD:
    return text_of(tabling->withheld ? "true" : "false");
  case PART_NAME:
    break;
  }
  return TEXT_NONE;
}

static void write_row(struct tabling *tabling) {
  const struct way *way = tabling->ways, *end = tabling->ways + tabling->ways_count;
  for (size_t column = 0; column < tabling->columns_count; column++) {
    struct text found = TEXT_NONE;
    if (column > 0) buffer_char(tabling->out, ',');
    if (way < end && way->origin == PART_NAME) buffer_string(tabling->out, tabling->part->name);
    for (; way < end && way->column == column; way++)
      if (!found.at) found = value_of(tabling, way);
    write_value(tabling, found);
  }
  buffer_string(tabling->out, "\r\n");
}

static void write_names(struct tabling *tabling) {
  buffer_string(tabling->out, CSV_MARK);
  for (size_t i = 0; i < tabling->columns_count; i++) {
    const struct column *column = &tabling->columns[i];
    buffer_clear(&tabling->cell);
    buffer_text(&tabling->cell, column->name);
    buffer_text(&tabling->cell, column->ending);
    if (i > 0) buffer_char(tabling->out, ',');
    csv_write_cell(tabling->out, buffer_view(&tabling->cell));
  }
  buffer_string(tabling->out, "\r\n");
}

// --- Rows

static void write_withheld(struct tabling *tabling, size_t star) {
  forget(tabling, FROM_ITEM);
  if (star + 1 < tabling->stars) forget(tabling, FROM_ABOVE);
  for (size_t i = star + 1; i <= tabling->stars; i++)
    tabling->names[i] = TEXT_NONE;
  tabling->withheld = true;
  write_row(tabling);
}

static void write_item(struct tabling *tabling, struct text item) {
  look_through(tabling, FROM_ITEM, item);
  tabling->withheld = is_withheld(item);
  write_row(tabling);
}

// `each`: the rest of the path, from `value` on, which lies behind as many stars.
static void follow(struct tabling *tabling, struct text value, struct text each, size_t star) {
  if (each.length == 0) {
    write_item(tabling, value);
    return;
  }
  struct text step = text_cut(&each, '.');
  bool all = text_is(step, "*");
  struct text member = all ? TEXT_NONE : walk_find(value, step);
  if (member.at) {
    follow(tabling, member, each, star);
    return;
  }
  if (is_withheld(value)) write_withheld(tabling, star);
  if (!all || is_withheld(value)) return;
  struct walk walk;
  walk_begin(&walk, value);
  while (walk_next(&walk)) {
    tabling->names[star + 1] = walk.token;
    if (star + 2 == tabling->stars) look_through(tabling, FROM_ABOVE, walk.value);
    follow(tabling, walk.value, each, star + 1);
  }
}

static size_t count_stars(const char *each) {
  size_t stars = 0;
  for (; *each; each++)
    stars += *each == '*';
  return stars;
}

static void write_part(struct tabling *tabling, const struct table_part *part, struct text json) {
  struct text base = json, path = text_of(part->base);
  while (base.at && path.at && path.length > 0)
    base = walk_find(base, text_cut(&path, '.'));
  if (!base.at) return;
  tabling->part = part;
  tabling->stars = count_stars(part->each);
  assert(tabling->stars <= STARS_MAX);
  for (size_t i = 0; i <= STARS_MAX; i++)
    tabling->names[i] = TEXT_NONE;
  look_through(tabling, FROM_BASE, base);
  forget(tabling, FROM_ABOVE);
  if (tabling->stars == 1) look_through(tabling, FROM_ABOVE, base);
  follow(tabling, base, text_of(part->each), 0);
}

bool table_write(const struct table *table, struct text json, const struct text *names, size_t names_count, struct buffer *out) {
  static const struct table_part ITEMS[] = {{"", "", "items.*"}, {NULL, NULL, NULL}};
  struct tabling *tabling = calloc(1, sizeof *tabling);
  if (!tabling) return false;
  tabling->out = out;
  buffer_init(&tabling->cell, out->bytes_max);
  for (struct text rest = text_of(table->columns); rest.at;) {
    struct text token = text_cut(&rest, ' ');
    if (token.length > 0) read_column(tabling, token, names, names_count);
  }
  bool good = !tabling->failed;
  if (good) {
    write_names(tabling);
    for (const struct table_part *part = table->parts ? table->parts : ITEMS; part->name; part++)
      write_part(tabling, part, json);
    good = !tabling->cell.failed;
  }
  buffer_release(&tabling->cell);
  free(tabling);
  return good;
}

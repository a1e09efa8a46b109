// Reads and writes CSV records by RFC 4180.
#include "base/csv.h"

#include <string.h>

#include "base/limits.h"

enum cell_end {
  CELL_COMMA,  // another cell follows in the record
  CELL_LINE,   // the record ends here
  CELL_MORE,   // the input ends before the cell does
  CELL_BROKEN,
};

struct cell {
  struct text content;  // without the outer quotes
  bool doubled;         // content still has its quotes doubled
};

struct cursor {
  struct text input;
  size_t at;
  bool last;  // nothing follows input
};

// Reads what follows a cell's content: a comma or a line end, and steps over it.
static enum cell_end read_end(struct cursor *cursor) {
  size_t left = cursor->input.length - cursor->at;
  const char *at = cursor->input.at + cursor->at;
  if (left == 0 || (left == 1 && *at == '\r')) {
    cursor->at += cursor->last ? left : 0;
    return cursor->last ? CELL_LINE : CELL_MORE;
  }
  if (*at == ',' || *at == '\n') {
    cursor->at++;
    return *at == ',' ? CELL_COMMA : CELL_LINE;
  }
  if (at[0] == '\r' && at[1] == '\n') {
    cursor->at += 2;
    return CELL_LINE;
  }
  return CELL_BROKEN;
}

// The cursor stands behind the opening quote.
static enum cell_end read_quoted(struct cursor *cursor, struct cell *cell) {
  const char *begin = cursor->input.at + cursor->at;
  const char *end = cursor->input.at + cursor->input.length;
  const char *from = begin;
  cell->doubled = false;
  for (;;) {
    const char *quote = from == end ? NULL : memchr(from, '"', (size_t)(end - from));
    if (quote == NULL) {
      cursor->at = cursor->input.length;
      return cursor->last ? CELL_BROKEN : CELL_MORE;
    }
    if (quote + 1 == end || quote[1] != '"') {
      cell->content = (struct text){begin, (size_t)(quote - begin)};
      cursor->at = (size_t)(quote + 1 - cursor->input.at);
      return read_end(cursor);
    }
    cell->doubled = true;
    from = quote + 2;
  }
}

// A carriage return that no line feed follows is an ordinary byte of the cell.
static enum cell_end read_plain(struct cursor *cursor, struct cell *cell) {
  const char *begin = cursor->input.at + cursor->at;
  size_t left = cursor->input.length - cursor->at;
  size_t n = 0;
  while (n < left && begin[n] != ',' && begin[n] != '\n' && begin[n] != '"') {
    if (begin[n] == '\r' && (n + 1 == left || begin[n + 1] == '\n')) {
      break;
    }
    n++;
  }
  cell->content = (struct text){begin, n};
  cell->doubled = false;
  cursor->at += n;
  return read_end(cursor);
}

static enum cell_end read_cell(struct cursor *cursor, struct cell *cell) {
  bool quoted = cursor->at < cursor->input.length && cursor->input.at[cursor->at] == '"';
  if (quoted) {
    cursor->at++;
    return read_quoted(cursor, cell);
  }
  return read_plain(cursor, cell);
}

// Steps over the rest of a line that makes no sense, whatever quotes it has. Without a line end the input has to go on first.
static enum csv_result skip_line(struct cursor *cursor) {
  size_t left = cursor->input.length - cursor->at;
  const char *from = cursor->input.at + cursor->at;
  const char *feed = left == 0 ? NULL : memchr(from, '\n', left);
  if (feed == NULL && !cursor->last) {
    return CSV_MORE;
  }
  cursor->at = feed == NULL ? cursor->input.length : (size_t)(feed + 1 - cursor->input.at);
  return CSV_BROKEN;
}

// The content with single quotes, in the arena; absent when that is full.
static struct text undoubled(struct text content, struct arena *arena) {
  char *out = arena_take(arena, content.length);
  if (out == NULL) {
    return TEXT_NONE;
  }
  size_t n = 0;
  for (size_t i = 0; i < content.length; i++) {
    out[n++] = content.at[i];
    i += content.at[i] == '"';
  }
  return (struct text){out, n};
}

static struct text *build_cells(const struct cell *found, size_t count, struct arena *arena) {
  struct text *cells = arena_take_array(arena, count, sizeof *cells);
  for (size_t i = 0; cells != NULL && i < count; i++) {
    cells[i] = found[i].doubled ? undoubled(found[i].content, arena) : found[i].content;
    if (cells[i].at == NULL) {
      return NULL;
    }
  }
  return cells;
}

// Finds the cells of one record, as many as `found` holds, and counts them all.
static enum csv_result read_record(struct cursor *cursor, struct cell *found, size_t *count) {
  enum cell_end end;
  do {
    struct cell cell;
    end = read_cell(cursor, &cell);
    if (*count < CSV_COLUMNS_MAX) {
      found[*count] = cell;
    }
    ++*count;
  } while (end == CELL_COMMA);
  if (end == CELL_BROKEN) {
    return skip_line(cursor);
  }
  if (end == CELL_MORE) {
    return CSV_MORE;
  }
  return *count > CSV_COLUMNS_MAX ? CSV_BROKEN : CSV_RECORD;
}

// Nothing but a line end: its only cell is empty and wasn't quoted.
static bool is_empty_line(struct text input, size_t from, size_t count, const struct cell *found) {
  return count == 1 && found[0].content.length == 0 && (from == input.length || input.at[from] != '"');
}

enum csv_result csv_read(struct text input, bool last, struct arena *arena, struct text **cells, size_t *count, size_t *used) {
  *cells = NULL;
  *count = 0;
  *used = 0;
  if (input.length == 0) {
    return CSV_MORE;
  }
  struct cell found[CSV_COLUMNS_MAX];
  size_t from = text_starts(input, CSV_MARK) ? sizeof CSV_MARK - 1 : 0;
  struct cursor cursor = {.input = input, .at = from, .last = last};
  size_t cells_found = 0;
  enum csv_result result = read_record(&cursor, found, &cells_found);
  if (result == CSV_MORE) {
    return CSV_MORE;
  }
  *used = cursor.at;
  if (result == CSV_BROKEN || is_empty_line(input, from, cells_found, found)) {
    return result;
  }
  *cells = build_cells(found, cells_found, arena);
  if (*cells == NULL) {
    return CSV_BROKEN;
  }
  *count = cells_found;
  return CSV_RECORD;
}

static bool has_any(struct text a, const char *set) {
  for (size_t i = 0; i < a.length; i++) {
    if (a.at[i] != '\0' && strchr(set, a.at[i]) != NULL) {
      return true;
    }
  }
  return false;
}

static size_t count_digits(struct text a, size_t from) {
  size_t at = from;
  while (at < a.length && a.at[at] >= '0' && a.at[at] <= '9')
    at++;
  return at - from;
}

// -12 or -12.5, and nothing behind it.
static bool is_negative_number(struct text cell) {
  size_t whole = count_digits(cell, 1), end = 1 + whole;
  if (whole == 0) return false;
  if (end == cell.length) return true;
  size_t fraction = cell.at[end] == '.' ? count_digits(cell, end + 1) : 0;
  return fraction > 0 && end + 1 + fraction == cell.length;
}

// Some spreadsheets look behind spaces, too.
static bool is_formula(struct text cell) {
  size_t at = 0;
  while (at < cell.length && cell.at[at] == ' ')
    at++;
  bool begins = at < cell.length && cell.at[at] != '\0' && strchr("=+-@\t\r", cell.at[at]);
  return begins && !(cell.at[0] == '-' && is_negative_number(cell));
}

void csv_write_cell(struct buffer *out, struct text cell) {
  // A semicolon or a tab parts cells where a spreadsheet is set up so.
  bool quoted = has_any(cell, ",\"\r\n;\t");
  if (quoted) buffer_char(out, '"');
  if (is_formula(cell)) buffer_char(out, '\'');
  struct text rest = cell;
  while (quoted && rest.at != NULL) {
    buffer_text(out, text_cut(&rest, '"'));
    buffer_string(out, rest.at != NULL ? "\"\"" : "\"");
  }
  if (!quoted) buffer_text(out, cell);
}

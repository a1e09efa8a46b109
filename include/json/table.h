// Tables made of JSON: rows and columns by a short description. What a table shows is what the JSON says, and never more.
#ifndef XLAD_JSON_TABLE_H
#define XLAD_JSON_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/text.h"

// Where rows are found: from the object that `base` leads to ("": the whole answer), each thing that `each` leads to: names of members with dots
// between, and * for each item of an array or each member of an object. "" is the base itself. A base that isn't there gives no rows. What is
// withheld on the way ({"suppressed": true}) gives one row, without what would lie within.
struct table_part {
  const char *name;  // NULL ends a list
  const char *base, *each;
};

// `columns`: names with spaces between, each with =path behind it where its path is another one, or with several paths, of which the first that
// leads anywhere is taken: name=path|path. A path is
//   a.b.0   what the row has there; 0 is the first item of an array
//   ^a.b    the same of what the last * but one stands for (where there is but one, of the base)
//   /a.b    of the base; it isn't part of a column's name
//   @ ^@    the member's name that the last * stands for, or the last but one
//   #       the name of the part
//   !       whether the row is withheld: true or false
//   a.*     for each of `names` a column a.name
// A text is a cell as it is, a list of plain values its values with | between, anything else its JSON; null, and what is withheld, is an empty cell.
struct table {
  const char *columns;
  const struct table_part *parts;  // NULL: rows are items.*
};

// Appends the table as CSV (RFC 4180): a byte order mark, a line of names, and a line for each row. `json` must come from the writer, or from
// whatever else writes well-formed JSON. False when memory is out, or the description has more than CSV_COLUMNS_MAX columns.
bool table_write(const struct table *table, struct text json, const struct text *names, size_t names_count, struct buffer *out)
    __attribute__((warn_unused_result));

#endif

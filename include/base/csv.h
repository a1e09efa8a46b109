// CSV by RFC 4180, read as a stream: quoted cells may hold commas, quotes and line ends; LF or CRLF; an optional UTF-8 BOM at the start
// (skipped before any record, for concatenated exports have it there). A lone CR is an ordinary byte of an unquoted cell.
#ifndef XLAD_BASE_CSV_H
#define XLAD_BASE_CSV_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/text.h"

// The byte order mark by which spreadsheets know UTF-8.
#define CSV_MARK "\xef\xbb\xbf"

enum csv_result {
  CSV_MORE,    // no whole record in what was given
  CSV_RECORD,  // one record; *used bytes were consumed
  CSV_BROKEN,  // a quote inside an unquoted cell, text after a closing quote, more than CSV_COLUMNS_MAX cells, or an arena too small; *used
               // covers the line
};

// Reads one record from the beginning of `input`. `last` says that nothing follows, so that a missing final line end is forgiven.
// Cells live in the arena or in `input`. An empty line gives CSV_RECORD with *count == 0. An open quote at the end gives CSV_BROKEN.
enum csv_result csv_read(struct text input, bool last, struct arena *arena, struct text **cells, size_t *count, size_t *used);

// Appends one cell, quoted when needed. A cell that begins with = + - @ tab or CR, spaces aside, gets a leading apostrophe, so that no spreadsheet
// takes it for a formula; but not a whole that is a number, such as -12.5.
void csv_write_cell(struct buffer *out, struct text cell);

#endif

// Checks base/csv.
#include "base/csv.h"

#include "base/limits.h"
#include "unit.h"

#include <string.h>

static struct arena arena;

static void set_up(void) { arena_init(&arena, 1024 * 1024); }

// The cells in angle brackets, so that a record can be compared as one text.
static void show(struct buffer *out, const struct text *cells, size_t count) {
  for (size_t i = 0; i < count; i++) {
    buffer_char(out, '<');
    buffer_text(out, cells[i]);
    buffer_char(out, '>');
  }
}

static const struct {
  const char *input;
  enum csv_result result;
  const char *cells;
  size_t used;
} CASES[] = {
    {"a,b\n", CSV_RECORD, "<a><b>", 4},
    {"a,b\r\n", CSV_RECORD, "<a><b>", 5},
    {"a,b\nc,d\n", CSV_RECORD, "<a><b>", 4},
    {"a,b", CSV_RECORD, "<a><b>", 3},
    {"a,b\r", CSV_RECORD, "<a><b>", 4},
    {"a\rb,c\n", CSV_RECORD, "<a\rb><c>", 6},
    {",\n", CSV_RECORD, "<><>", 2},
    {"a,", CSV_RECORD, "<a><>", 2},
    {" a , b \n", CSV_RECORD, "< a >< b >", 8},
    {"\"a\",\"b\"\n", CSV_RECORD, "<a><b>", 8},
    {"\"a\",\"b\"\r\n", CSV_RECORD, "<a><b>", 9},
    {"\"a,b\",c\n", CSV_RECORD, "<a,b><c>", 8},
    {"\"a\nb\r\nc\"\nd\n", CSV_RECORD, "<a\nb\r\nc>", 9},
    {"\"\"\n", CSV_RECORD, "<>", 3},
    {"\"\"\"\"\n", CSV_RECORD, "<\">", 5},
    {"\"a\"\"b\"\"\",c\n", CSV_RECORD, "<a\"b\"><c>", 11},
    {"\"\"\"\"\"\",x\n", CSV_RECORD, "<\"\"><x>", 9},
    {"\"a\"", CSV_RECORD, "<a>", 3},
    {"\"a\"\r", CSV_RECORD, "<a>", 4},
    {"\n", CSV_RECORD, "", 1},
    {"\r\n", CSV_RECORD, "", 2},
    {"\xef\xbb\xbf\"a\",b\n", CSV_RECORD, "<a><b>", 9},
    {"\xef\xbb\xbf\n", CSV_RECORD, "", 4},
    {"\xef\xbb\xbf", CSV_RECORD, "", 3},
    {"", CSV_MORE, "", 0},
    {"a\"b,c\nd\n", CSV_BROKEN, "", 6},
    {"a,b\"\n", CSV_BROKEN, "", 5},
    {" \"a\"\nb\n", CSV_BROKEN, "", 5},
    {"\"a\"b,c\nd\n", CSV_BROKEN, "", 7},
    {"\"a\" ,c\r\nd\n", CSV_BROKEN, "", 8},
    {"\"a\"\rb\nc\n", CSV_BROKEN, "", 6},
    {"a\"b", CSV_BROKEN, "", 3},
    {"\"a", CSV_BROKEN, "", 2},
    {"x,\"a\nb\n", CSV_BROKEN, "", 7},
    {"\"a\"\"", CSV_BROKEN, "", 4},
};

START_TEST(reads_one_record) {
  set_up();
  EACH(row, CASES) {
    struct text *cells;
    size_t count;
    size_t used;
    struct buffer out;
    buffer_init(&out, 1000);
    enum csv_result result = csv_read(text_of(row->input), true, &arena, &cells, &count, &used);
    ck_assert_msg(result == row->result, "%s", row->input);
    ck_assert_msg(used == row->used, "%s: %zu", row->input, used);
    show(&out, cells, count);
    ASSERT_TEXT(buffer_view(&out), row->cells);
    buffer_release(&out);
  }
  arena_release(&arena);
}
END_TEST

// However a stream is cut, an answer given early is the answer given on all of it.
START_TEST(same_answer_from_every_longer_beginning) {
  set_up();
  EACH(row, CASES) {
    size_t length = strlen(row->input);
    for (size_t n = 0; n <= length; n++) {
      struct text *cells;
      size_t count;
      size_t used;
      enum csv_result result = csv_read((struct text){row->input, n}, false, &arena, &cells, &count, &used);
      if (n < row->used) {
        ck_assert_msg(result == CSV_MORE, "%zu bytes of %s", n, row->input);
      }
      if (result == CSV_MORE) {
        ck_assert_uint_eq(used, 0);
        ck_assert_uint_eq(count, 0);
      } else {
        ck_assert_msg(result == row->result && used == row->used, "%zu bytes of %s", n, row->input);
      }
    }
  }
  arena_release(&arena);
}
END_TEST

START_TEST(waiting_takes_no_memory) {
  set_up();
  struct text *cells;
  size_t count;
  size_t used;
  ck_assert_int_eq(csv_read(TEXT("\"a\"\"b\",\"c"), false, &arena, &cells, &count, &used), CSV_MORE);
  ck_assert_uint_eq(arena.used, 0);
  arena_release(&arena);
}
END_TEST

START_TEST(holds_bytes_of_any_value) {
  set_up();
  struct text *cells;
  size_t count;
  size_t used;
  ck_assert_int_eq(csv_read(TEXT("\0a,\xff\n"), true, &arena, &cells, &count, &used), CSV_RECORD);
  ck_assert_uint_eq(count, 2);
  ck_assert(text_equals(cells[0], TEXT("\0a")));
  ck_assert(text_equals(cells[1], TEXT("\xff")));
  arena_release(&arena);
}
END_TEST

START_TEST(takes_so_many_columns_and_not_one_more) {
  set_up();
  for (size_t commas = CSV_COLUMNS_MAX - 1; commas <= CSV_COLUMNS_MAX; commas++) {
    char line[CSV_COLUMNS_MAX + 2];
    memset(line, ',', commas);
    line[commas] = '\n';
    struct text *cells;
    size_t count;
    size_t used;
    enum csv_result result = csv_read((struct text){line, commas + 1}, false, &arena, &cells, &count, &used);
    bool fits = commas < CSV_COLUMNS_MAX;
    ck_assert_int_eq(result, fits ? CSV_RECORD : CSV_BROKEN);
    ck_assert_uint_eq(count, fits ? CSV_COLUMNS_MAX : 0);
    ck_assert_uint_eq(used, commas + 1);
  }
  arena_release(&arena);
}
END_TEST

START_TEST(full_arena_breaks_the_line_only) {
  struct text *cells;
  size_t count;
  size_t used;
  arena_init(&arena, 2 * sizeof(struct text));
  ck_assert_int_eq(csv_read(TEXT("a,b,c\nd"), false, &arena, &cells, &count, &used), CSV_BROKEN);
  ck_assert_uint_eq(used, 6);
  ck_assert_int_eq(csv_read(TEXT("a,\"b\"\"\"\nd"), false, &arena, &cells, &count, &used), CSV_BROKEN);
  ck_assert_uint_eq(count, 0);
  arena_clear(&arena);
  ck_assert_int_eq(csv_read(TEXT("a,b\nd"), false, &arena, &cells, &count, &used), CSV_RECORD);
  arena_release(&arena);
}
END_TEST

START_TEST(writes_cells_that_no_spreadsheet_runs) {
  const struct {
    struct text cell;
    const char *expected;
  } WRITTEN[] = {
      {TEXT_NONE, ""},
      {TEXT(""), ""},
      {TEXT("plain text"), "plain text"},
      {TEXT("a,b"), "\"a,b\""},
      {TEXT("say \"hi\""), "\"say \"\"hi\"\"\""},
      {TEXT("\""), "\"\"\"\""},
      {TEXT("two\nlines"), "\"two\nlines\""},
      {TEXT("two\rlines"), "\"two\rlines\""},
      {TEXT("=1+1"), "'=1+1"},
      {TEXT("+1"), "'+1"},
      {TEXT("-1"), "-1"},
      {TEXT("-12.5"), "-12.5"},
      {TEXT("-12.5%"), "'-12.5%"},
      {TEXT("-1.2.3"), "'-1.2.3"},
      {TEXT("-1."), "'-1."},
      {TEXT("-.5"), "'-.5"},
      {TEXT("-"), "'-"},
      {TEXT("-1+1"), "'-1+1"},
      {TEXT("-2+cmd|' /C calc'!A0"), "'-2+cmd|' /C calc'!A0"},
      {TEXT("@x"), "'@x"},
      {TEXT("\tx"), "\"'\tx\""},
      {TEXT("  =1"), "'  =1"},
      {TEXT(" a"), " a"},
      {TEXT("a;=1"), "\"a;=1\""},
      {TEXT("a\t=1"), "\"a\t=1\""},
      {TEXT("\rx"), "\"'\rx\""},
      {TEXT("=\"a\",b"), "\"'=\"\"a\"\",b\""},
      {TEXT("a=b-c"), "a=b-c"},
      {TEXT("'x"), "'x"},
  };
  EACH(row, WRITTEN) {
    struct buffer out;
    buffer_init(&out, 100);
    csv_write_cell(&out, row->cell);
    ASSERT_TEXT(buffer_view(&out), row->expected);
    buffer_release(&out);
  }
}
END_TEST

START_TEST(reads_back_what_it_wrote) {
  const struct text CELLS[] = {TEXT("a"), TEXT(""), TEXT("\"\"\n,"), TEXT("\r\n"), TEXT("a\"b"), TEXT(" "), TEXT("x\ry"), TEXT("\xc3\xa4")};
  set_up();
  struct buffer out;
  buffer_init(&out, 1000);
  EACH(cell, CELLS) {
    buffer_string(&out, cell == CELLS ? "" : ",");
    csv_write_cell(&out, *cell);
  }
  buffer_string(&out, "\r\n");
  struct text *cells;
  size_t count;
  size_t used;
  ck_assert_int_eq(csv_read(buffer_view(&out), false, &arena, &cells, &count, &used), CSV_RECORD);
  ck_assert_uint_eq(count, ROWS(CELLS));
  ck_assert_uint_eq(used, out.length);
  for (size_t i = 0; i < count; i++) {
    // The cell that begins with CR was neutralised.
    ck_assert(text_equals(cells[i], i == 3 ? TEXT("'\r\n") : CELLS[i]));
  }
  buffer_release(&out);
  arena_release(&arena);
}
END_TEST

int main(void) {
  return unit_tests("csv", (const TTest *[]){
                               reads_one_record,
                               same_answer_from_every_longer_beginning,
                               waiting_takes_no_memory,
                               holds_bytes_of_any_value,
                               takes_so_many_columns_and_not_one_more,
                               full_arena_breaks_the_line_only,
                               writes_cells_that_no_spreadsheet_runs,
                               reads_back_what_it_wrote,
                               NULL,
                           });
}

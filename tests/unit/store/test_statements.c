// Checks what stands in statements for the ids of metrics.
#include "store/statements.h"

#include "unit.h"

#include "base/buffer.h"

START_TEST(puts_ids_for_metrics_in_braces) {
  static const struct {
    const char *sql, *expanded;
  } CASES[] = {
      {"select {happiness}", "select 1"},
      {"in ({answered_tickets}, {+answered_tickets})", "in (38, 138)"},
      {"'{{+responses},{responses}}'", "'{111,11}'"},
      {"'{}', '{0}', '{-1,-2}', '{+}', '{+happines}', '{++happiness}'", "'{}', '{0}', '{-1,-2}', '{+}', '{+happines}', '{++happiness}'"},
      {"an open {happiness", "an open {happiness"},
  };
  EACH(row, CASES) {
    struct buffer out;
    buffer_init(&out, 1024);
    statement_expand(&(struct statement){.name = "test", .sql = row->sql}, &out);
    ck_assert_str_eq(out.bytes, row->expanded);
    buffer_release(&out);
  }
}
END_TEST

int main(void) { return unit_tests("store/statements", (const TTest *[]){puts_ids_for_metrics_in_braces, NULL}); }

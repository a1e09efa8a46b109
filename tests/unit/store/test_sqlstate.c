// Checks which error each SQLSTATE becomes.
#include "store/sqlstate.h"

#include "unit.h"

START_TEST(maps_sqlstates) {
  static const struct {
    const char *state;
    enum err error;
    bool retriable, blames_row;
  } CASES[] = {
      {"23505", ERR_CONFLICT, false, true},     {"23503", ERR_CONFLICT, false, true},     {"23514", ERR_INTERNAL, false, true},
      {"22003", ERR_INTERNAL, false, true},     {"40001", ERR_UNAVAILABLE, true, false},  {"40P01", ERR_UNAVAILABLE, true, false},
      {"55P03", ERR_UNAVAILABLE, false, false}, {"57014", ERR_TIMEOUT, false, false},     {"57P01", ERR_UNAVAILABLE, false, false},
      {"53300", ERR_UNAVAILABLE, false, false}, {"08006", ERR_UNAVAILABLE, false, false}, {"08P01", ERR_INTERNAL, false, false},
      {"42601", ERR_INTERNAL, false, false},    {"25006", ERR_UNAVAILABLE, false, false}, {"XX000", ERR_INTERNAL, false, false},
  };
  EACH(row, CASES) {
    ck_assert_msg(sqlstate_error(row->state) == row->error, "%s", row->state);
    ck_assert_msg(sqlstate_retriable(row->state) == row->retriable, "%s", row->state);
    ck_assert_msg(sqlstate_blames_row(row->state) == row->blames_row, "%s", row->state);
  }
}
END_TEST

int main(void) { return unit_tests("store/sqlstate", (const TTest *[]){maps_sqlstates, NULL}); }

// Checks what Accept admits of what is offered.
#include "http/media.h"

#include "unit.h"

enum { NOTHING = MEDIA_COUNT, ALL = WITH_JSON | WITH_CSV | WITH_HTML };

START_TEST(gives_what_is_accepted_most) {
  static const struct {
    const char *accepted;  // NULL: no such header
    unsigned offered;
    int media;
  } CASES[] = {
      {NULL, ALL, MEDIA_JSON},
      {"", ALL, MEDIA_JSON},
      {"*/*", ALL, MEDIA_JSON},
      {"application/json", ALL, MEDIA_JSON},
      {"text/csv", ALL, MEDIA_CSV},
      {"TEXT/CSV", ALL, MEDIA_CSV},
      {"text/csv; charset=utf-8", ALL, MEDIA_CSV},
      {"text/csv;header=present;q=0.5", ALL, MEDIA_CSV},
      {"text/html", ALL, MEDIA_HTML},
      {"text/*", ALL, MEDIA_CSV},
      {"application/*", ALL, MEDIA_JSON},
      // Weights
      {"application/json;q=0.5, text/csv", ALL, MEDIA_CSV},
      {"text/csv;q=0.4,application/json;q=0.5", ALL, MEDIA_JSON},
      {"text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8", ALL, MEDIA_HTML},
      {"text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8", WITH_JSON | WITH_CSV, MEDIA_JSON},
      {"text/csv;q=1.", ALL, MEDIA_CSV},
      // Of equals the one that is named, then the first
      {"*/*, text/csv", ALL, MEDIA_CSV},
      {"text/*, text/html", ALL, MEDIA_HTML},
      {"text/csv, application/json", ALL, MEDIA_JSON},
      // The range that names it most closely counts
      {"text/csv;q=0, */*", WITH_CSV, NOTHING},
      {"*/*, text/csv;q=0", WITH_CSV, NOTHING},
      {"application/json;q=0, */*;q=0.1", ALL, MEDIA_CSV},
      {"text/*;q=0.2, text/csv;q=0.9, application/json;q=0.5", ALL, MEDIA_CSV},
      // What isn't offered, or is malformed
      {"text/csv", WITH_JSON, NOTHING},
      {"image/png", ALL, NOTHING},
      {"application/problem+json", ALL, NOTHING},
      {"text/csv;q=0", ALL, NOTHING},
      {"text/csv;q=2", ALL, NOTHING},
      {"text/csv;q=", ALL, NOTHING},
      {"text/csv;q", ALL, NOTHING},
      {"text", ALL, NOTHING},
      {"/", ALL, NOTHING},
      {"text/", ALL, NOTHING},
      {"*", ALL, NOTHING},
      {",", ALL, NOTHING},
      {"image/png, text/csv", ALL, MEDIA_CSV},
  };
  EACH(row, CASES) {
    enum media chosen = MEDIA_COUNT;
    bool found = media_choose(text_of(row->accepted), row->offered, &chosen);
    ck_assert_msg(found == (row->media != NOTHING) && (int)chosen == row->media, "%s: %d", row->accepted, (int)chosen);
  }
}
END_TEST

START_TEST(finds_what_is_offered_by_name) {
  enum media chosen = MEDIA_COUNT;
  ck_assert(media_find(TEXT("csv"), ALL, &chosen));
  ck_assert_int_eq((int)chosen, MEDIA_CSV);
  ck_assert(!media_find(TEXT("csv"), WITH_JSON, &chosen));
  ck_assert(!media_find(TEXT("CSV"), ALL, &chosen));
  ck_assert(!media_find(TEXT(""), ALL, &chosen));
}
END_TEST

START_TEST(lists_what_is_offered) {
  char list[100], few[10];
  media_list(ALL, true, list, sizeof list);
  ck_assert_str_eq(list, "application/json or text/csv or text/html");
  media_list(WITH_JSON | WITH_CSV, false, list, sizeof list);
  ck_assert_str_eq(list, "json or csv");
  media_list(WITH_JSON, true, list, sizeof list);
  ck_assert_str_eq(list, "application/json");
  media_list(ALL, true, few, sizeof few);
  ck_assert_str_eq(few, "applicati");
}
END_TEST

int main(void) {
  return unit_tests("media", (const TTest *[]){
                                 gives_what_is_accepted_most,
                                 finds_what_is_offered_by_name,
                                 lists_what_is_offered,
                                 NULL,
                             });
}

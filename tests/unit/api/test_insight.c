// What the rows of insights have in common, byte by byte: evidence that can be asked for, sentences with the numbers that are shown.
#include "api/insight.h"

#include "unit.h"

#include <math.h>
#include <stdio.h>

#include "base/instant.h"

enum { OUT_BYTES_MAX = 64 * 1024 };

struct sheet {
  struct arena arena;
  struct issues issues;
  struct buffer out;
  struct json_writer json;
};

static void sheet_init(struct sheet *sheet) {
  arena_init(&sheet->arena, OUT_BYTES_MAX);
  issues_init(&sheet->issues, &sheet->arena);
  buffer_init(&sheet->out, OUT_BYTES_MAX);
  json_start(&sheet->json, &sheet->out);
}

static void assert_written(struct sheet *sheet, const char *expected) {
  ck_assert(!sheet->out.failed);
  ASSERT_TEXT(buffer_view(&sheet->out), expected);
  buffer_release(&sheet->out);
  arena_release(&sheet->arena);
}

static const struct {
  const char *scope;
  struct scope_term narrowed[2];
  size_t narrowed_count;
  const char *path;
} EVIDENCE[] = {
    {"", {{.count = 0}}, 0, "\"/v1/tickets?from=2026-01-01&to=2026-03-31\""},
    {"service:vpn,mail;location:oslo",
     {{.count = 0}},
     0,
     "\"/v1/tickets?scope=location%3Aoslo%3Bservice%3Amail%2Cvpn&from=2026-01-01&to=2026-03-31\""},
    // A row's own value stands instead of the scope's list.
    {"service:vpn,mail",
     {{TEXT_INIT("service"), (struct text[]){TEXT_INIT("vpn")}, 1}, {TEXT_INIT("sla"), (struct text[]){TEXT_INIT("met")}, 1}},
     2,
     "\"/v1/tickets?scope=service%3Avpn%3Bsla%3Amet&from=2026-01-01&to=2026-03-31\""},
    // What scopes and addresses give a meaning to is escaped for both.
    {"",
     {{TEXT_INIT("service"), (struct text[]){TEXT_INIT("a,b;c:d\\ \xc3\xa9&")}, 1}},
     1,
     "\"/v1/tickets?scope=service%3Aa%5C%2Cb%5C%3Bc%5C%3Ad%5C%5C%20%C3%A9%26&from=2026-01-01&to=2026-03-31\""},
    // No scope holds what has no value.
    {"", {{TEXT_INIT("service"), (struct text[]){{NULL, 0}}, 1}}, 1, "null"},
};

START_TEST(leads_to_the_tickets_behind_a_row) {
  EACH(row, EVIDENCE) {
    struct sheet sheet;
    struct scope scope;
    sheet_init(&sheet);
    ck_assert(scope_parse(text_of(row->scope), &scope, &sheet.arena, &sheet.issues));
    struct insight_evidence evidence = {.scope = &scope,
                                        .window = {day_from_civil(2026, 1, 1), day_from_civil(2026, 3, 31)},
                                        .narrowed = row->narrowed,
                                        .narrowed_count = row->narrowed_count};
    insight_write_evidence(&sheet.json, &sheet.arena, &evidence);
    char expected[256];
    (void)snprintf(expected, sizeof expected, "\"evidence\":%s", row->path);
    assert_written(&sheet, expected);
  }
}
END_TEST

START_TEST(says_numbers_as_they_are_shown) {
  struct sheet sheet;
  sheet_init(&sheet);
  struct estimate none = {.has_value = false}, sixth = {.has_value = true, .numerator = 100, .denominator = 6};
  ASSERT_TEXT(insight_value(&sheet.arena, &none), "nothing");
  ASSERT_TEXT(insight_value(&sheet.arena, &sixth), "16.67");
  ASSERT_TEXT(insight_ratio(&sheet.arena, (struct ratio){-1, 200}), "-0.01");
  ASSERT_TEXT(insight_ratio(&sheet.arena, (struct ratio){1, 0}), "nothing");
  ASSERT_TEXT(insight_decimal(&sheet.arena, 2.5), "2.5");
  ASSERT_TEXT(insight_decimal(&sheet.arena, NAN), "nothing");
  ASSERT_TEXT(insight_name(TEXT("vpn")), "vpn");
  ASSERT_TEXT(insight_name(TEXT_NONE), "(no value)");
  struct text key = TEXT("v\"pn");
  insight_write_sentence(&sheet.json, &sheet.arena, "%.*s loses %d hours.", INSIGHT_TEXT(key), 7);
  assert_written(&sheet, "\"sentence\":\"v\\\"pn loses 7 hours.\"");
}
END_TEST

START_TEST(tells_what_is_withheld_from_what_is_not_there) {
  struct sheet sheet;
  struct tenant tenant = {.currency = "EUR"};
  struct tally tally = {0};
  sheet_init(&sheet);
  json_object(&sheet.json);
  insight_write_suppressed(&sheet.json, "a", ABSENT);
  insight_write_suppressed(&sheet.json, "b", 4);
  insight_write_figure(&sheet.json, "c", metric_find(TEXT("happiness")), &tally, &tenant);
  json_object_end(&sheet.json);
  assert_written(&sheet, "{\"a\":{\"suppressed\":true},\"b\":{\"suppressed\":true,\"n\":4},"
                         "\"c\":{\"value\":null,\"n\":0,\"interval\":null,\"unit\":\"points\",\"formula\":\"net\"}}");
}
END_TEST

// 120/60/120 → 150/60/90 of the rules.
START_TEST(shows_a_test_only_where_there_is_one) {
  struct sheet sheet;
  const struct metric *happiness = metric_find(TEXT("happiness"));
  struct tally before = {0}, after = {0};
  sheet_init(&sheet);
  json_object(&sheet.json);
  struct comparison none = comparison_of(happiness, &before, &after, false);
  insight_write_comparison(&sheet.json, "none", &none);
  const int64_t counts[2][3] = {{120, 60, 120}, {150, 60, 90}}, values[] = {10, 8, 2};
  for (int i = 0; i < 3; i++) {
    tally_add_value(&before, happiness, values[i], counts[0][i]);
    tally_add_value(&after, happiness, values[i], counts[1][i]);
  }
  struct comparison some = comparison_of(happiness, &before, &after, false);
  insight_write_comparison(&sheet.json, "some", &some);
  json_object_end(&sheet.json);
  assert_written(&sheet, "{\"none\":{\"value\":null,\"interval\":null,\"p\":null,\"relative\":false},"
                         "\"some\":{\"value\":20,\"interval\":[5.76,33.84],\"p\":0.0057,\"relative\":false}}");
}
END_TEST

int main(void) {
  return unit_tests("insight", (const TTest *[]){
                                   leads_to_the_tickets_behind_a_row,
                                   says_numbers_as_they_are_shown,
                                   tells_what_is_withheld_from_what_is_not_there,
                                   shows_a_test_only_where_there_is_one,
                                   NULL,
                               });
}

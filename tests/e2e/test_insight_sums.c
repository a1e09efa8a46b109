// Insights from sums: the line through a trend, what matters most, and weeks that stand out; by hand, and with small groups withheld.
#include "harness/harness.h"

#include <stdio.h>
#include <string.h>

enum { BODY_BYTES = 400 };

#define FRESH      "Cache-Control: no-cache"
#define SUPPRESSED "{\"suppressed\":true}"

static void post_lines(const char *path, const struct bytes *lines, long count) {
  char done[80];
  (void)snprintf(done, sizeof done, "(body) = ~.*\"line\":%ld,\"status\":20[01]", count);
  EXPECT(request(PORTAL, "POST", path, "Content-Type: application/x-ndjson", bytes_text(lines)), 200, done, "(body) != ~\"status\":4");
}

// A ticket, resolved at ten on that day.
static void resolve(const char *ref, const char *service, const char *location, const char *day) {
  char path[80], body[BODY_BYTES];
  (void)snprintf(path, sizeof path, "/v1/tickets/%s", ref);
  (void)snprintf(body, sizeof body,
                 "{\"opened_at\": \"%sT08:00:00Z\", \"resolved_at\": \"%sT10:00:00Z\", \"sla_met\": true,"
                 " \"context\": {\"service\": \"%s\", \"location\": \"%s\"}}",
                 day, day, service, location);
  EXPECT(request(PORTAL, "PUT", path, NULL, body), 201, "resolution = 1");
}

// Alike answers about one ticket, each by another person; JSON members.
struct answers {
  const char *members;
  int count;
};

static void answer(const char *ref, const char *day, const struct answers *answers, size_t count) {
  struct bytes lines = {0};
  int person = 0;
  for (size_t i = 0; i < count; i++)
    for (int k = 0; k < answers[i].count; k++)
      bytes_format(&lines, "{\"ticket\": \"%s\", \"respondent\": \"%s-%d\", %s, \"submitted_at\": \"%sT12:00:00Z\"}\n", ref, ref, person++,
                   answers[i].members, day);
  post_lines("/v1/responses/import", &lines, person);
  bytes_release(&lines);
}
#define ANSWER(ref, day, ...)                                      \
  do {                                                             \
    static const struct answers answers[] = {__VA_ARGS__};         \
    answer(ref, day, answers, sizeof answers / sizeof answers[0]); \
  } while (0)

// --- What matters ---------------------------------------------------------------------------------------------------

#define MARCH   "from=2024-03-01&to=2024-03-31"
#define MATTERS "/v1/insights/what-matters?" MARCH

// Of a 100 people answer, and lose 90 minutes: what others lose is 45, and what they feel is 0. Of d and e few do.
static void report_march(void) {
  resolve("MA", "a", "oslo", "2024-03-04");
  resolve("MB", "b", "oslo", "2024-03-05");
  resolve("MC", "c", "oslo", "2024-03-06");
  resolve("MD", "d", "oslo", "2024-03-07");
  resolve("ME", "e", "oslo", "2024-03-08");
  ANSWER("MA", "2024-03-04", {"\"happiness\": 10, \"lost_minutes\": 90", 20}, {"\"happiness\": 8, \"lost_minutes\": 90", 10},
         {"\"happiness\": 2, \"lost_minutes\": 70, \"factors\": [\"slow\", \"rude\"]", 4},
         {"\"happiness\": 2, \"lost_minutes\": 70, \"factors\": [\"slow\"]", 31},
         {"\"happiness\": 2, \"lost_minutes\": 110, \"factors\": [\"slow\"]", 5},
         {"\"happiness\": 2, \"lost_minutes\": 110, \"factors\": [\"passed-around\"]", 30});
  ANSWER("MB", "2024-03-05", {"\"happiness\": 10, \"lost_minutes\": 30", 50}, {"\"happiness\": 10", 60}, {"\"happiness\": 8", 20},
         {"\"happiness\": 2, \"lost_minutes\": 10, \"factors\": [\"slow\"]", 10},
         {"\"happiness\": 2, \"lost_minutes\": 50, \"factors\": [\"unclear\"]", 10}, {"\"happiness\": 2, \"lost_minutes\": 30", 30},
         {"\"happiness\": 2", 20});
  ANSWER("MC", "2024-03-06", {"\"happiness\": 10, \"lost_minutes\": 60", 60}, {"\"happiness\": 8", 40},
         {"\"happiness\": 2, \"lost_minutes\": 40, \"factors\": [\"slow\"]", 3}, {"\"happiness\": 2, \"lost_minutes\": 80", 3},
         {"\"happiness\": 2, \"lost_minutes\": 60", 34}, {"\"happiness\": 2", 60});
  ANSWER("MD", "2024-03-07", {"\"happiness\": 8, \"factors\": [\"slow\"]", 3});
  ANSWER("ME", "2024-03-08", {"\"happiness\": 8", 4});
}

#define READ(sentence, where, ...)                                                                                 \
  {                                                                                                                \
    .says = sentence, .key = DASHBOARD, .path = where, .headers = FRESH, .status = 200, .expects = { __VA_ARGS__ } \
  }
#define EVIDENCE(sentence, where)                                                                                                  \
  {                                                                                                                                \
    .says = sentence, .key = DASHBOARD, .path = where, .headers = FRESH, .status = 200, .saves = { "evidence <- rows.0.evidence" } \
  }
#define REFUSED(sentence, where, pointer, broken)                                                                                             \
  {                                                                                                                                           \
    .says = sentence, .key = DASHBOARD, .path = where, .status = 422, .expects = { "errors.0.pointer = " pointer, "errors.0.rule = " broken } \
  }

START_TEST(ranks_services_by_what_they_cost) {
  static const struct step story[] = {
      READ("What costs most comes first, and is what was computed by hand", MATTERS, "window.from = 2024-03-01", "by = service", "reference = rest",
           "rows.length = 5", "rows.0.rank = 1", "rows.0.key = a", "rows.0.metrics.happiness.value = -50", "rows.0.metrics.happiness.n = 100",
           "rows.0.metrics.lost_time.value = 90", "rows.0.metrics.lost_time.n = 100", "rows.0.metrics.lost_time.interval present",
           "rows.0.against = {\"happiness\":0,\"lost_time\":45}", "rows.0.impact = {\"happiness\":-5000,\"lost_time\":-4500}",
           "rows.0.lost_hours = 150", "rows.0.share_of_lost_hours = 50", "rows.0.recoverable_hours = 75", "rows.0.cost = null",
           "rows.0.confirmed = true", "rows.0.worse = true"),
      READ("with what its people say, unless few say so", MATTERS,
           "rows.0.factors = [{\"factor\":\"slow\",\"n\":40,\"share\":57.14},{\"factor\":\"passed-around\",\"n\":30,\"share\":42.86}]",
           "rows.0.sentence = a: People lose 90 minutes per answer, 45 elsewhere. Happiness is -50 points, 0 elsewhere. With as little lost per "
           "answer as"
           " elsewhere, 75 hours would have been saved. That it is worse is confirmed. Unhappy people name \"slow\" most often (40 of 70).",
           "rows.0.evidence = /v1/tickets?scope=service%3Aa&from=2024-03-01&to=2024-03-31"),
      // Three of c said so, and what is missing to a sum must not be theirs alone: 10 of b are withheld as well.
      READ("and unless it would give a few away", MATTERS, "rows.1.factors = [{\"factor\":\"unclear\",\"n\":10,\"share\":14.29}]",
           "rows.2.factors = []"),
      READ("What is better than the rest is confirmed too", MATTERS, "rows.1.key = b", "rows.1.confirmed = true", "rows.1.worse = false",
           "rows.1.recoverable_hours = 0", "rows.1.impact.happiness = 9863.19", "rows.1.against.lost_time = 75",
           "rows.1.sentence = ~That it is better is confirmed"),
      READ("what may be chance is uncertain, and behind", MATTERS, "rows.2.key = c", "rows.2.confirmed = false", "rows.2.against.lost_time = 60",
           "rows.2.impact = {\"happiness\":-3348.53,\"lost_time\":0}", "rows.2.sentence = ~The difference is not certain"),
      READ("and few people's answers are withheld", MATTERS, "rows.3 = {\"key\":\"d\",\"suppressed\":true}",
           "rows.4 = {\"key\":\"e\",\"suppressed\":true}", "total.metrics.happiness.n = 507"),
      {.says = "An administrator sees how many they are",
       .key = ADMIN,
       .path = MATTERS,
       .status = 200,
       .expects = {"rows.3 = {\"key\":\"d\",\"suppressed\":true,\"n\":3}", "rows.0.metrics.happiness.n = 100"}},
      EVIDENCE("The evidence", MATTERS),
      READ("is the tickets of the row", "${evidence}", "items.length = 1", "items.0.ref = MA"),
      REFUSED("There is no other reference", MATTERS "&reference=best", "reference", "enum"),
      REFUSED("it compares by itself", MATTERS "&compare=previous", "compare", "unknown"),
      REFUSED("and always the same metrics", MATTERS "&metrics=csat", "metrics", "unknown"),
      REFUSED("by a dimension", MATTERS "&by=mood", "by", "unknown"),
  };
  report_march();
  STEPS(story);
}
END_TEST

// All four of c's rest are withheld, or of b, whose total isn't answered.
START_TEST(compares_with_no_rest_that_is_withheld) {
  static const struct step story[] = {
      READ("A row alone has no rest", MATTERS "&scope=service:a", "rows.length = 1", "rows.0.key = a", "rows.0.metrics.happiness.value = -50",
           "rows.0.against = {\"happiness\":null,\"lost_time\":null}", "rows.0.impact = {\"happiness\":null,\"lost_time\":null}",
           "rows.0.recoverable_hours = null", "rows.0.confirmed = false", "rows.0.sentence = ~There is nothing to compare it with"),
      READ("nor has one beside a part of those withheld, or the rest would be theirs", MATTERS "&scope=service:a,d", "rows.length = 2",
           "rows.0.key = a", "rows.0.against.happiness = null", "rows.0.impact.happiness = null", "rows.0.p.happiness = null", "rows.1.key = d",
           "rows.1.suppressed = true", "total.metrics.happiness = " SUPPRESSED, "rows.0.share_of_lost_hours = 100"),
      READ("Beside all of them it has", MATTERS "&scope=service:a,d,e", "rows.length = 3", "rows.0.against.happiness = 0",
           "rows.0.impact.happiness = -5000", "total.metrics.happiness.n = 107"),
      READ("Factors are those of a scope of its own, too", MATTERS "&scope=location:oslo", "rows.0.key = a", "rows.0.factors.0.n = 40",
           "rows.1.factors = [{\"factor\":\"unclear\",\"n\":10,\"share\":14.29}]", "rows.2.factors = []", "rows.length = 5",
           "rows.0.evidence = /v1/tickets?scope=location%3Aoslo%3Bservice%3Aa&from=2024-03-01&to=2024-03-31"),
      READ("with others excluded there are none", MATTERS "&with_excluded=true", "rows.0.key = a", "rows.0.factors = []"),
      READ("Derived dimensions have them too", MATTERS "&by=sla", "rows.length = 1", "rows.0.key = met", "rows.0.factors.0.n = 53"),
      READ("and what has no value", MATTERS "&by=channel", "rows.length = 1", "rows.0.key = null", "rows.0.factors.0.n = 53",
           "rows.0.evidence = null", "rows.0.sentence = ~^.no value.: People lose"),
      READ("of nothing there are none", MATTERS "&scope=location:rome", "rows = []"),
  };
  STEPS(story);
}
END_TEST

START_TEST(compares_with_targets_and_with_the_period_before) {
  static const struct step before[] = {
      READ("Without a target there is nothing to compare with", MATTERS "&reference=target", "reference = target",
           "rows.0.against = {\"happiness\":null,\"lost_time\":null}", "rows.0.confirmed = false"),
      {.says = "A target is set",
       .key = ADMIN,
       .method = "PATCH",
       .path = "/v1/metrics/lost_time",
       .headers = "If-Match: *",
       .body = "{\"target\": 60}",
       .status = 200},
      {.says = "and what an hour costs",
       .key = ADMIN,
       .method = "PATCH",
       .path = "/v1/settings",
       .headers = "If-Match: *",
       .body = "{\"cost_per_hour\": \"50.00\"}",
       .status = 200},
      READ("What lies above it costs", MATTERS "&reference=target", "rows.0.key = a", "rows.0.against = {\"happiness\":null,\"lost_time\":60}",
           "rows.0.recoverable_hours = 50", "rows.0.cost = ~^2500\\.00$", "rows.0.confirmed = true",
           "rows.0.impact = {\"happiness\":null,\"lost_time\":-3000}",
           "rows.0.sentence = ~60 is the target\\. .*50 hours would have been saved \\(2500 EUR\\)"),
  };
  static const struct step after[] = {
      READ("Each is compared with itself", MATTERS "&reference=previous", "previous.window = {\"from\":\"2024-01-30\",\"to\":\"2024-02-29\"}",
           "rows.0.key = a", "rows.0.against = {\"happiness\":40,\"lost_time\":30}", "rows.0.recoverable_hours = 100",
           "rows.0.impact = {\"happiness\":-9000,\"lost_time\":-6000}", "rows.0.worse = true", "rows.0.sentence = ~30 in the period before"),
      READ("but not with what few people said then", MATTERS "&reference=previous", "rows.1.key = b",
           "rows.1.against = {\"happiness\":null,\"lost_time\":null}", "rows.1.confirmed = false", "rows.2.key = c",
           "rows.2.against = {\"happiness\":null,\"lost_time\":null}"),
  };
  STEPS(before);
  resolve("PA", "a", "oslo", "2024-02-05");
  resolve("PB", "b", "oslo", "2024-02-06");
  resolve("PC", "c", "oslo", "2024-02-07");
  ANSWER("PA", "2024-02-05", {"\"happiness\": 10, \"lost_minutes\": 10", 60}, {"\"happiness\": 8, \"lost_minutes\": 60", 20},
         {"\"happiness\": 2, \"lost_minutes\": 60", 20});
  ANSWER("PB", "2024-02-06", {"\"happiness\": 2, \"lost_minutes\": 60", 3});
  ANSWER("PC", "2024-02-07", {"\"happiness\": 2, \"lost_minutes\": 60", 20});
  STEPS(after);
}
END_TEST

// What is in the queue, or has left the sums again, makes no other factors than what is folded.
START_TEST(counts_factors_as_they_are_now) {
  static const struct step story[] = {
      READ("Six people were not informed", "/v1/insights/what-matters?from=2024-04-01&to=2024-04-30",
           "rows.0.factors.0 = {\"factor\":\"late\",\"n\":6,\"share\":60}"),
      {.says = "One of them", .key = ADMIN, .path = "/v1/responses?ticket=FA&limit=1", .status = 200, .saves = {"first <- items.0.id"}},
      {.says = "withdraws the answer", .key = ADMIN, .method = "DELETE", .path = "/v1/responses/${first}", .status = 204},
      READ("so it is five", "/v1/insights/what-matters?from=2024-04-01&to=2024-04-30",
           "rows.0.factors.0 = {\"factor\":\"late\",\"n\":5,\"share\":55.56}"),
      {.says = "Another one", .key = ADMIN, .path = "/v1/responses?ticket=FA&limit=1", .status = 200, .saves = {"second <- items.0.id"}},
      {.says = "names something else",
       .key = PORTAL,
       .method = "PATCH",
       .path = "/v1/responses/${second}",
       .body = "{\"factors\": [\"rude\"]}",
       .status = 200},
      READ("and four are too few", "/v1/insights/what-matters?from=2024-04-01&to=2024-04-30", "rows.0.metrics.happiness.n = 9",
           "rows.0.factors = []"),
      READ("in a slice as well", "/v1/insights/what-matters?from=2024-04-01&to=2024-04-30&scope=location:oslo", "rows.0.factors = []"),
  };
  resolve("FA", "a", "oslo", "2024-04-02");
  ANSWER("FA", "2024-04-02", {"\"happiness\": 2", 4}, {"\"happiness\": 2, \"factors\": [\"late\"]", 6});
  STEPS(story);
}
END_TEST

// --- Trends ---------------------------------------------------------------------------------------------------------

static void days_of_june(void) {
  struct bytes lines = {0};
  // From 26 May on, ten minutes more each day: two people a day.
  for (int i = 0; i < 34; i++) {
    char day[16];
    (void)snprintf(day, sizeof day, i < 6 ? "2024-05-%02d" : "2024-06-%02d", i < 6 ? 26 + i : i - 5);
    for (int k = 0; k < 2; k++)
      bytes_format(&lines, "{\"ticket\": \"TJ\", \"respondent\": \"june-%d-%d\", \"lost_minutes\": %d, \"submitted_at\": \"%sT12:00:00Z\"}\n", i, k,
                   10 * i, day);
  }
  post_lines("/v1/responses/import", &lines, 68);
  bytes_release(&lines);
}

#define TREND "/v1/experience/trend?metrics=lost_time,csat,sla_met,ticket_volume&"

START_TEST(draws_a_line_through_a_trend) {
  static const struct step story[] = {
      READ("The line runs through days pooled with the six before them", TREND "from=2024-06-01&to=2024-06-28",
           "trend = "
           "{\"lost_time\":{\"from\":\"2024-06-01\",\"to\":\"2024-06-28\",\"begin\":30,\"end\":300,\"change\":270,\"p\":0,\"significant\":true,"
           "\"data_days\":28},\"sla_met\":{\"from\":\"2024-06-03\",\"to\":\"2024-06-09\",\"begin\":100,\"end\":100,\"change\":0,\"p\":null,"
           "\"significant\":false,\"data_days\":1}}"),
      READ("whatever the interval is", TREND "from=2024-06-01&to=2024-06-28&interval=month", "points.length = 1", "trend.lost_time.change = 270"),
      READ("with or without the window before", TREND "from=2024-06-01&to=2024-06-28&compare=previous", "compared_with.points present",
           "trend.lost_time.change = 270"),
      READ("Fourteen days are enough", TREND "from=2024-06-15&to=2024-06-28", "trend.lost_time.change = 130", "trend.lost_time.data_days = 14"),
      READ("over fewer it would give single days away", TREND "from=2024-06-16&to=2024-06-28", "trend = {\"lost_time\":" SUPPRESSED "}"),
      READ("for an administrator too", TREND "from=2024-06-16&to=2024-06-28", "trend.lost_time = " SUPPRESSED),
      READ("Of what few people answered there is none", TREND "from=2024-05-25&to=2024-05-27", "points = ~suppressed",
           "trend.lost_time = " SUPPRESSED),
      READ("of nothing neither", TREND "from=2024-07-10&to=2024-07-30", "trend = {}"),
      READ("Only what is asked for", "/v1/experience/trend?metrics=happiness&from=2024-06-01&to=2024-06-28", "trend = {}"),
  };
  resolve("TJ", "june", "oslo", "2024-06-03");
  days_of_june();
  STEPS(story);
}
END_TEST

// --- Signals --------------------------------------------------------------------------------------------------------

#define SIGNALS "/v1/insights/signals?metrics=lost_time&from=2023-01-02&to=2023-04-16"

// Fifteen weeks from Monday, 2 January 2023 on, each with a ticket, and with twenty answers around a mean.
static void report_weeks(const char *service, const int *means, size_t count) {
  for (size_t week = 0; week < count; week++) {
    char query[100], ref[40];
    struct bytes lines = {0};
    (void)snprintf(query, sizeof query, "select '2023-01-03'::date + 7 * %zu", week);
    const char *day = sql_text(query);
    (void)snprintf(ref, sizeof ref, "WEEK-%s-%zu", service, week);
    resolve(ref, service, "oslo", day);
    for (int k = 0; k < 20; k++)
      bytes_format(&lines, "{\"ticket\": \"%s\", \"respondent\": \"%s-%d\", \"lost_minutes\": %d, \"submitted_at\": \"%sT12:00:00Z\"}\n", ref,
                   service, k, means[week] + (k % 2 == 0 ? 5 : -5), day);
    post_lines("/v1/responses/import", &lines, 20);
    bytes_release(&lines);
  }
}

START_TEST(tells_weeks_that_stand_out) {
  static const int means[] = {42, 45, 39, 44, 47, 41, 43, 46, 40, 44, 70, 72, 69, 71, 70};
  static const struct step story[] = {
      // The mean of the moving ranges without the step is 46 / 13; 52.2 ± 2.66 of it.
      READ("The chart has its mean and its limits", SIGNALS, "charts.length = 1", "charts.0.metric = lost_time", "charts.0.key absent",
           "charts.0.mean = 52.2", "charts.0.low = 42.79", "charts.0.high = 61.61", "charts.0.provisional = false", "charts.0.points.length = 15",
           "charts.0.points.0 = {\"week\":\"2023-01-02\",\"value\":42,\"n\":20,\"rules\":[\"outside\"],\"direction\":\"down\",\"confirmed\":false}",
           "charts.0.points.1 = {\"week\":\"2023-01-09\",\"value\":45,\"n\":20}", "charts.0.points.8.rules = [\"outside\",\"run\"]",
           "charts.0.suppressed_weeks = 0", "charts.0.small_weeks = 0", "charts_left_out = 0", "rows_left_out = 0"),
      READ("what the weeks after it confirm comes first", SIGNALS, "rows.length = 5", "rows.0.rank = 1", "rows.0.metric = lost_time",
           "rows.0.week = 2023-03-13", "rows.0.value = 70", "rows.0.n = 20", "rows.0.interval present", "rows.0.rules = [\"outside\"]",
           "rows.0.direction = up", "rows.0.since = 2023-03-13", "rows.0.weeks = 5", "rows.0.confirmed = true", "rows.0.p = 0",
           "rows.0.rule = beyond the limits of its ordinary variation",
           "rows.0.sentence = Lost time was 70 minutes in the week from 2023-03-13: beyond the limits of its ordinary variation (mean 52.2, limits "
           "42.79 to"
           " 61.61), for the worse. The four weeks after it confirm the change.",
           "rows.0.evidence = /v1/tickets?from=2023-03-13&to=2023-03-19"),
      EVIDENCE("and the evidence", SIGNALS),
      READ("with the tickets of that week", "${evidence}", "items.length = 1", "items.0.ref = WEEK-one-10"),
      READ("then what isn't certain, the latest first", SIGNALS, "rows.1.week = 2023-02-20", "rows.1.weeks = 3", "rows.1.rules = [\"run\"]",
           "rows.1.confirmed = false", "rows.1.p = null", "rows.1.sentence = ~it is not certain", "rows.2.week = 2023-02-06",
           "rows.3.week = 2023-01-16", "rows.4.week = 2023-01-02"),
      READ("Weeks that the window cuts are no points", "/v1/insights/signals?metrics=lost_time&from=2023-01-03&to=2023-04-15",
           "charts.0.points.length = 13", "charts.0.points.0.week = 2023-01-09"),
      READ("few weeks make a chart provisional", "/v1/insights/signals?metrics=lost_time&from=2023-01-02&to=2023-03-12",
           "charts.0.provisional = true"),
      READ("the latest signals wait for the weeks after", "/v1/insights/signals?metrics=lost_time&from=2023-01-02&to=2023-03-26",
           "rows.0.week = 2023-03-13", "rows.0.confirmed = false", "rows.0.sentence = ~four more weeks have to follow"),
      READ("Without a wish it is about five metrics, where they have data", "/v1/insights/signals?from=2023-01-02&to=2023-04-16", "charts.length = 3",
           "charts.0.metric = lost_time", "charts.1.metric = sla_met", "charts.1.small_weeks = 15", "charts.1.points = []", "charts.1.mean = null"),
      READ("and of nothing about none", "/v1/insights/signals?from=2022-01-02&to=2022-04-16", "charts = []", "rows = []"),
      REFUSED("Metrics have to exist", "/v1/insights/signals?metrics=mood", "metrics", "enum"),
      REFUSED("and dimensions", "/v1/insights/signals?by=mood", "by", "unknown"),
      REFUSED("nothing is compared", "/v1/insights/signals?compare=previous", "compare", "unknown"),
  };
  report_weeks("one", means, sizeof means / sizeof means[0]);
  STEPS(story);
}
END_TEST

START_TEST(charts_each_value_of_a_dimension) {
  static const int means[] = {50, 51, 50, 49, 50, 51, 50, 49, 50, 51, 50, 49, 50, 51, 50};
  static const struct step story[] = {
      READ("Each service has a chart", SIGNALS "&by=service", "by = service", "charts.length = 2", "charts.0.key = one", "charts.0.mean = 52.2",
           "charts.1.key = two", "charts.1.mean = 50.07", "rows.0.key = one", "rows.0.week = 2023-03-13", "rows.0.confirmed = true",
           "rows.0.sentence = ~^one: Lost time was 70 minutes", "rows.0.evidence = /v1/tickets?scope=service%3Aone&from=2023-03-13&to=2023-03-19"),
      READ("as in a scope of its own", SIGNALS "&scope=service:one", "charts.0.mean = 52.2", "rows.0.key absent",
           "rows.0.evidence = /v1/tickets?scope=service%3Aone&from=2023-03-13&to=2023-03-19"),
  };
  report_weeks("two", means, sizeof means / sizeof means[0]);
  STEPS(story);
}
END_TEST

START_TEST(leaves_out_weeks_that_are_withheld) {
  static const struct step story[] = {
      READ("Weeks of three and of four people are withheld, one of ten is too small",
           "/v1/insights/signals?metrics=csat&from=2022-05-02&to=2022-06-05", "charts.length = 1", "charts.0.suppressed_weeks = 2",
           "charts.0.small_weeks = 1", "charts.0.points.length = 2", "charts.0.points.0.week = 2022-05-02", "charts.0.points.1.week = 2022-05-09"),
      READ("as in the trend", "/v1/experience/trend?metrics=csat&interval=week&from=2022-05-02&to=2022-06-05", "points.length = 5",
           "points.2.metrics.csat = " SUPPRESSED, "points.3.metrics.csat = " SUPPRESSED, "points.4.metrics.csat.n = 10"),
      READ("Where the window is withheld, all is", "/v1/insights/signals?metrics=csat&from=2022-05-16&to=2022-05-22", "charts.0.suppressed_weeks = 1",
           "charts.0.points = []", "rows = []"),
  };
  resolve("WW", "w", "oslo", "2022-05-02");
  ANSWER("WW", "2022-05-03", {"\"csat\": 5", 25});
  resolve("WX", "w", "oslo", "2022-05-02");
  ANSWER("WX", "2022-05-10", {"\"csat\": 4", 25});
  resolve("WY", "w", "oslo", "2022-05-02");
  ANSWER("WY", "2022-05-17", {"\"csat\": 1", 3});
  resolve("WZ", "w", "oslo", "2022-05-02");
  ANSWER("WZ", "2022-05-24", {"\"csat\": 1", 4});
  resolve("WV", "w", "oslo", "2022-05-02");
  ANSWER("WV", "2022-05-31", {"\"csat\": 3", 10});
  STEPS(story);
}
END_TEST

START_TEST(charts_some_of_many_values) {
  static const struct step story[] = {
      READ("Of 61 services 60 are charted", "/v1/insights/signals?metrics=csat&by=service&from=2022-08-01&to=2022-08-07", "charts.length = 60",
           "charts_left_out = 1", "charts.0.suppressed_weeks = 1", "charts.59.points = []", "rows = []"),
      READ("of several metrics as many of each", "/v1/insights/signals?metrics=csat,sla_met&by=service&from=2022-08-01&to=2022-08-07",
           "charts.length = 60", "charts_left_out = 62", "charts.29.metric = csat", "charts.30.metric = sla_met", "charts.30.small_weeks = 1"),
  };
  for (int i = 0; i < 61; i++) {
    char ref[40], service[40];
    (void)snprintf(ref, sizeof ref, "MANY-%d", i);
    (void)snprintf(service, sizeof service, "many-%02d", i);
    resolve(ref, service, "oslo", "2022-08-02");
    ANSWER(ref, "2022-08-03", {"\"csat\": 5", 1});
  }
  STEPS(story);
}
END_TEST

// Windows that overlap can be subtracted: who reads whole months reads no weeks, and no line that begins before the window.
START_TEST(keeps_to_whole_months_where_it_has_to) {
  static const struct step story[] = {
      {.says = "Dashboards are held to months",
       .key = ADMIN,
       .method = "PATCH",
       .path = "/v1/settings",
       .headers = "If-Match: *",
       .body = "{\"calendar_periods\": true}",
       .status = 200},
      {.says = "Then they see no signals",
       .key = DASHBOARD,
       .path = "/v1/insights/signals?from=2023-01-01&to=2023-03-31",
       .status = 422,
       .expects = {"errors.0.pointer = window", "errors.0.rule = calendar_periods"},
       .within_seconds = 3},
      READ("and a line of the window only", TREND "from=2024-06-01&to=2024-06-30", "trend.lost_time.from = 2024-06-01",
           "trend.lost_time.begin = 43.06"),
      READ("What matters is told", MATTERS, "rows.0.key = a"),
      {.says = "Administrators see all", .key = ADMIN, .path = SIGNALS, .status = 200, .expects = {"charts.length = 1"}},
  };
  STEPS(story);
}
END_TEST

int main(void) {
  static const struct house_plan plan = {.min_group = true};
  house_start(&plan);
  Suite *suite = suite_create("insights from sums");
  TCase *cases = tcase_create("insights from sums");
  tcase_set_timeout(cases, 60);
  suite_add_tcase(suite, cases);
  tcase_add_test(cases, ranks_services_by_what_they_cost);
  tcase_add_test(cases, compares_with_no_rest_that_is_withheld);
  tcase_add_test(cases, compares_with_targets_and_with_the_period_before);
  tcase_add_test(cases, counts_factors_as_they_are_now);
  tcase_add_test(cases, draws_a_line_through_a_trend);
  tcase_add_test(cases, tells_weeks_that_stand_out);
  tcase_add_test(cases, charts_each_value_of_a_dimension);
  tcase_add_test(cases, leaves_out_weeks_that_are_withheld);
  tcase_add_test(cases, charts_some_of_many_values);
  tcase_add_test(cases, keeps_to_whole_months_where_it_has_to);
  return house_run(suite);
}

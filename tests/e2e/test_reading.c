// What is read: figures and their intervals, scopes, windows, breakdowns, trends, distributions, lists, and what no other tenant reads.
#include "harness/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// JSON as it is written, without a backslash before each quote. clang-format would tear it apart, so the tables are laid out by hand.
// clang-format off
#define JSON(...) #__VA_ARGS__

// A figure's value and the number of measurements behind it.
#define IS(metric, value, n) "metrics." #metric ".value = " #value, "metrics." #metric ".n = " #n
#define NONE(metric)         IS(metric, null, 0)
#define ROW_IS(row, key, metric, value, n) \
  "rows." #row ".key = " key, "rows." #row ".metrics." #metric ".value = " #value, "rows." #row ".metrics." #metric ".n = " #n
#define POINT(point, from_day, to_day) "points." #point ".from = " from_day, "points." #point ".to = " to_day
#define POINT_IS(point, metric, value, n) \
  "points." #point ".metrics." #metric ".value = " #value, "points." #point ".metrics." #metric ".n = " #n

// Requests that occur all the time.
#define TICKET(sentence, ref, json) \
  {.says = sentence, .key = PORTAL, .method = "PUT", .path = "/v1/tickets/" ref, .body = json, .status = 201}
#define RESPONSE(sentence, json) {.says = sentence, .key = PORTAL, .method = "POST", .path = "/v1/responses", .body = json, .status = 201}
#define READ(sentence, where, query, ...) \
  {.says = sentence, .key = DASHBOARD, .path = "/v1/experience" where "?" query, .status = 200, .expects = {__VA_ARGS__}}
#define REFUSED(sentence, where, query, pointer, broken) \
  {.says = sentence, .key = DASHBOARD, .path = "/v1/" where "?" query, .status = 422, \
   .expects = {"type = urn:xlad:problem:invalid", "errors.0.pointer = " pointer, "errors.0.rule = " broken, \
               "detail = ~^" pointer " (must|names|is) "}}

// --- What is there to read ------------------------------------------------------------------------------------------

// Eight tickets of one supplier, the last in the month before. R6 has a service that needs every escape, no known SLA and no happiness; R7 is open.
static const struct step tickets_story[] = {
    TICKET("Half an hour, met", "R1",
           JSON({"kind": "incident", "opened_at": "2025-03-03T08:00:00Z", "resolved_at": "2025-03-03T08:30:00Z",
                 "responded_at": "2025-03-03T08:05:00Z",
                 "reassignments": 0, "sla_met": true, "cost": "10.00", "handle_minutes": 10,
                 "context": {"supplier": "reading", "service": "vpn", "location": "oslo", "channel": "portal"}})),
    TICKET("Two hours, met", "R2",
           JSON({"kind": "incident", "opened_at": "2025-03-03T09:00:00Z", "resolved_at": "2025-03-03T11:00:00Z", "reassignments": 1, "sla_met": true,
                 "cost": "20.00", "handle_minutes": 25, "context": {"supplier": "reading", "service": "vpn", "location": "oslo",
                 "channel": "phone"}})),
    TICKET("Five hours, missed", "R3",
           JSON({"kind": "request", "opened_at": "2025-03-04T08:00:00Z", "resolved_at": "2025-03-04T13:00:00Z", "reassignments": 2, "sla_met": false,
                 "first_level_resolved": true, "context": {"supplier": "reading", "service": "vpn", "location": "bergen", "channel": "portal"}})),
    TICKET("Twelve hours, missed", "R4",
           JSON({"kind": "incident", "opened_at": "2025-03-10T08:00:00Z", "resolved_at": "2025-03-10T20:00:00Z", "reassignments": 3, "sla_met": false,
                 "first_level_resolved": false, "context": {"supplier": "reading", "service": "mail", "location": "oslo", "channel": "email"}})),
    TICKET("Two days, missed, reopened, without a channel", "R5",
           JSON({"kind": "request", "opened_at": "2025-03-11T08:00:00Z", "resolved_at": "2025-03-13T08:00:00Z", "reassignments": 4, "reopens": 1,
                 "sla_met": false, "known_problem": true, "context": {"supplier": "reading", "service": "mail", "location": "bergen"}})),
    TICKET("Four days, no SLA known", "R6",
           JSON({"kind": "incident", "opened_at": "2025-03-20T08:00:00Z", "resolved_at": "2025-03-24T08:00:00Z", "reassignments": 5,
                 "context": {"supplier": "reading", "service": "a,b;c:d\\e", "location": "troms\u00f8", "channel": "portal"}})),
    TICKET("Open", "R7",
           JSON({"kind": "incident", "opened_at": "2025-03-25T08:00:00Z", "reassignments": 0,
                 "context": {"supplier": "reading", "service": "vpn", "location": "oslo", "channel": "portal"}})),
    TICKET("Of the month before, met", "R8",
           JSON({"kind": "incident", "opened_at": "2025-02-10T08:00:00Z", "resolved_at": "2025-02-10T10:00:00Z", "reassignments": 0, "sla_met": true,
                 "context": {"supplier": "reading", "service": "vpn", "location": "oslo", "channel": "phone"}})),
    RESPONSE("R1 is", JSON({"ticket": "R1", "happiness": 10, "lost_minutes": 0, "submitted_at": "2025-03-03T12:00:00Z"})),
    RESPONSE("R2 is", JSON({"ticket": "R2", "happiness": 9, "lost_minutes": 15, "submitted_at": "2025-03-03T12:00:00Z"})),
    RESPONSE("R3 is", JSON({"ticket": "R3", "happiness": 7, "lost_minutes": 30, "submitted_at": "2025-03-04T14:00:00Z"})),
    RESPONSE("R4 is", JSON({"ticket": "R4", "happiness": 3, "lost_minutes": 60, "submitted_at": "2025-03-10T21:00:00Z"})),
    RESPONSE("R5 is", JSON({"ticket": "R5", "happiness": 1, "lost_minutes": 480, "submitted_at": "2025-03-13T09:00:00Z"})),
    RESPONSE("R6 is", JSON({"ticket": "R6", "csat": 4, "submitted_at": "2025-03-24T09:00:00Z"})),
    RESPONSE("and R8 is answered", JSON({"ticket": "R8", "happiness": 3, "lost_minutes": 120, "submitted_at": "2025-02-10T11:00:00Z"})),
};

#define MARCH "from=2025-03-01&to=2025-03-31&scope=supplier:reading"

START_TEST(reads_all_figures_with_what_they_are_of) {
  static const struct step story[] = {
      READ("The head says what was read", "", MARCH, "scope = {\"supplier\":[\"reading\"]}",
           "window = {\"from\":\"2025-03-01\",\"to\":\"2025-03-31\"}",
           "time_zone = Europe/Oslo", "as_of = ~^20[0-9-]{8}T[0-9:]{8}Z$", "exclusions = 0", "response_rate.value = null", "response_rate.n = 0",
           "response_rate.pending = 0", "response_rate.uninvited = 6", "response_rate.ticket_response_share.value = 100",
           "response_rate.ticket_response_share.n = 6", "compared_with absent"),
      READ("What people answered", "", MARCH,
           "metrics.happiness = {\"value\":0,\"n\":5,\"interval\":[-57.46,57.46],\"unit\":\"points\",\"formula\":\"net\","
           "\"bands\":{\"positive\":2,\"neutral\":1,\"negative\":2}}",
           "metrics.lost_time = {\"value\":117,\"n\":5,\"interval\":[13.41,1020.99],\"unit\":\"minutes\",\"formula\":\"mean\",\"approximate\":true,"
           "\"raw\":117,\"cap\":2400,\"capped\":0,\"sum\":585}",
           "metrics.csat = {\"value\":100,\"n\":1,\"interval\":[20.65,100],\"unit\":\"percent\",\"formula\":\"share\"}", NONE(ces), NONE(nps),
           NONE(expectation), NONE(promise_kept), NONE(brand_promise)),
      READ("and what the tickets say", "", MARCH,
           "metrics.ticket_volume = {\"value\":7,\"n\":7,\"interval\":null,\"unit\":\"tickets\",\"formula\":\"count\"}",
           "metrics.backlog = {\"value\":1,\"n\":1,\"interval\":null,\"unit\":\"tickets\",\"formula\":\"stock\"}",
           "metrics.sla_met = {\"value\":40,\"n\":5,\"interval\":[11.76,76.93],\"unit\":\"percent\",\"formula\":\"share\"}",
           "metrics.resolution_time = {\"value\":1635,\"n\":6,\"interval\":[377.72,7077.26],\"unit\":\"minutes\",\"formula\":\"mean\","
           "\"approximate\":true}",
           "metrics.cost_per_ticket.unit = EUR", IS(response_time, 5, 1), NONE(repair_time), IS(reassigned, 83.33, 6), IS(reopened, 16.67, 6),
           IS(first_level_resolved, 50, 2), IS(known_problem, 100, 1), IS(handle_time, 17.5, 2), IS(cost_per_ticket, 15, 2)),
      READ("of those asked for, in any order", "", MARCH "&metrics=sla_met,happiness",
           "metrics = {\"happiness\":{\"value\":0,\"n\":5,\"interval\":[-57.46,57.46],\"unit\":\"points\",\"formula\":\"net\","
           "\"bands\":{\"positive\":2,\"neutral\":1,\"negative\":2}},"
           "\"sla_met\":{\"value\":40,\"n\":5,\"interval\":[11.76,76.93],\"unit\":\"percent\",\"formula\":\"share\"}}"),
      READ("also in a breakdown", "/breakdown", MARCH "&metrics=happiness&by=service", "rows.0.metrics.happiness present",
           "rows.0.metrics.ticket_volume absent", "total.metrics.happiness.n = 5", "total.metrics.lost_time absent"),
      REFUSED("and that exist", "experience", MARCH "&metrics=happiness,joy", "metrics", "enum"),
      REFUSED("and are not hidden", "experience", MARCH "&metrics=lost_time_raw", "metrics", "enum"),
      REFUSED("An unknown parameter is a slip of the pen", "experience", MARCH "&colour=red", "colour", "unknown"),
  };
  STEPS(story);
}
END_TEST

// --- Formulas -------------------------------------------------------------------------------------------------------

// "9*76 3*24" is 76 answers of 9 and 24 of 3; "_" is a response that skips the question.
static const struct {
  const char *says;
  const char *member;
  const char *answers;
  const char *figure;
} vectors[] = {
    {"six ratings", "happiness", "1 7 7 8 9 10",
     "metrics.happiness = {\"value\":16.67,\"n\":6,\"interval\":[-34.51,56.73],\"unit\":\"points\",\"formula\":\"net\","
     "\"bands\":{\"positive\":2,\"neutral\":3,\"negative\":1}}"},
    {"no neutral one", "happiness", "9*76 6*24",
     "metrics.happiness = {\"value\":52,\"n\":100,\"interval\":[33.98,66.99],\"unit\":\"points\",\"formula\":\"net\","
     "\"bands\":{\"positive\":76,\"neutral\":0,\"negative\":24}}"},
    {"skipped is not neutral", "happiness", "10*50 7*10 8*10 0*10 _*20",
     "metrics.happiness = {\"value\":50,\"n\":80,\"interval\":[32.85,63.54],\"unit\":\"points\",\"formula\":\"net\","
     "\"bands\":{\"positive\":50,\"neutral\":20,\"negative\":10}}"},
    {"nothing but skipped", "happiness", "_*3",
     "metrics.happiness = {\"value\":null,\"n\":0,\"interval\":null,\"unit\":\"points\",\"formula\":\"net\","
     "\"bands\":{\"positive\":0,\"neutral\":0,\"negative\":0}}"},
    {"NPS is net too", "nps", "0 6 7 8 9 10",
     "metrics.nps = {\"value\":0,\"n\":6,\"interval\":[-51.07,51.07],\"unit\":\"points\",\"formula\":\"net\","
     "\"bands\":{\"positive\":2,\"neutral\":2,\"negative\":2}}"},
    {"ease", "ces", "1 3 4 5 6 7 7",
     "metrics.ces = {\"value\":4.71,\"n\":7,\"interval\":[2.67,6.76],\"unit\":\"score\",\"formula\":\"mean\"}"},
    {"one value has no interval", "ces", "4", "metrics.ces = {\"value\":4,\"n\":1,\"interval\":null,\"unit\":\"score\",\"formula\":\"mean\"}"},
    {"equal values neither", "ces", "4*5", "metrics.ces = {\"value\":4,\"n\":5,\"interval\":null,\"unit\":\"score\",\"formula\":\"mean\"}"},
    {"half is rounded away from zero", "ces", "1*7 2", "metrics.ces.value = 1.13"},
    {"below zero too", "expectation", "0*7 -1", "metrics.expectation.value = -0.13"},
    {"an interval ends with the scale", "expectation", "-2 -1 2 2",
     "metrics.expectation = {\"value\":0.25,\"n\":4,\"interval\":[-2,2],\"unit\":\"score\",\"formula\":\"mean\"}"},
    {"lost time", "lost_minutes", "0 15 30 60 480",
     "metrics.lost_time = {\"value\":117,\"n\":5,\"interval\":[13.41,1020.99],\"unit\":\"minutes\",\"formula\":\"mean\",\"approximate\":true,"
     "\"raw\":117,\"cap\":2400,\"capped\":0,\"sum\":585}"},
    {"capped lost time, with unanswered ones", "lost_minutes", "0 60 5000 _*2",
     "metrics.lost_time = {\"value\":820,\"n\":3,\"interval\":[12.98,51820.4],\"unit\":\"minutes\",\"formula\":\"mean\",\"approximate\":true,"
     "\"raw\":1686.67,\"cap\":2400,\"capped\":1,\"sum\":2460}"},
    {"the cap itself is not capped", "lost_minutes", "2400 2401",
     "metrics.lost_time = {\"value\":2400,\"n\":2,\"interval\":null,\"unit\":\"minutes\",\"formula\":\"mean\","
     "\"raw\":2400.5,\"cap\":2400,\"capped\":1,\"sum\":4800}"},
    {"no time lost is 0 minutes", "lost_minutes", "0*3",
     "metrics.lost_time = {\"value\":0,\"n\":3,\"interval\":null,\"unit\":\"minutes\",\"formula\":\"mean\","
     "\"raw\":0,\"cap\":2400,\"capped\":0,\"sum\":0}"},
    {"unanswered is not", "lost_minutes", "_*3",
     "metrics.lost_time = {\"value\":null,\"n\":0,\"interval\":null,\"unit\":\"minutes\",\"formula\":\"mean\","
     "\"raw\":null,\"cap\":2400,\"capped\":0,\"sum\":0}"},
    {"81 of 263 satisfied", "csat", "5*41 4*40 3*82 1*100",
     "metrics.csat = {\"value\":30.8,\"n\":263,\"interval\":[25.53,36.62],\"unit\":\"percent\",\"formula\":\"share\"}"},
    {"none of 20", "csat", "3*20", "metrics.csat = {\"value\":0,\"n\":20,\"interval\":[0,16.11],\"unit\":\"percent\",\"formula\":\"share\"}"},
    {"10 of 10", "csat", "4*5 5*5", "metrics.csat = {\"value\":100,\"n\":10,\"interval\":[72.25,100],\"unit\":\"percent\",\"formula\":\"share\"}"},
};

// One respondent for each answer.
static void respond(const char *ref, const char *member, const char *answers) {
  int person = 0;
  for (const char *at = answers; *at != '\0'; at += strspn(at, " ")) {
    char *end = NULL;
    bool skipped = *at == '_';
    long value = strtol(skipped ? "0" : at, &end, 10);
    const char *rest = skipped ? at + 1 : end;
    long count = 1;
    if (*rest == '*') {
      count = strtol(rest + 1, &end, 10);
      rest = end;
    }
    for (long i = 0; i < count; i++) {
      char answer[64];
      char body[256];
      (void)snprintf(answer, sizeof answer, skipped ? "\"comment\": \"-\"" : "\"%s\": %ld", member, value);
      (void)snprintf(body, sizeof body, "{\"ticket\": \"%s\", \"respondent\": \"p%d\", %s, \"submitted_at\": \"2024-05-06T10:00:00Z\"}", ref,
      person++, answer);
      EXPECT(request(PORTAL, "POST", "/v1/responses", NULL, body), 201, "resolution = 1");
    }
    at = rest;
  }
}

START_TEST(computes_the_published_vectors) {
  for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
    char ref[32];
    char path[128];
    char body[256];
    (void)snprintf(ref, sizeof ref, "V%zu", i);
    (void)snprintf(path, sizeof path, "/v1/tickets/%s", ref);
    (void)snprintf(body, sizeof body,
                   "{\"opened_at\": \"2024-05-06T08:00:00Z\", \"resolved_at\": \"2024-05-06T09:00:00Z\", \"context\": {\"service\": \"%s\"}}", ref);
    EXPECT(request(PORTAL, "PUT", path, NULL, body), 201, "resolution = 1");
    respond(ref, vectors[i].member, vectors[i].answers);
    (void)snprintf(path, sizeof path, "/v1/experience?from=2024-05-01&to=2024-05-31&scope=service:%s", ref);
    const struct answer *answer = request(DASHBOARD, "GET", path, NULL, NULL);
    struct bytes finding = {0};
    ck_assert_msg(answer->status == 200 && answer_meets(answer, vectors[i].figure, &finding), "%s: status %d, wanted %s, found %s", vectors[i].says,
                  answer->status, vectors[i].figure, bytes_text(&finding));
    bytes_release(&finding);
  }
}
END_TEST

START_TEST(bins_the_distribution) {
  static const struct step story[] = {
      READ("Each value of a scale is a bin", "/distribution", MARCH, "scope.supplier = [\"reading\"]", "metrics.happiness.n = 5",
           "metrics.happiness.bins.length = 11", "metrics.happiness.bins.0 = {\"from\":0,\"to\":0,\"count\":0}",
           "metrics.happiness.bins.1 = {\"from\":1,\"to\":1,\"count\":1}", "metrics.happiness.bins.3.count = 1",
           "metrics.happiness.bins.7.count = 1", "metrics.happiness.bins.9.count = 1", "metrics.happiness.bins.8.count = 0",
           "metrics.happiness.bins.10 = {\"from\":10,\"to\":10,\"count\":1}", "metrics.csat.bins.length = 5", "metrics.csat.bins.3.count = 1"),
      READ("lost time has edges, each bin without its upper one", "/distribution", MARCH,
           "metrics.lost_time.bins = [{\"from\":0,\"to\":1,\"count\":1},{\"from\":1,\"to\":15,\"count\":0},{\"from\":15,\"to\":30,\"count\":1},"
           "{\"from\":30,\"to\":60,\"count\":1},{\"from\":60,\"to\":120,\"count\":1},{\"from\":120,\"to\":240,\"count\":0},"
           "{\"from\":240,\"to\":480,\"count\":0},{\"from\":480,\"to\":960,\"count\":1},{\"from\":960,\"to\":2400,\"count\":0},"
           "{\"from\":2400,\"to\":null,\"count\":0}]",
           "metrics.lost_time.n = 5", "metrics.lost_time.unit = minutes"),
      READ("durations are shown in minutes", "/distribution", MARCH,
           "metrics.resolution_time.bins = [{\"from\":0,\"to\":15,\"count\":0},{\"from\":15,\"to\":60,\"count\":1},"
           "{\"from\":60,\"to\":240,\"count\":1},{\"from\":240,\"to\":480,\"count\":1},{\"from\":480,\"to\":1440,\"count\":1},"
           "{\"from\":1440,\"to\":4320,\"count\":1},"
           "{\"from\":4320,\"to\":10080,\"count\":1},{\"from\":10080,\"to\":20160,\"count\":0},{\"from\":20160,\"to\":43200,\"count\":0},"
           "{\"from\":43200,\"to\":null,\"count\":0}]",
           "metrics.sla_met.bins = [{\"from\":0,\"to\":0,\"count\":3},{\"from\":1,\"to\":1,\"count\":2}]"),
      READ("and costs in money", "/distribution", MARCH, "metrics.cost_per_ticket.unit = EUR", "metrics.cost_per_ticket.bins.1.from = 5",
           "metrics.cost_per_ticket.bins.2 = {\"from\":10,\"to\":25,\"count\":2}"),
      READ("What only counts has no bins", "/distribution", MARCH, "metrics.ticket_volume absent", "metrics.backlog absent"),
      READ("Bins of nothing are empty", "/distribution", MARCH ";service:none", "metrics.happiness.n = 0", "metrics.happiness.bins.5.count = 0"),
  };
  STEPS(story);
}
END_TEST

// --- Scopes ---------------------------------------------------------------------------------------------------------

START_TEST(filters_by_scope) {
  static const struct step story[] = {
      READ("One value", "", MARCH ";service:vpn", IS(ticket_volume, 4, 4), IS(backlog, 1, 1), IS(happiness, 66.67, 3), IS(lost_time, 15, 3)),
      READ("several are alternatives", "", MARCH ";service:vpn,mail", "scope.service = [\"mail\",\"vpn\"]", IS(ticket_volume, 6, 6),
           IS(happiness, 0, 5), IS(lost_time, 117, 5)),
      READ("also repeated", "", MARCH ";service:vpn,vpn", "scope.service = [\"vpn\"]", IS(ticket_volume, 4, 4), IS(happiness, 66.67, 3)),
      READ("dimensions all have to hold", "", MARCH ";service:vpn;location:bergen", IS(ticket_volume, 1, 1), IS(happiness, 0, 1), IS(lost_time, 30,
           1)),
      READ("with their alternatives", "", MARCH ";service:vpn,mail;location:oslo", IS(ticket_volume, 4, 4), IS(happiness, 33.33, 3), IS(lost_time,
           25, 3)),
      READ("in any order", "", "from=2025-03-01&to=2025-03-31&scope=service:mail,vpn;location:oslo;supplier:reading", IS(ticket_volume, 4, 4),
           IS(happiness, 33.33, 3)),
      READ("derived ones too", "", MARCH ";sla:met", "scope.sla = [\"met\"]", IS(ticket_volume, 2, 2), IS(sla_met, 100, 2), IS(happiness, 100, 2),
           IS(lost_time, 7.5, 2)),
      READ("with blanks", "", MARCH ";resolution_time:under%201%20h,over%203%20d", IS(ticket_volume, 2, 2), IS(resolution_time, 2895, 2),
           IS(happiness, 100, 1)),
      READ("and a plus sign", "", MARCH ";reassignments:4%2B", "scope.reassignments = [\"4+\"]", IS(ticket_volume, 2, 2), IS(happiness, -100, 1)),
      READ("along with sent ones", "", MARCH ";sla:missed;reopened:no;kind:incident", IS(ticket_volume, 1, 1), IS(happiness, -100, 1),
           IS(lost_time, 60, 1)),
      READ("What separates is escaped in a value", "", MARCH ";service:a%5C,b%5C;c%5C:d%5C%5Ce", "scope.service = [\"a,b;c:d\\\\e\"]",
           IS(ticket_volume, 1, 1), IS(csat, 100, 1), NONE(happiness)),
      READ("beside others", "", MARCH ";service:vpn,a%5C,b%5C;c%5C:d%5C%5Ce", IS(ticket_volume, 5, 5), IS(happiness, 66.67, 3)),
      READ("Letters beyond ASCII are encoded", "", MARCH ";location:troms%C3%B8", "scope.location = [\"troms\xc3\xb8\"]", IS(ticket_volume, 1, 1)),
      READ("A value that never occurred is nothing", "", MARCH ";service:fax", NONE(ticket_volume), NONE(backlog), NONE(sla_met), NONE(happiness),
           NONE(lost_time), "response_rate.uninvited = 0"),
      READ("and takes nothing from the others", "", MARCH ";service:fax,mail", IS(ticket_volume, 2, 2), IS(happiness, -100, 2)),
      READ("nor is a value of another dimension", "", MARCH ";service:oslo", NONE(ticket_volume), NONE(happiness)),
      READ("An empty scope is everything", "", "from=2025-03-01&to=2025-03-31&scope=", "scope = {}", IS(ticket_volume, 7, 7), IS(happiness, 0, 5)),
      REFUSED("An unknown dimension is refused", "experience", MARCH ";planet:mars", "scope", "unknown"),
      REFUSED("and an unknown value of a derived one", "experience", MARCH ";sla:perhaps", "scope", "enum"),
      REFUSED("a comma in place of a semicolon", "experience", MARCH ",location:oslo", "scope", "format"),
      REFUSED("no value", "experience", MARCH ";service:", "scope", "required"),
      REFUSED("no values", "experience", MARCH ";service", "scope", "required"),
      REFUSED("no name", "experience", MARCH ";:vpn", "scope", "format"),
      REFUSED("a dimension twice", "experience", MARCH ";service:vpn;service:mail", "scope", "unique"),
      REFUSED("a backslash at the end", "experience", MARCH ";service:vpn%5C", "scope", "format"),
      REFUSED("in a list as well", "tickets", "scope=planet:mars", "scope", "unknown"),
  };
  STEPS(story);
}
END_TEST

// --- Windows --------------------------------------------------------------------------------------------------------

#define ALL "scope=supplier:reading"

START_TEST(counts_within_the_window) {
  static const struct step story[] = {
      READ("Both ends are included", "", "from=2025-03-03&to=2025-03-04&" ALL, IS(ticket_volume, 3, 3), IS(happiness, 66.67, 3)),
      READ("One day is a window", "", "from=2025-03-04&to=2025-03-04&" ALL, IS(ticket_volume, 1, 1), IS(happiness, 0, 1)),
      READ("Only to: the 90 days up to it", "", "to=2025-03-31&" ALL, "window = {\"from\":\"2025-01-01\",\"to\":\"2025-03-31\"}", IS(ticket_volume,
           8, 8)),
      READ("Ten years are not too many", "", "from=2015-03-25&to=2025-03-31&" ALL, IS(ticket_volume, 8, 8)),
      REFUSED("a day more is", "experience", "from=2015-03-24&to=2025-03-31", "from", "range"),
      REFUSED("to before from", "experience", "from=2025-03-02&to=2025-03-01", "to", "order"),
      REFUSED("from after today", "experience", "from=2999-01-01", "from", "order"),
      REFUSED("no such day", "experience", "from=2025-02-29&to=2025-03-01", "from", "format"),
      REFUSED("no day at all", "experience", "from=2025-03-01&to=yesterday", "to", "format"),
      REFUSED("an instant", "experience", "from=2025-03-01T00:00:00Z", "from", "format"),
      REFUSED("last without a unit", "experience", "last=30", "last", "format"),
      REFUSED("last of weeks", "experience", "last=4w", "last", "format"),
      REFUSED("last of no day", "experience", "last=0d", "last", "range"),
      REFUSED("last of more than ten years", "experience", "last=3661d", "last", "range"),
      REFUSED("last and from", "experience", "last=30d&from=2025-03-01", "last", "conflict"),
      REFUSED("compared with something else", "experience", MARCH "&compare=next", "compare", "enum"),
      REFUSED("in a breakdown", "experience/breakdown", "by=service&last=0d", "last", "range"),
      REFUSED("in a trend", "experience/trend", "last=0d", "last", "range"),
      REFUSED("in a distribution", "experience/distribution", "last=0d", "last", "range"),
  };
  STEPS(story);
}
END_TEST

#define TODAY "(now() at time zone 'Europe/Oslo')::date"

START_TEST(ends_a_window_today_where_nothing_else_is_said) {
  static const struct step story[] = {
      {.says = "A ticket of today",
       .key = PORTAL,
       .method = "PUT",
       .path = "/v1/tickets/R-TODAY",
       .body = "{\"opened_at\": \"${now}\", \"context\": {\"supplier\": \"today\"}}",
       .status = 201},
      READ("is in the last 90 days", "", "scope=supplier:today", "window = {\"from\":\"${ninety}\",\"to\":\"${today}\"}", IS(ticket_volume, 1, 1),
           IS(backlog, 1, 1)),
      READ("in the last 30", "", "scope=supplier:today&last=30d", "window = {\"from\":\"${thirty}\",\"to\":\"${today}\"}", IS(ticket_volume, 1, 1)),
      READ("in the last", "", "scope=supplier:today&last=1d", "window = {\"from\":\"${today}\",\"to\":\"${today}\"}", IS(ticket_volume, 1, 1)),
      READ("since yesterday", "", "scope=supplier:today&from=${yesterday}", "window = {\"from\":\"${yesterday}\",\"to\":\"${today}\"}",
           IS(ticket_volume, 1, 1)),
      READ("and not yesterday", "", "scope=supplier:today&to=${yesterday}", "window.to = ${yesterday}", NONE(ticket_volume), NONE(backlog)),
  };
  // Close to midnight the answers would be of another day than the names.
  while (sql_number("select extract(epoch from date_trunc('day', now() at time zone 'Europe/Oslo') + interval '1 day'"
                    " - now() at time zone 'Europe/Oslo')::int") < 20) {
    sleep_ms(1000);
  }
  steps_set("now", sql_text("select to_char(now() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"));
  steps_set("today", sql_text("select " TODAY));
  steps_set("yesterday", sql_text("select " TODAY " - 1"));
  steps_set("thirty", sql_text("select " TODAY " - 29"));
  steps_set("ninety", sql_text("select " TODAY " - 89"));
  STEPS(story);
}
END_TEST

START_TEST(compares_with_the_window_before) {
  static const struct step story[] = {
      READ("The window before is as long", "", MARCH "&compare=previous", "compared_with.window = {\"from\":\"2025-01-29\",\"to\":\"2025-02-28\"}",
           IS(happiness, 0, 5), "metrics.happiness.change = 100", "metrics.happiness.compared_with.value = -100", "metrics.happiness.compared_with.n = 1",
           IS(lost_time, 117, 5), "metrics.lost_time.change = -3", "metrics.lost_time.compared_with.value = 120", "metrics.lost_time.compared_with.n = 1"),
      READ("The change is what a reader would subtract", "", MARCH "&compare=previous", "metrics.sla_met.change = -60",
           "metrics.sla_met.compared_with.value = 100", "metrics.ticket_volume.change = 6", "metrics.ticket_volume.compared_with.value = 1",
           "metrics.resolution_time.change = 1515", "metrics.resolution_time.compared_with.value = 120", "metrics.backlog.change = 1",
           "metrics.backlog.compared_with.value = 0"),
      READ("From nothing there is no change", "", MARCH "&compare=previous", "metrics.csat.value = 100", "metrics.csat.change = null",
           "metrics.csat.compared_with.value = null", "metrics.csat.compared_with.n = 0", "metrics.ces.change = null"),
      READ("To nothing neither", "", "from=2025-02-11&to=2025-02-20&compare=previous&" ALL, "compared_with.window.from = 2025-02-01",
           "compared_with.window.to = 2025-02-10", NONE(happiness), "metrics.happiness.change = null", "metrics.happiness.compared_with.value = -100"),
      READ("Rows are compared side by side", "/breakdown", MARCH "&compare=previous&by=service", "compared_with.window.from = 2025-01-29",
           "compared_with.rows.length = 1", "compared_with.rows.0.key = vpn", "compared_with.rows.0.metrics.happiness.value = -100",
           "compared_with.total.metrics.happiness.n = 1", "rows.length = 3", "total.metrics.happiness.n = 5"),
      READ("and points too", "/trend", MARCH "&compare=previous&interval=month", "points.length = 1", "points.0.metrics.happiness.n = 5",
           "compared_with.points.length = 1", "compared_with.points.0.from = 2025-02-01", "compared_with.points.0.to = 2025-02-28",
           "compared_with.points.0.metrics.happiness.value = -100", "compared_with.points.0.metrics.backlog.value = 0"),
  };
  STEPS(story);
}
END_TEST

// --- Breakdowns and trends ------------------------------------------------------------------------------------------

START_TEST(breaks_figures_down) {
  static const struct step story[] = {
      READ("By service, in the order of the alphabet", "/breakdown", MARCH "&by=service", "by = service", "rows.length = 3",
           ROW_IS(0, "a,b;c:d\\e", ticket_volume, 1, 1), ROW_IS(1, "mail", ticket_volume, 2, 2), ROW_IS(1, "mail", happiness, -100, 2),
           ROW_IS(1, "mail", lost_time, 270, 2), ROW_IS(2, "vpn", ticket_volume, 4, 4), ROW_IS(2, "vpn", happiness, 66.67, 3)),
      READ("with the total", "/breakdown", MARCH "&by=service", "scope.supplier = [\"reading\"]", "total.metrics.ticket_volume.value = 7",
           "total.metrics.happiness.value = 0", "total.metrics.lost_time.value = 117", "total.metrics.backlog.value = 1",
           "response_rate.uninvited = 6"),
      READ("by channel, the missing one last", "/breakdown", MARCH "&by=channel", "rows.length = 4", ROW_IS(0, "email", happiness, -100, 1),
           ROW_IS(1, "phone", happiness, 100, 1), ROW_IS(2, "portal", happiness, 50, 2), ROW_IS(3, "null", happiness, -100, 1),
           ROW_IS(3, "null", ticket_volume, 1, 1)),
      READ("by one that all lack", "/breakdown", MARCH "&by=department", "rows.length = 1", ROW_IS(0, "null", ticket_volume, 7, 7)),
      READ("by kind", "/breakdown", MARCH "&by=kind", "rows.length = 2", ROW_IS(0, "incident", happiness, 33.33, 3), ROW_IS(1, "request", happiness,
           -50, 2)),
      READ("by SLA", "/breakdown", MARCH "&by=sla", "rows.length = 3", ROW_IS(0, "met", happiness, 100, 2), ROW_IS(1, "missed", happiness, -66.67, 3),
           ROW_IS(2, "null", ticket_volume, 2, 2), ROW_IS(2, "null", csat, 100, 1)),
      READ("by reassignments", "/breakdown", MARCH "&by=reassignments", "rows.length = 5", ROW_IS(0, "\"0\"", ticket_volume, 2, 2),
           ROW_IS(1, "\"1\"", happiness, 100, 1), ROW_IS(2, "\"2\"", happiness, 0, 1), ROW_IS(3, "\"3\"", happiness, -100, 1),
           ROW_IS(4, "4+", ticket_volume, 2, 2)),
      READ("by reopened", "/breakdown", MARCH "&by=reopened", "rows.length = 2", ROW_IS(0, "yes", happiness, -100, 1), ROW_IS(1, "no", ticket_volume,
           6, 6)),
      READ("by time to resolve, from short to long", "/breakdown", MARCH "&by=resolution_time", "rows.length = 7",
           ROW_IS(0, "under 1 h", lost_time, 0, 1), ROW_IS(1, "1 to 4 h", lost_time, 15, 1), ROW_IS(2, "4 to 8 h", lost_time, 30, 1),
           ROW_IS(3, "8 to 24 h", lost_time, 60, 1), ROW_IS(4, "1 to 3 d", lost_time, 480, 1), ROW_IS(5, "over 3 d", csat, 100, 1),
           ROW_IS(6, "null", backlog, 1, 1)),
      READ("within a scope", "/breakdown", MARCH ";location:oslo&by=service", "rows.length = 2", ROW_IS(0, "mail", happiness, -100, 1),
           ROW_IS(1, "vpn", happiness, 100, 2), "total.metrics.happiness.value = 33.33"),
      READ("of nothing", "/breakdown", MARCH ";service:fax&by=service", "rows = []", "total.metrics.happiness.value = null"),
      REFUSED("By nothing is refused", "experience/breakdown", MARCH, "by", "required"),
      REFUSED("and by what is not a dimension", "experience/breakdown", MARCH "&by=planet", "by", "unknown"),
  };
  STEPS(story);
}
END_TEST

static const char *const METRICS[] = {"happiness", "lost_time", "csat", "ces", "nps", "expectation", "promise_kept", "brand_promise", "ticket_volume",
                                      "backlog", "sla_met", "resolution_time", "response_time", "repair_time", "reassigned", "reopened",
                                      "first_level_resolved", "level0_solvable", "miscategorised", "known_problem", "known_resolution",
                                      "business_impact", "handle_time", "cost_per_ticket"};

static long count_at(const struct answer *answer, const char *what) {
  const char *text = answer_text(answer, what);
  ck_assert_msg(text != NULL, "the answer lacks %s", what);
  return strtol(text, NULL, 10);
}

static void check_sums(const char *dimension, const char *query) {
  char path[256];
  (void)snprintf(path, sizeof path, "/v1/experience/breakdown?%s&by=%s", query, dimension);
  const struct answer *answer = request(DASHBOARD, "GET", path, NULL, NULL);
  ck_assert_int_eq(answer->status, 200);
  long rows = count_at(answer, "rows.length");
  ck_assert_msg(rows > 0, "by %s there are no rows", dimension);
  for (size_t m = 0; m < sizeof METRICS / sizeof METRICS[0]; m++) {
    char what[128];
    long sum = 0;
    for (long row = 0; row < rows; row++) {
      (void)snprintf(what, sizeof what, "rows.%ld.metrics.%s.n", row, METRICS[m]);
      sum += count_at(answer, what);
    }
    (void)snprintf(what, sizeof what, "total.metrics.%s.n", METRICS[m]);
    ck_assert_msg(sum == count_at(answer, what), "by %s: the rows of %s sum up to %ld, the total is %ld", dimension, METRICS[m], sum,
                  count_at(answer, what));
  }
}

START_TEST(sums_rows_up_to_the_total_in_every_dimension) {
  enum { DIMENSIONS_SHOWN_MAX = 64 };
  static char names[DIMENSIONS_SHOWN_MAX][64];
  const struct answer *answer = request(DASHBOARD, "GET", "/v1/dimensions", NULL, NULL);
  ck_assert_int_eq(answer->status, 200);
  long count = count_at(answer, "items.length");
  ck_assert_int_ge(count, 13);
  ck_assert_int_le(count, DIMENSIONS_SHOWN_MAX);
  for (long i = 0; i < count; i++) {
    char what[64];
    (void)snprintf(what, sizeof what, "items.%ld.name", i);
    (void)snprintf(names[i], sizeof names[i], "%s", answer_text(answer, what));
  }
  for (long i = 0; i < count; i++) {
    check_sums(names[i], MARCH);
    check_sums(names[i], "from=2024-01-01&to=2025-12-31");
  }
}
END_TEST

START_TEST(follows_figures_over_time) {
  static const struct step story[] = {
      READ("By week, from Monday, the first and last cut by the window", "/trend", "from=2025-03-04&to=2025-03-26&interval=week&" ALL,
           "interval = week",
           "points.length = 4", POINT(0, "2025-03-04", "2025-03-09"), POINT_IS(0, happiness, 0, 1), POINT_IS(0, ticket_volume, 1, 1),
           POINT(1, "2025-03-10", "2025-03-16"), POINT_IS(1, happiness, -100, 2), POINT_IS(1, ticket_volume, 2, 2), POINT(2, "2025-03-17",
                 "2025-03-23"),
           POINT_IS(2, ticket_volume, 1, 1), POINT(3, "2025-03-24", "2025-03-26")),
      READ("What a piece has no data of is left out", "/trend", "from=2025-03-04&to=2025-03-26&interval=week&" ALL,
           "points.2.metrics.happiness absent",
           "points.2.metrics.sla_met absent", "points.3.metrics.happiness absent", POINT_IS(3, csat, 100, 1), POINT_IS(3, ticket_volume, 1, 1)),
      READ("The backlog runs on", "/trend", "from=2025-03-04&to=2025-03-26&interval=week&" ALL, POINT_IS(0, backlog, 0, 0), POINT_IS(1, backlog, 0,
           0),
           POINT_IS(2, backlog, 1, 1), POINT_IS(3, backlog, 1, 1)),
      READ("By month, cut as well", "/trend", "from=2025-02-05&to=2025-03-20&interval=month&" ALL, "points.length = 2",
           POINT(0, "2025-02-05", "2025-02-28"), POINT_IS(0, happiness, -100, 1), POINT_IS(0, backlog, 0, 0), POINT(1, "2025-03-01", "2025-03-20"),
           POINT_IS(1, happiness, 0, 5), POINT_IS(1, ticket_volume, 6, 6), POINT_IS(1, lost_time, 117, 5), POINT_IS(1, backlog, 1, 1)),
      READ("By day where nothing is said", "/trend", "from=2025-03-10&to=2025-03-26&" ALL, "interval = day", "points.length = 6",
           POINT(0, "2025-03-10", "2025-03-10"), POINT_IS(0, backlog, 0, 0), POINT(1, "2025-03-11", "2025-03-11"), POINT_IS(1, backlog, 1, 1),
           POINT(2, "2025-03-13", "2025-03-13"), POINT_IS(2, backlog, 0, 0), POINT(3, "2025-03-20", "2025-03-20"), POINT_IS(3, backlog, 1, 1),
           POINT(4, "2025-03-24", "2025-03-24"), POINT_IS(4, backlog, 0, 0)),
      READ("the same", "/trend", "from=2025-03-10&to=2025-03-26&interval=day&" ALL, "points.length = 6", POINT_IS(0, happiness, -100, 1),
           POINT_IS(2, happiness, -100, 1), POINT_IS(4, csat, 100, 1), POINT(5, "2025-03-25", "2025-03-25"), POINT_IS(5, ticket_volume, 1, 1),
           POINT_IS(5, backlog, 1, 1)),
      READ("A piece that the window cuts on both sides", "/trend", "from=2025-03-11&to=2025-03-13&interval=month&" ALL, "points.length = 1",
           POINT(0, "2025-03-11", "2025-03-13"), POINT_IS(0, happiness, -100, 1), POINT_IS(0, ticket_volume, 1, 1)),
      READ("of those asked for", "/trend", "from=2025-03-04&to=2025-03-26&interval=week&metrics=happiness&" ALL, "points.0.metrics.happiness present",
           "points.0.metrics.backlog absent"),
      READ("of nothing", "/trend", "from=2024-12-01&to=2024-12-31&" ALL, "points = []"),
      REFUSED("By year is refused", "experience/trend", MARCH "&interval=year", "interval", "enum"),
  };
  STEPS(story);
}
END_TEST

// --- Polling --------------------------------------------------------------------------------------------------------

START_TEST(answers_304_while_nothing_has_changed) {
  static const struct step before[] = {
      {.says = "A dashboard reads",
       .key = DASHBOARD,
       .path = "/v1/experience?" MARCH,
       .status = 200,
       .expects = {"header ETag = ~^\"[^\"]+\"$", "header Cache-Control = ~private"},
       .saves = {"tag <- header ETag", "as_of <- as_of"}},
      {.says = "a breakdown too", .key = DASHBOARD, .path = "/v1/experience/breakdown?by=sla&" MARCH, .status = 200,
       .expects = {"header ETag != ~^${tag}$"},
       .saves = {"rows_tag <- header ETag"}},
      {.says = "and a list", .key = DASHBOARD, .path = "/v1/tickets?" ALL, .status = 200, .saves = {"list_tag <- header ETag"}},
  };
  static const struct step after[] = {
      {.says = "The same, a second later",
       .key = DASHBOARD,
       .path = "/v1/experience?" MARCH,
       .headers = "Cache-Control: no-cache",
       .status = 200,
       .expects = {"header ETag = ~^${tag}$", "as_of != ${as_of}"}},
      {.says = "needs no body",
       .key = DASHBOARD,
       .path = "/v1/experience?" MARCH,
       .headers = "If-None-Match: ${tag}",
       .status = 304,
       .expects = {"(body) = \"\"", "header ETag = ~^${tag}$"}},
      {.says = "nor for another key", .key = ADMIN, .path = "/v1/experience?" MARCH, .headers = "If-None-Match: \"x\", W/${tag}", .status = 304},
      {.says = "with HEAD", .key = DASHBOARD, .method = "HEAD", .path = "/v1/experience?" MARCH, .headers = "If-None-Match: ${tag}", .status = 304},
      {.says = "for a breakdown", .key = DASHBOARD, .path = "/v1/experience/breakdown?by=sla&" MARCH, .headers = "If-None-Match: ${rows_tag}",
       .status = 304},
      {.says = "for a list", .key = DASHBOARD, .path = "/v1/tickets?" ALL, .headers = "If-None-Match: ${list_tag}", .status = 304},
      {.says = "but for another window", .key = DASHBOARD, .path = "/v1/experience?from=2025-03-01&to=2025-03-30&" ALL,
       .headers = "If-None-Match: ${tag}",
       .status = 200, .expects = {"header ETag != ~^${tag}$"}},
      {.says = "and with another's tag", .key = DASHBOARD, .path = "/v1/experience?" MARCH, .headers = "If-None-Match: ${rows_tag}", .status = 200},
  };
  static const struct step changed[] = {
      {.says = "A change",
       .key = PORTAL,
       .method = "POST",
       .path = "/v1/responses",
       .body = JSON({"ticket": "R1", "respondent": "late", "happiness": 7, "submitted_at": "2025-03-30T12:00:00Z"}),
       .status = 201,
       .saves = {"late <- id"}},
      {.says = "is seen at once",
       .key = DASHBOARD,
       .path = "/v1/experience?" MARCH,
       .headers = "If-None-Match: ${tag}",
       .status = 200,
       .expects = {"header ETag != ~^${tag}$", IS(happiness, 0, 6)}},
      {.says = "and when it is undone", .key = ADMIN, .method = "DELETE", .path = "/v1/responses/${late}", .status = 204},
      {.says = "all is as before", .key = DASHBOARD, .path = "/v1/experience?" MARCH, .headers = "If-None-Match: ${tag}", .status = 304},
  };
  STEPS(before);
  sleep_ms(1100);
  STEPS(after);
  house_restart_with(NULL);
  STEPS(after);
  STEPS(changed);
}
END_TEST

// --- Lists ----------------------------------------------------------------------------------------------------------

// Follows the Link header to the end and appends the member of each item, with a blank before each.
static void collect(enum key key, const char *first, const char *member, long limit, struct bytes *found) {
  char path[4096];
  (void)snprintf(path, sizeof path, "%s", first);
  for (int pages = 0; path[0] != '\0'; pages++) {
    ck_assert_msg(pages < 100, "%s never ends", first);
    const struct answer *answer = request(key, "GET", path, NULL, NULL);
    ck_assert_msg(answer->status == 200, "%s: status %d", path, answer->status);
    long count = count_at(answer, "items.length");
    ck_assert_msg(count <= limit, "%s: %ld items", path, count);
    for (long i = 0; i < count; i++) {
      char what[64];
      (void)snprintf(what, sizeof what, "items.%ld.%s", i, member);
      bytes_format(found, " %s", answer_text(answer, what));
    }
    const char *link = answer_header(answer, "Link");
    if (link == NULL) {
      EXPECT(answer, 200, "next = null");
      break;
    }
    // A page that is followed by another is full.
    ck_assert_int_eq(count, limit);
    const char *end = strchr(link, '>');
    ck_assert_msg(link[0] == '<' && end != NULL && strcmp(end, ">; rel=\"next\"") == 0, "Link: %s", link);
    (void)snprintf(path, sizeof path, "%.*s", (int)(end - link - 1), link + 1);
    ck_assert_msg(strstr(path, answer_text(answer, "next")) != NULL, "the Link %s lacks next", path);
  }
}

#define COLLECTS(key, path, member, limit, wanted)                              \
  do {                                                                          \
    struct bytes found = {0};                                                   \
    collect(key, path "&limit=" #limit, member, limit, &found);                 \
    ck_assert_str_eq(bytes_text(&found), wanted);                               \
    bytes_release(&found);                                                      \
  } while (0)

START_TEST(lists_tickets_page_by_page) {
  COLLECTS(DASHBOARD, "/v1/tickets?" ALL, "ref", 1, " R7 R6 R5 R4 R3 R2 R1 R8");
  COLLECTS(DASHBOARD, "/v1/tickets?" ALL, "ref", 2, " R7 R6 R5 R4 R3 R2 R1 R8");
  COLLECTS(DASHBOARD, "/v1/tickets?" ALL, "ref", 3, " R7 R6 R5 R4 R3 R2 R1 R8");
  COLLECTS(DASHBOARD, "/v1/tickets?" ALL, "ref", 8, " R7 R6 R5 R4 R3 R2 R1 R8");
  COLLECTS(DASHBOARD, "/v1/tickets?" ALL, "ref", 500, " R7 R6 R5 R4 R3 R2 R1 R8");
  COLLECTS(DASHBOARD, "/v1/tickets?kind=request&" ALL, "ref", 1, " R5 R3");
  COLLECTS(DASHBOARD, "/v1/tickets?kind=incident&sla_met=true&" ALL, "ref", 2, " R2 R1 R8");
  COLLECTS(DASHBOARD, "/v1/tickets?sla_met=false&" ALL, "ref", 2, " R5 R4 R3");
  COLLECTS(DASHBOARD, "/v1/tickets?state=open&" ALL, "ref", 2, " R7");
  COLLECTS(DASHBOARD, "/v1/tickets?state=resolved&" ALL ";location:oslo", "ref", 2, " R4 R2 R1 R8");
  COLLECTS(DASHBOARD, "/v1/tickets?opened_from=2025-03-04&opened_to=2025-03-11&" ALL, "ref", 2, " R5 R4 R3");
  COLLECTS(DASHBOARD, "/v1/tickets?opened_to=2025-03-03&" ALL, "ref", 2, " R2 R1 R8");
  COLLECTS(DASHBOARD, "/v1/tickets?" ALL ";sla:met;service:vpn,mail", "ref", 2, " R2 R1 R8");
  COLLECTS(DASHBOARD, "/v1/tickets?" ALL ";service:fax", "ref", 2, "");
}
END_TEST

// From and to are days of the resolution in the tenant's zone, whenever a ticket was opened; the context is the one that counts, not the one shown.
START_TEST(lists_the_tickets_behind_a_window) {
  static const struct step story[] = {
      TICKET("Resolved half an hour after midnight in Oslo, opened in January", "W1",
             JSON({"opened_at": "2025-01-07T08:00:00Z", "resolved_at": "2025-05-01T22:30:00Z", "sla_met": false,
                   "context": {"supplier": "window", "service": "vpn"}})),
      TICKET("closed only", "W2",
             JSON({"opened_at": "2025-05-02T08:00:00Z", "closed_at": "2025-05-03T08:00:00Z", "context": {"supplier": "window", "service": "vpn"}})),
      TICKET("resolved half an hour before midnight in Oslo", "W3",
             JSON({"opened_at": "2025-05-03T08:00:00Z", "resolved_at": "2025-05-04T21:30:00Z", "closed_at": "2025-05-09T08:00:00Z",
                   "context": {"supplier": "window", "service": "mail"}})),
      TICKET("open", "W4", JSON({"opened_at": "2025-05-02T08:00:00Z", "context": {"supplier": "window", "service": "vpn"}})),
      {.says = "and one reassigned after it was resolved",
       .key = PORTAL,
       .method = "PUT",
       .path = "/v1/tickets/W2",
       .body = JSON({"opened_at": "2025-05-02T08:00:00Z", "closed_at": "2025-05-03T08:00:00Z", "context": {"supplier": "window", "service": "fax"}}),
       .status = 200,
       .expects = {"context_frozen = true"}},
      REFUSED("To must not be before from", "tickets", "from=2025-05-02&to=2025-05-01", "to", "order"),
      REFUSED("nor opened_to before opened_from", "tickets", "opened_from=2025-05-02&opened_to=2025-05-01", "opened_to", "order"),
      REFUSED("a day has to be one", "tickets", "opened_from=yesterday", "opened_from", "format"),
  };
  STEPS(story);
  COLLECTS(DASHBOARD, "/v1/tickets?scope=supplier:window&from=2025-05-02&to=2025-05-04", "ref", 1, " W3 W2 W1");
  COLLECTS(DASHBOARD, "/v1/tickets?scope=supplier:window&from=2025-05-02&to=2025-05-04", "ref", 3, " W3 W2 W1");
  COLLECTS(DASHBOARD, "/v1/tickets?scope=supplier:window&from=2025-05-02&to=2025-05-02", "ref", 1, " W1");
  COLLECTS(DASHBOARD, "/v1/tickets?scope=supplier:window&from=2025-05-03", "ref", 1, " W3 W2");
  COLLECTS(DASHBOARD, "/v1/tickets?scope=supplier:window&to=2025-05-01", "ref", 1, "");
  COLLECTS(DASHBOARD, "/v1/tickets?scope=supplier:window;service:vpn&from=2025-05-01&to=2025-05-31", "ref", 1, " W2 W1");
  COLLECTS(DASHBOARD, "/v1/tickets?scope=supplier:window;service:fax&from=2025-05-01&to=2025-05-31", "ref", 1, "");
  COLLECTS(DASHBOARD, "/v1/tickets?scope=supplier:window;sla:missed&from=2025-05-01&to=2025-05-31", "ref", 1, " W1");
  COLLECTS(DASHBOARD, "/v1/tickets?scope=supplier:window&from=2025-05-01&to=2025-05-31&opened_to=2025-05-02", "ref", 1, " W2 W1");
}
END_TEST

// Of one instant, or of none: the cursor must not lose or repeat any of them.
START_TEST(pages_through_what_has_one_time) {
  static const char *const refs[] = {"TIE:1", "TIE:2", "TIE:3", "TIE:4", "TIE:5"};
  static const char body[] = JSON({"opened_at": "2024-06-03T08:00:00.123456Z", "resolved_at": "2024-06-03T09:00:00Z", "context": {"service": "tie"}});
  for (size_t i = 0; i < sizeof refs / sizeof refs[0]; i++) {
    char path[64];
    char created[160];
    (void)snprintf(path, sizeof path, "/v1/tickets/%s", refs[i]);
    EXPECT(request(PORTAL, "PUT", path, NULL, body), 201, "ref present");
    (void)snprintf(created, sizeof created,
    "{\"ticket\": \"BARE%zu\", \"respondent\": \"x\", \"happiness\": 7, \"create\": true, \"submitted_at\": \"2024-06-03T10:00:00Z\"}", i);
    EXPECT(request(PORTAL, "POST", "/v1/responses", NULL, created), 201, "resolution = 0");
  }
  respond("TIE:1", "happiness", "1 2 3 4 5");
  COLLECTS(DASHBOARD, "/v1/tickets?scope=service:tie", "ref", 1, " TIE:5 TIE:4 TIE:3 TIE:2 TIE:1");
  COLLECTS(DASHBOARD, "/v1/tickets?scope=service:tie", "ref", 2, " TIE:5 TIE:4 TIE:3 TIE:2 TIE:1");
  // Those of which no opening is known come last.
  struct bytes all = {0};
  collect(DASHBOARD, "/v1/tickets?limit=2", "ref", 2, &all);
  const char *tail = strstr(bytes_text(&all), " BARE4");
  ck_assert_ptr_nonnull(tail);
  ck_assert_str_eq(tail, " BARE4 BARE3 BARE2 BARE1 BARE0");
  bytes_release(&all);
  // Ids are made in order of arrival.
  COLLECTS(ADMIN, "/v1/responses?ticket=TIE:1", "happiness", 2, " 5 4 3 2 1");
  COLLECTS(ADMIN, "/v1/responses?ticket=TIE:1", "happiness", 5, " 5 4 3 2 1");
}
END_TEST

START_TEST(lists_responses_for_administrators) {
  COLLECTS(ADMIN, "/v1/responses?from=2025-02-01&to=2025-03-31", "ticket", 2, " R6 R5 R4 R3 R2 R1 R8");
  COLLECTS(ADMIN, "/v1/responses?from=2025-03-04&to=2025-03-13", "ticket", 1, " R5 R4 R3");
  COLLECTS(ADMIN, "/v1/responses?ticket=R5", "happiness", 2, " 1");
  COLLECTS(ADMIN, "/v1/responses?ticket=NONE", "id", 2, "");
  static const struct step story[] = {
      {.says = "A dashboard reads no single responses", .key = DASHBOARD, .path = "/v1/responses", .status = 403},
      {.says = "nor one", .key = DASHBOARD, .path = "/v1/responses/018f0000-0000-7000-8000-000000000000", .status = 403},
      {.says = "A page has 50 items where nothing is said", .key = ADMIN, .path = "/v1/responses", .status = 200,
       .expects = {"items.length = 50", "next present", "next != null"}},
  };
  STEPS(story);
}
END_TEST

START_TEST(refuses_wrong_pages_and_filters) {
  static const struct step story[] = {
      REFUSED("No items", "tickets", "limit=0", "limit", "range"),
      REFUSED("too many", "tickets", "limit=501", "limit", "range"),
      REFUSED("not a number", "tickets", "limit=ten", "limit", "range"),
      REFUSED("an invented cursor", "tickets", "cursor=abc", "cursor", "format"),
      REFUSED("in hexadecimal", "tickets", "cursor=6162", "cursor", "format"),
      REFUSED("no kind", "tickets", "kind=party", "kind", "enum"),
      REFUSED("no state", "tickets", "state=closed", "state", "enum"),
      REFUSED("no truth", "tickets", "sla_met=yes", "sla_met", "enum"),
      REFUSED("days in the wrong order", "tickets", "from=2025-03-02&to=2025-03-01", "to", "order"),
      REFUSED("no day", "tickets", "from=2025-13-01", "from", "format"),
      REFUSED("an unknown filter", "tickets", "colour=red", "colour", "unknown"),
  };
  STEPS(story);
}
END_TEST

// --- Administration -------------------------------------------------------------------------------------------------

START_TEST(registers_dimensions) {
  static const struct step story[] = {
      {.says = "Thirteen dimensions are there from the start",
       .key = DASHBOARD,
       .path = "/v1/dimensions",
       .status = 200,
       .expects = {"items.length = 13", "items.0.name = service", "items.0.source = preset", "items.0.max_values = 2000", "items.1.name = category",
                   "items.2.name = channel", "items.3.name = assignment_group", "items.4.name = location", "items.5.name = department",
                   "items.6.name = supplier", "items.7.name = priority", "items.8.name = kind", "items.9.name = sla", "items.9.source = derived",
                   "items.10.name = reassignments", "items.11.name = reopened", "items.12.name = resolution_time", "next = null"}},
      {.says = "A ticket can't have another", .key = PORTAL, .method = "PUT", .path = "/v1/tickets/R-COMPANY",
       .body = JSON({"opened_at": "2024-07-01T08:00:00Z", "context": {"company": "north"}}), .status = 422,
       .expects = {"errors.0.pointer = /context/company", "errors.0.rule = unknown"}},
      {.says = "A dashboard adds none", .key = DASHBOARD, .method = "POST", .path = "/v1/dimensions", .body = JSON({"name": "company"}),
       .status = 403},
      {.says = "An administrator does",
       .key = ADMIN,
       .method = "POST",
       .path = "/v1/dimensions",
       .body = JSON({"name": "company"}),
       .status = 201,
       .expects = {"name = company", "source = own", "max_values = 2000", "values = 0", "header Location = /v1/dimensions/company"}},
      {.says = "the same again is the same", .key = ADMIN, .method = "POST", .path = "/v1/dimensions", .body = JSON({"name": "company"}),
       .status = 200,
       .expects = {"name = company", "max_values = 2000"}},
      {.says = "another of that name is a conflict", .key = ADMIN, .method = "POST", .path = "/v1/dimensions",
       .body = JSON({"name": "company", "max_values": 5}), .status = 409, .expects = {"errors.0.pointer = /name"}},
      {.says = "At once tickets have it", .key = PORTAL, .method = "PUT", .path = "/v1/tickets/R-COMPANY",
       .body = JSON({"opened_at": "2024-07-01T08:00:00Z", "context": {"company": "north"}}), .status = 201},
      {.says = "and it has a value", .key = DASHBOARD, .path = "/v1/dimensions/company", .status = 200, .expects = {"values = 1", "source = own"}},
      READ("and can be asked for", "", "from=2024-07-01&to=2024-07-31&scope=company:north", IS(ticket_volume, 1, 1)),
      READ("and broken down by", "/breakdown", "from=2024-07-01&to=2024-07-31&by=company", "rows.length = 2",
           ROW_IS(0, "north", ticket_volume, 1, 1), ROW_IS(1, "null", ticket_volume, null, 0), ROW_IS(1, "null", backlog, 0, 0)),
      READ("where tickets from before it have none", "/breakdown", MARCH "&by=company", "rows.length = 1", ROW_IS(0, "null", ticket_volume, 7, 7)),
      {.says = "Its maximum is changed", .key = ADMIN, .method = "PATCH", .path = "/v1/dimensions/company", .body = JSON({"max_values": 7}),
       .status = 200,
       .expects = {"max_values = 7", "values = 1"}},
      {.says = "within bounds", .key = ADMIN, .method = "PATCH", .path = "/v1/dimensions/company", .body = JSON({"max_values": 0}), .status = 422,
       .expects = {"errors.0.pointer = /max_values"}},
      {.says = "to something", .key = ADMIN, .method = "PATCH", .path = "/v1/dimensions/company", .body = JSON({}), .status = 422,
       .expects = {"errors.0.rule = required"}},
      {.says = "not its name", .key = ADMIN, .method = "PATCH", .path = "/v1/dimensions/company", .body = JSON({"name": "firm"}), .status = 422},
      {.says = "and stays", .key = DASHBOARD, .path = "/v1/dimensions/company", .status = 200, .expects = {"max_values = 7"}},
      {.says = "A derived one can't be changed", .key = ADMIN, .method = "PATCH", .path = "/v1/dimensions/sla", .body = JSON({"max_values": 7}),
       .status = 409},
      {.says = "but read", .key = DASHBOARD, .path = "/v1/dimensions/sla", .status = 200, .expects = {"source = derived", "values = 2"}},
      {.says = "nor its name be taken", .key = ADMIN, .method = "POST", .path = "/v1/dimensions", .body = JSON({"name": "sla"}), .status = 422,
       .expects = {"errors.0.rule = derived"}},
      {.says = "Names are plain", .key = ADMIN, .method = "POST", .path = "/v1/dimensions", .body = JSON({"name": "Cost Centre"}), .status = 422,
       .expects = {"errors.0.pointer = /name", "errors.0.rule = format"}},
      {.says = "and needed", .key = ADMIN, .method = "POST", .path = "/v1/dimensions", .body = JSON({}), .status = 422,
       .expects = {"errors.0.pointer = /name", "errors.0.rule = required"}},
      {.says = "What is not there can't be read", .key = DASHBOARD, .path = "/v1/dimensions/planet", .status = 404},
      {.says = "nor changed", .key = ADMIN, .method = "PATCH", .path = "/v1/dimensions/planet", .body = JSON({"max_values": 7}), .status = 404},
      {.says = "There are fourteen", .key = DASHBOARD, .path = "/v1/dimensions", .status = 200,
       .expects = {"items.length = 14", "items.9.name = company", "items.9.max_values = 7"}},
  };
  STEPS(story);
}
END_TEST

#define NEW_KEY "Authorization: Bearer ${new_key}"

START_TEST(makes_and_revokes_keys) {
  static const struct step story[] = {
      {.says = "Only administrators make keys", .key = DASHBOARD, .method = "POST", .path = "/v1/keys", .body = JSON({"role": "admin"}),
       .status = 403},
      {.says = "and see them", .key = PORTAL, .path = "/v1/keys", .status = 403},
      {.says = "One makes a key for a dashboard",
       .key = ADMIN,
       .method = "POST",
       .path = "/v1/keys",
       .headers = "Idempotency-Key: reading-1",
       .body = JSON({"role": "dashboard", "label": "Wall"}),
       .status = 201,
       .expects = {"role = dashboard", "label = Wall", "revoked_at = null", "key = ~^xlad_[0-9a-f]+_[0-9a-f]+$",
       "header Location = ~^/v1/keys/[0-9a-f]+$"},
       .saves = {"new_id <- id", "new_key <- key"}},
      {.says = "which opens what it should", .path = "/v1/experience?" MARCH, .headers = NEW_KEY, .status = 200, .expects = {IS(happiness, 0, 5)}},
      {.says = "and nothing else", .path = "/v1/responses", .headers = NEW_KEY, .status = 403},
      {.says = "The same again is the same, without the secret",
       .key = ADMIN,
       .method = "POST",
       .path = "/v1/keys",
       .headers = "Idempotency-Key: reading-1",
       .body = JSON({"label": "Wall", "role": "dashboard"}),
       .status = 201,
       .expects = {"id = ${new_id}", "key = null", "header Idempotency-Replayed = true"}},
      {.says = "another under that name is refused",
       .key = ADMIN,
       .method = "POST",
       .path = "/v1/keys",
       .headers = "Idempotency-Key: reading-1",
       .body = JSON({"role": "admin", "label": "Wall"}),
       .status = 422,
       .expects = {"type = urn:xlad:problem:idempotency-key-reused"}},
      {.says = "Nobody reads a secret again", .key = ADMIN, .path = "/v1/keys/${new_id}", .status = 200,
       .expects = {"id = ${new_id}", "role = dashboard", "label = Wall", "revoked_at = null", "key absent", "secret absent", "secret_hash absent"}},
      {.says = "The list has the house's three and this", .key = ADMIN, .path = "/v1/keys", .status = 200,
       .expects = {"items.length = 4", "items.0.key absent", "next = null"}},
      {.says = "It is revoked", .key = ADMIN, .method = "DELETE", .path = "/v1/keys/${new_id}", .status = 204},
      {.says = "and opens nothing from then on", .path = "/v1/experience?" MARCH, .headers = NEW_KEY, .status = 401},
      {.says = "but is remembered", .key = ADMIN, .path = "/v1/keys/${new_id}", .status = 200, .expects = {"revoked_at = ~^20"},
       .saves = {"revoked_at <- revoked_at"}},
      {.says = "Revoked again", .key = ADMIN, .method = "DELETE", .path = "/v1/keys/${new_id}", .status = 204},
      {.says = "it is revoked since then", .key = ADMIN, .path = "/v1/keys/${new_id}", .status = 200, .expects = {"revoked_at = ${revoked_at}"}},
      {.says = "What never was can't be revoked", .key = ADMIN, .method = "DELETE", .path = "/v1/keys/0123456789abcdef", .status = 404},
      {.says = "nor read", .key = ADMIN, .path = "/v1/keys/0123456789abcdef", .status = 404},
      {.says = "A role must be one", .key = ADMIN, .method = "POST", .path = "/v1/keys", .body = JSON({"role": "king"}), .status = 422,
       .expects = {"errors.0.pointer = /role", "errors.0.rule = enum"}},
      {.says = "and be said", .key = ADMIN, .method = "POST", .path = "/v1/keys", .body = JSON({"label": "No role"}), .status = 422,
       .expects = {"errors.0.pointer = /role", "errors.0.rule = required"}},
      {.says = "What was refused is no key", .key = ADMIN, .path = "/v1/keys", .status = 200, .expects = {"items.length = 4"}},
  };
  STEPS(story);
  struct bytes found = {0};
  collect(ADMIN, "/v1/keys?limit=1", "role", 1, &found);
  ck_assert_uint_eq(strlen(bytes_text(&found)), strlen(" portal dashboard admin dashboard"));
  bytes_release(&found);
}
END_TEST

// --- Tenants --------------------------------------------------------------------------------------------------------

#define BETA      "${beta}"
#define SAME_DAYS "from=2024-09-01&to=2024-09-30"

START_TEST(keeps_tenants_apart) {
  static const struct step story[] = {
      {.says = "A ticket of Acme", .key = PORTAL, .method = "PUT", .path = "/v1/tickets/SAME", .status = 201,
       .body = JSON({"opened_at": "2024-09-02T22:30:00Z", "resolved_at": "2024-09-02T23:30:00Z", "sla_met": true, "requester": "anna",
                     "context": {"service": "same"}}),
       .saves = {"anna <- requester_id"}},
      {.says = "and its response",
       .key = PORTAL,
       .method = "POST",
       .path = "/v1/responses",
       .headers = "Idempotency-Key: same",
       .body = JSON({"ticket": "SAME", "happiness": 10, "submitted_at": "2024-09-03T08:00:00Z"}),
       .status = 201,
       .saves = {"acme_response <- id"}},
      {.says = "Acme reads", .key = DASHBOARD, .path = "/v1/experience?from=2024-01-01&to=2025-12-31", .status = 200,
       .saves = {"acme_tag <- header ETag"}},
      {.says = "its list", .key = ADMIN, .path = "/v1/tickets?limit=500", .status = 200, .saves = {"acme_list <- header ETag"}},
      {.says = "and its keys", .key = ADMIN, .path = "/v1/keys?limit=500", .status = 200, .saves = {"acme_keys <- header ETag",
       "acme_key <- items.0.id"}},
      {.says = "Beta sees nothing of it", .path = "/v1/experience?from=2024-01-01&to=2025-12-31", .headers = BETA, .status = 200,
       .expects = {"time_zone = America/New_York", NONE(ticket_volume), NONE(backlog), NONE(sla_met), NONE(happiness), NONE(lost_time),
                   "response_rate.uninvited = 0", "metrics.cost_per_ticket.unit = USD"}},
      {.says = "no rows", .path = "/v1/experience/breakdown?from=2024-01-01&to=2025-12-31&by=service", .headers = BETA, .status = 200,
       .expects = {"rows = []"}},
      {.says = "no tickets", .path = "/v1/tickets", .headers = BETA, .status = 200, .expects = {"items = []", "next = null"}},
      {.says = "not even this", .path = "/v1/tickets/SAME", .headers = BETA, .status = 404},
      {.says = "no responses", .path = "/v1/responses", .headers = BETA, .status = 200, .expects = {"items = []"}},
      {.says = "not this", .path = "/v1/responses/${acme_response}", .headers = BETA, .status = 404},
      {.says = "can't amend it", .method = "PATCH", .path = "/v1/responses/${acme_response}", .headers = BETA, .body = JSON({"happiness": 0}),
       .status = 404},
      {.says = "nor withdraw it", .method = "DELETE", .path = "/v1/responses/${acme_response}", .headers = BETA, .status = 404},
      {.says = "nor answer the ticket", .method = "POST", .path = "/v1/responses", .headers = BETA, .body = JSON({"ticket": "SAME", "happiness": 0}),
       .status = 404},
      {.says = "It sees its own key alone", .path = "/v1/keys", .headers = BETA, .status = 200, .expects = {"items.length = 1",
       "items.0.id != ${acme_key}"}},
      {.says = "not Acme's", .path = "/v1/keys/${acme_key}", .headers = BETA, .status = 404},
      {.says = "and can't revoke it", .method = "DELETE", .path = "/v1/keys/${acme_key}", .headers = BETA, .status = 404},
      {.says = "Beta has a ticket of the same number", .method = "PUT", .path = "/v1/tickets/SAME", .headers = BETA, .status = 201,
       .body = JSON({"opened_at": "2024-09-02T22:30:00Z", "resolved_at": "2024-09-02T23:30:00Z", "sla_met": false, "requester": "anna",
                     "context": {"service": "same"}}),
       .expects = {"requester_id != ${anna}", "revision = 1"}},
      {.says = "and a response under the same key", .method = "POST", .path = "/v1/responses", .headers = BETA "\nIdempotency-Key: same",
       .status = 201,
       .body = JSON({"ticket": "SAME", "happiness": 1, "lost_minutes": 5, "submitted_at": "2024-09-03T08:00:00Z"}),
       .expects = {"id != ${acme_response}", "header Idempotency-Replayed absent"}},
      {.says = "and a dimension", .method = "POST", .path = "/v1/dimensions", .headers = BETA, .body = JSON({"name": "only_beta"}), .status = 201},
      {.says = "which are counted", .path = "/v1/experience?" SAME_DAYS "&scope=service:same", .headers = BETA, .status = 200,
       .expects = {IS(ticket_volume, 1, 1), IS(sla_met, 0, 1), IS(happiness, -100, 1), IS(lost_time, 5, 1)}},
      {.says = "on the days of New York", .path = "/v1/experience?from=2024-09-02&to=2024-09-02", .headers = BETA, .status = 200,
       .expects = {IS(ticket_volume, 1, 1), IS(sla_met, 0, 1), NONE(happiness)}},
      {.says = "Acme's are those of Oslo", .key = DASHBOARD, .path = "/v1/experience?from=2024-09-03&to=2024-09-03", .status = 200,
       .expects = {IS(ticket_volume, 1, 1), IS(sla_met, 100, 1), IS(happiness, 100, 1)}},
      {.says = "Nothing of Acme's figures has changed", .key = DASHBOARD, .path = "/v1/experience?from=2024-01-01&to=2025-12-31",
       .headers = "If-None-Match: ${acme_tag}", .status = 304},
      {.says = "nor of its tickets", .key = ADMIN, .path = "/v1/tickets?limit=500", .headers = "If-None-Match: ${acme_list}", .status = 304},
      {.says = "nor of its keys", .key = ADMIN, .path = "/v1/keys?limit=500", .headers = "If-None-Match: ${acme_keys}", .status = 304},
      {.says = "It knows no dimension of Beta", .key = DASHBOARD, .path = "/v1/dimensions/only_beta", .status = 404},
      {.says = "nor may ask for it", .key = DASHBOARD, .path = "/v1/experience?scope=only_beta:x", .status = 422},
  };
  static const struct step revoked[] = {
      {.says = "A revoked tenant has no entry", .path = "/v1/tickets/SAME", .headers = BETA, .status = 401, .within_seconds = 5},
      {.says = "unlike the other", .key = DASHBOARD, .path = "/v1/tickets/SAME", .status = 200, .expects = {"sla_met = true"}},
  };
  char header[300];
  (void)cli_text("tenant", "create", "beta", "--name", "Beta", "--time-zone", "America/New_York", "--currency", "USD");
  (void)snprintf(header, sizeof header, "Authorization: Bearer %s", cli_text("key", "create", "--tenant", "beta", "--role", "admin"));
  steps_set("beta", header);
  STEPS(story);
  (void)cli_text("tenant", "revoke", "beta");
  STEPS(revoked);
}
END_TEST

// clang-format on

int main(void) {
  house_start(NULL);
  STEPS(tickets_story);
  Suite *suite = suite_create("reading");
  TCase *figures = tcase_create("figures");
  tcase_add_test(figures, reads_all_figures_with_what_they_are_of);
  tcase_add_test(figures, computes_the_published_vectors);
  tcase_add_test(figures, bins_the_distribution);
  tcase_add_test(figures, filters_by_scope);
  tcase_add_test(figures, counts_within_the_window);
  tcase_add_test(figures, ends_a_window_today_where_nothing_else_is_said);
  tcase_add_test(figures, compares_with_the_window_before);
  tcase_add_test(figures, breaks_figures_down);
  tcase_add_test(figures, sums_rows_up_to_the_total_in_every_dimension);
  tcase_add_test(figures, follows_figures_over_time);
  tcase_add_test(figures, answers_304_while_nothing_has_changed);
  suite_add_tcase(suite, figures);
  TCase *lists = tcase_create("lists");
  tcase_add_test(lists, lists_tickets_page_by_page);
  tcase_add_test(lists, lists_the_tickets_behind_a_window);
  tcase_add_test(lists, pages_through_what_has_one_time);
  tcase_add_test(lists, lists_responses_for_administrators);
  tcase_add_test(lists, refuses_wrong_pages_and_filters);
  suite_add_tcase(suite, lists);
  TCase *administration = tcase_create("administration and tenants");
  tcase_add_test(administration, registers_dimensions);
  tcase_add_test(administration, makes_and_revokes_keys);
  tcase_add_test(administration, keeps_tenants_apart);
  suite_add_tcase(suite, administration);
  return house_run(suite);
}

// The life of a ticket and its responses: what each event does to the figures, and what it leaves alone.
#include "harness/harness.h"

#include <stdio.h>
#include <string.h>

// JSON as it is written, without a backslash before each quote. clang-format would tear it apart, so the tables are laid out by hand.
// clang-format off
#define JSON(...) #__VA_ARGS__

// A figure's value and the number of measurements behind it.
#define IS(metric, value, n) "metrics." #metric ".value = " #value, "metrics." #metric ".n = " #n
#define NONE(metric)         IS(metric, null, 0)
#define ROW(row, key)        "rows." #row ".key = " key
#define ROW_IS(row, metric, value, n) \
  "rows." #row ".metrics." #metric ".value = " #value, "rows." #row ".metrics." #metric ".n = " #n
#define POINT_IS(point, metric, value, n) \
  "points." #point ".metrics." #metric ".value = " #value, "points." #point ".metrics." #metric ".n = " #n

// The same for several figures at once.
#define UNRESOLVED   NONE(sla_met), NONE(resolution_time), NONE(reassigned), NONE(reopened), NONE(cost_per_ticket), ANSWERED(null, 0)
#define UNANSWERED   NONE(happiness), NONE(lost_time), RESPONSES(0)
#define RESPONSES(n) "response_rate.uninvited = " #n
// Share of the resolved tickets whose latest resolution has a response.
#define ANSWERED(value, n) "response_rate.ticket_response_share.value = " #value, "response_rate.ticket_response_share.n = " #n

// Requests that occur all the time.
#define TICKET(sentence, ref, code, json, ...) \
  {.says = sentence, .key = PORTAL, .method = "PUT", .path = "/v1/tickets/" ref, .body = json, .status = code, .expects = {__VA_ARGS__}}
#define RESPONSE(sentence, code, json, ...) \
  {.says = sentence, .key = PORTAL, .method = "POST", .path = "/v1/responses", .body = json, .status = code, .expects = {__VA_ARGS__}}
#define AMEND(sentence, id, code, json, ...) \
  {.says = sentence, .key = PORTAL, .method = "PATCH", .path = "/v1/responses/" id, .body = json, .status = code, .expects = {__VA_ARGS__}}
#define READ(sentence, query, ...) \
  {.says = sentence, .key = DASHBOARD, .path = "/v1/experience?" query, .status = 200, .expects = {__VA_ARGS__}}
#define BROKEN_DOWN(sentence, query, ...) \
  {.says = sentence, .key = DASHBOARD, .path = "/v1/experience/breakdown?" query, .status = 200, .expects = {__VA_ARGS__}}
#define TREND(sentence, query, ...) \
  {.says = sentence, .key = DASHBOARD, .path = "/v1/experience/trend?" query, .status = 200, .expects = {__VA_ARGS__}}

// --- Resolutions ----------------------------------------------------------------------------------------------------

#define JANUARY "from=2025-01-01&to=2025-01-31&scope=service:life"

START_TEST(counts_a_ticket_once_at_its_latest_resolution) {
  static const struct step story[] = {
      READ("In the beginning there is nothing, which is null and not 0", JANUARY, NONE(ticket_volume), NONE(backlog), UNRESOLVED, UNANSWERED),
      TICKET("A ticket is opened", "LIFE-1", 201,
             JSON({"kind": "incident", "opened_at": "2025-01-06T08:00:00Z", "requester": "anna", "agents": ["a17"],
                   "context": {"service": "life", "location": "oslo"}}),
             "ref = LIFE-1", "state = open", "resolution = 0", "revision = 1", "reopens = 0", "context_frozen = false",
             "header Location = /v1/tickets/LIFE-1"),
      READ("which counts as volume and backlog", JANUARY, IS(ticket_volume, 1, 1), IS(backlog, 1, 1), UNRESOLVED, UNANSWERED),
      TICKET("It is resolved", "LIFE-1", 200,
             JSON({"kind": "incident", "opened_at": "2025-01-06T08:00:00Z", "resolved_at": "2025-01-06T11:20:00Z", "reassignments": 1,
                   "sla_met": true,
                   "cost": "17.50", "requester": "anna", "agents": ["a17"], "context": {"service": "life", "location": "oslo"}}),
             "state = resolved", "resolution = 1", "revision = 2", "reopens = 0", "context_frozen = false", "header Location absent"),
      READ("and leaves the backlog", JANUARY, IS(ticket_volume, 1, 1), IS(backlog, 0, 0), IS(sla_met, 100, 1), IS(resolution_time, 200, 1),
           IS(reassigned, 100, 1), IS(reopened, 0, 1), IS(cost_per_ticket, 17.5, 1), ANSWERED(0, 1), UNANSWERED),
      RESPONSE("The requester responds", 201,
               JSON({"ticket": "LIFE-1", "happiness": 3, "lost_minutes": 45, "submitted_at": "2025-01-06T12:00:00Z"}), "resolution = 1",
               "happiness = 3", "lost_minutes = 45", "respondent_id = ~^[0-9a-f]{32}$"),
      READ("and is counted", JANUARY, IS(ticket_volume, 1, 1), IS(backlog, 0, 0), IS(sla_met, 100, 1), IS(resolution_time, 200, 1),
           ANSWERED(100, 1), IS(happiness, -100, 1), IS(lost_time, 45, 1), RESPONSES(1)),
      TICKET("The tool corrects the facts and moves the ticket to Bergen", "LIFE-1", 200,
             JSON({"kind": "incident", "opened_at": "2025-01-06T08:00:00Z", "resolved_at": "2025-01-06T12:00:00Z", "reassignments": 0,
                   "sla_met": false,
                   "cost": "20.00", "requester": "anna", "agents": ["a17"], "context": {"service": "life", "location": "bergen"}}),
             "resolution = 1", "revision = 3", "reopens = 0", "context_frozen = true", "context.location = bergen", "sla_met = false"),
      READ("The facts follow by minus one and plus one", JANUARY, IS(ticket_volume, 1, 1), IS(backlog, 0, 0), IS(sla_met, 0, 1),
           IS(resolution_time, 240, 1), IS(reassigned, 0, 1), IS(reopened, 0, 1), IS(cost_per_ticket, 20, 1), ANSWERED(100, 1),
           IS(happiness, -100, 1), IS(lost_time, 45, 1), RESPONSES(1)),
      BROKEN_DOWN("while the sent context froze at resolution", JANUARY "&by=location", "rows.length = 1", ROW(0, "oslo"),
                  ROW_IS(0, ticket_volume, 1, 1), ROW_IS(0, sla_met, 0, 1), ROW_IS(0, happiness, -100, 1), ROW_IS(0, lost_time, 45, 1)),
      BROKEN_DOWN("and the derived one follows, for ticket and response", JANUARY "&by=sla", "rows.length = 1", ROW(0, "missed"),
                  ROW_IS(0, ticket_volume, 1, 1), ROW_IS(0, sla_met, 0, 1), ROW_IS(0, happiness, -100, 1)),
      BROKEN_DOWN("in every derived dimension", JANUARY "&by=resolution_time", "rows.length = 1", ROW(0, "4 to 8 h"),
                  ROW_IS(0, resolution_time, 240, 1), ROW_IS(0, happiness, -100, 1)),
      BROKEN_DOWN("also back to none", JANUARY "&by=reassignments", "rows.length = 1", ROW(0, "\"0\""), ROW_IS(0, reassigned, 0, 1),
                  ROW_IS(0, happiness, -100, 1)),
      TICKET("It is reopened, still in Bergen", "LIFE-1", 200,
             JSON({"kind": "incident", "opened_at": "2025-01-06T08:00:00Z", "sla_met": false, "cost": "20.00", "requester": "anna", "agents": ["a17"],
                   "context": {"service": "life", "location": "bergen"}}),
             "state = open", "resolution = 1", "revision = 4", "reopens = 1", "context_frozen = false"),
      READ("which withdraws it from the figures, and not the response", JANUARY, IS(ticket_volume, 1, 1), IS(backlog, 1, 1), UNRESOLVED,
           IS(happiness, -100, 1), IS(lost_time, 45, 1), RESPONSES(1)),
      BROKEN_DOWN("An open ticket is where it is now, a response where it was given", JANUARY "&by=location", "rows.length = 2", ROW(0, "bergen"),
                  ROW_IS(0, ticket_volume, 1, 1), ROW_IS(0, backlog, 1, 1), ROW_IS(0, happiness, null, 0), ROW(1, "oslo"),
                  ROW_IS(1, ticket_volume, null, 0), ROW_IS(1, backlog, null, 0), ROW_IS(1, happiness, -100, 1)),
      RESPONSE("Bob responds in the meantime", 201,
               JSON({"ticket": "LIFE-1", "respondent": "bob", "happiness": 9, "submitted_at": "2025-01-07T08:00:00Z"}), "resolution = 1"),
      READ("which belongs to the resolution that there was", JANUARY, IS(ticket_volume, 1, 1), IS(backlog, 1, 1), UNRESOLVED, IS(happiness, 0, 2),
           IS(lost_time, 45, 1), RESPONSES(2)),
      TICKET("It is resolved again, two days after it was opened", "LIFE-1", 200,
             JSON({"kind": "incident", "opened_at": "2025-01-06T08:00:00Z", "resolved_at": "2025-01-08T08:00:00Z", "reassignments": 2,
                   "sla_met": false,
                   "cost": "30.01", "requester": "anna", "agents": ["a17"], "context": {"service": "life", "location": "bergen"}}),
             "state = resolved", "resolution = 2", "revision = 5", "reopens = 1", "context_frozen = false"),
      READ("and counts once, at the latest resolution, to which nobody has responded", JANUARY, IS(ticket_volume, 1, 1), IS(backlog, 0, 0),
           IS(sla_met, 0, 1), IS(resolution_time, 2880, 1), IS(reassigned, 100, 1), IS(reopened, 100, 1), IS(cost_per_ticket, 30.01, 1),
           ANSWERED(0, 1), IS(happiness, 0, 2), IS(lost_time, 45, 1), RESPONSES(2)),
      READ("on its own day", "from=2025-01-08&to=2025-01-08&scope=service:life", NONE(ticket_volume), IS(backlog, 0, 0), IS(sla_met, 0, 1),
           IS(resolution_time, 2880, 1), NONE(happiness)),
      READ("and no longer on the day of the first", "from=2025-01-06&to=2025-01-06&scope=service:life", IS(ticket_volume, 1, 1), IS(backlog, 1, 1),
           UNRESOLVED, IS(happiness, -100, 1)),
      RESPONSE("The requester may respond to the second resolution too", 201,
               JSON({"ticket": "LIFE-1", "happiness": 10, "lost_minutes": 15, "submitted_at": "2025-01-08T09:00:00Z"}), "resolution = 2"),
      RESPONSE("Carl's response was under way for days and belongs to the first", 201,
               JSON({"ticket": "LIFE-1", "respondent": "carl", "happiness": 8, "submitted_at": "2025-01-06T13:00:00Z"}), "resolution = 1"),
      RESPONSE("Dora's was written before any resolution: the first has it", 201,
               JSON({"ticket": "LIFE-1", "respondent": "dora", "happiness": 2, "submitted_at": "2025-01-06T08:30:00Z"}), "resolution = 1"),
      READ("All are counted", JANUARY, IS(ticket_volume, 1, 1), IS(backlog, 0, 0), IS(sla_met, 0, 1), IS(resolution_time, 2880, 1), ANSWERED(100, 1),
           IS(happiness, 0, 5), IS(lost_time, 30, 2), RESPONSES(5)),
      BROKEN_DOWN("each under what its resolution was", JANUARY "&by=reopened", "rows.length = 2", ROW(0, "yes"), ROW_IS(0, ticket_volume, 1, 1),
                  ROW_IS(0, happiness, 100, 1), ROW_IS(0, lost_time, 15, 1), ROW(1, "no"), ROW_IS(1, ticket_volume, null, 0),
                  ROW_IS(1, happiness, -25, 4), ROW_IS(1, lost_time, 45, 1)),
      BROKEN_DOWN("and in its context", JANUARY "&by=location", "rows.length = 2", ROW(0, "bergen"), ROW_IS(0, ticket_volume, 1, 1),
                  ROW_IS(0, happiness, 100, 1), ROW(1, "oslo"), ROW_IS(1, ticket_volume, null, 0), ROW_IS(1, happiness, -25, 4)),
      TICKET("A correction of the second resolution", "LIFE-1", 200,
             JSON({"kind": "incident", "opened_at": "2025-01-06T08:00:00Z", "resolved_at": "2025-01-08T08:00:00Z", "reassignments": 4,
                   "sla_met": true,
                   "cost": "30.01", "requester": "anna", "agents": ["a17"], "context": {"service": "life", "location": "bergen"}}),
             "resolution = 2", "revision = 6", "reopens = 1", "context_frozen = false"),
      BROKEN_DOWN("leaves the first alone", JANUARY "&by=sla", "rows.length = 2", ROW(0, "met"), ROW_IS(0, ticket_volume, 1, 1),
                  ROW_IS(0, sla_met, 100, 1), ROW_IS(0, happiness, 100, 1), ROW(1, "missed"), ROW_IS(1, sla_met, null, 0),
                  ROW_IS(1, happiness, -25, 4)),
  };
  STEPS(story);
}
END_TEST

#define CLOSED "&scope=service:life-closed"

START_TEST(counts_a_closed_ticket_on_the_day_it_was_closed) {
  static const struct step story[] = {
      TICKET("A ticket is closed that was never resolved", "LIFE-CLOSED", 201,
             JSON({"opened_at": "2025-05-05T08:00:00Z", "closed_at": "2025-05-07T08:00:00Z", "sla_met": true, "context": {"service": "life-closed"}}),
             "kind = incident", "state = resolved", "resolution = 1", "resolved_at = null", "closed_at = ~^2025-05-07T08:00:00"),
      READ("It is open on the day before", "from=2025-05-05&to=2025-05-06" CLOSED, IS(ticket_volume, 1, 1), IS(backlog, 1, 1), UNRESOLVED,
           UNANSWERED),
      READ("and counts on that day, without a time to resolve", "from=2025-05-07&to=2025-05-07" CLOSED, NONE(ticket_volume), IS(backlog, 0, 0),
           IS(sla_met, 100, 1), NONE(resolution_time), NONE(reassigned), IS(reopened, 0, 1), ANSWERED(0, 1), UNANSWERED),
      RESPONSE("It is answered", 201, JSON({"ticket": "LIFE-CLOSED", "happiness": 7, "submitted_at": "2025-05-07T09:00:00Z"}), "resolution = 1"),
      BROKEN_DOWN("with an unknown time to resolve", "from=2025-05-05&to=2025-05-07&by=resolution_time" CLOSED, "rows.length = 1", ROW(0, "null"),
                  ROW_IS(0, happiness, 0, 1), ROW_IS(0, sla_met, 100, 1)),
      TICKET("The resolution becomes known afterwards", "LIFE-CLOSED", 200,
             JSON({"opened_at": "2025-05-05T08:00:00Z", "resolved_at": "2025-05-06T08:00:00Z", "closed_at": "2025-05-07T08:00:00Z", "sla_met": true,
                   "context": {"service": "life-closed"}}),
             "resolution = 1", "reopens = 0"),
      READ("and the ticket counts on its day", "from=2025-05-06&to=2025-05-06" CLOSED, NONE(ticket_volume), IS(backlog, 0, 0), IS(sla_met, 100, 1),
           IS(resolution_time, 1440, 1), IS(reopened, 0, 1), ANSWERED(100, 1), UNANSWERED),
      READ("instead", "from=2025-05-07&to=2025-05-07" CLOSED, NONE(ticket_volume), IS(backlog, 0, 0), UNRESOLVED, IS(happiness, 0, 1),
           NONE(lost_time),
           RESPONSES(1)),
  };
  STEPS(story);
}
END_TEST

#define STOCK "scope=service:life-stock"

START_TEST(sums_the_backlog_from_the_beginning) {
  static const struct step story[] = {
      TICKET("A ticket from before the window", "LIFE-S1", 201, JSON({"opened_at": "2025-05-20T08:00:00Z", "context": {"service": "life-stock"}}),
             "state = open"),
      TICKET("one that is resolved within", "LIFE-S2", 201,
             JSON({"opened_at": "2025-05-31T08:00:00Z", "resolved_at": "2025-06-03T08:00:00Z", "context": {"service": "life-stock"}}),
             "state = resolved"),
      TICKET("one that comes within", "LIFE-S3", 201, JSON({"opened_at": "2025-06-02T08:00:00Z", "context": {"service": "life-stock"}}),
             "state = open"),
      TICKET("and one that comes and goes", "LIFE-S4", 201,
             JSON({"opened_at": "2025-06-04T08:00:00Z", "resolved_at": "2025-06-04T09:00:00Z", "context": {"service": "life-stock"}}),
             "state = resolved"),
      READ("are a stock of none at first", "from=2025-05-01&to=2025-05-19&" STOCK, NONE(ticket_volume), NONE(backlog)),
      READ("two before the window", "from=2025-05-01&to=2025-05-31&" STOCK, IS(ticket_volume, 2, 2), IS(backlog, 2, 2)),
      READ("also where nothing happens", "from=2025-06-01&to=2025-06-01&" STOCK, NONE(ticket_volume), IS(backlog, 2, 2), UNRESOLVED, UNANSWERED),
      READ("two at its end", "from=2025-06-01&to=2025-06-30&" STOCK, IS(ticket_volume, 2, 2), IS(backlog, 2, 2)),
      TREND("and run up and down between", "from=2025-06-01&to=2025-06-30&interval=day&" STOCK, "points.length = 3", "points.0.from = 2025-06-02",
            POINT_IS(0, ticket_volume, 1, 1), POINT_IS(0, backlog, 3, 3), "points.1.from = 2025-06-03", "points.1.metrics.ticket_volume absent",
            POINT_IS(1, backlog, 2, 2), "points.2.from = 2025-06-04", POINT_IS(2, ticket_volume, 1, 1), POINT_IS(2, backlog, 2, 2)),
      TICKET("A ticket reopened days later", "LIFE-S2", 200, JSON({"opened_at": "2025-05-31T08:00:00Z", "context": {"service": "life-stock"}}),
             "resolution = 1"),
      READ("was in the backlog all the time", "from=2025-06-03&to=2025-06-03&" STOCK, NONE(ticket_volume), IS(backlog, 3, 3), UNRESOLVED, UNANSWERED),
  };
  STEPS(story);
}
END_TEST

// --- Responses ------------------------------------------------------------------------------------------------------

#define EARLY "from=2025-02-01&to=2025-02-28&scope=service:life-early"

START_TEST(adopts_early_responses_with_the_first_resolution) {
  static const struct step story[] = {
      TICKET("A ticket is open", "LIFE-EARLY", 201,
             JSON({"opened_at": "2025-02-03T08:00:00Z", "requester": "anna", "context": {"service": "life-early", "location": "oslo"}}),
                   "revision = 1"),
      {.says = "The requester does not wait",
       .key = PORTAL,
       .method = "POST",
       .path = "/v1/responses",
       .body = JSON({"ticket": "LIFE-EARLY", "happiness": 9, "lost_minutes": 10, "submitted_at": "2025-02-03T09:00:00Z"}),
       .status = 201,
       .expects = {"resolution = 0"},
       .saves = {"early <- id"}},
      READ("and counts on that day", EARLY, IS(ticket_volume, 1, 1), IS(backlog, 1, 1), UNRESOLVED, IS(happiness, 100, 1), IS(lost_time, 10, 1),
           RESPONSES(1)),
      BROKEN_DOWN("in the ticket's context", EARLY "&by=location", "rows.length = 1", ROW(0, "oslo"), ROW_IS(0, happiness, 100, 1)),
      TICKET("which moves", "LIFE-EARLY", 200,
             JSON({"opened_at": "2025-02-03T08:00:00Z", "requester": "anna", "context": {"service": "life-early", "location": "bergen"}}),
             "context_frozen = false", "resolution = 0"),
      BROKEN_DOWN("and takes the response along", EARLY "&by=location", "rows.length = 1", ROW(0, "bergen"), ROW_IS(0, happiness, 100, 1),
                  ROW_IS(0, ticket_volume, 1, 1)),
      RESPONSE("One response of hers is enough", 409,
               JSON({"ticket": "LIFE-EARLY", "happiness": 1, "submitted_at": "2025-02-03T10:00:00Z"}), "header Location = /v1/responses/${early}"),
      TICKET("It is resolved", "LIFE-EARLY", 200,
             JSON({"opened_at": "2025-02-03T08:00:00Z", "resolved_at": "2025-02-04T08:00:00Z", "sla_met": true, "requester": "anna",
                   "context": {"service": "life-early", "location": "bergen"}}),
             "resolution = 1"),
      {.says = "and adopts the response",
       .key = ADMIN,
       .path = "/v1/responses/${early}",
       .status = 200,
       .expects = {"resolution = 1", "happiness = 9", "amended_at = null", "submitted_at = ~^2025-02-03T09:00:00"}},
      READ("which stays on its day", EARLY, IS(ticket_volume, 1, 1), IS(backlog, 0, 0), IS(sla_met, 100, 1), IS(resolution_time, 1440, 1),
           ANSWERED(100, 1), IS(happiness, 100, 1), IS(lost_time, 10, 1), RESPONSES(1)),
      BROKEN_DOWN("under what is derived now", EARLY "&by=sla", "rows.length = 1", ROW(0, "met"), ROW_IS(0, happiness, 100, 1)),
      RESPONSE("It is still the only one of hers", 409,
               JSON({"ticket": "LIFE-EARLY", "happiness": 1, "submitted_at": "2025-02-04T10:00:00Z"}), "header Location = /v1/responses/${early}"),
      TICKET("Reopened", "LIFE-EARLY", 200,
             JSON({"opened_at": "2025-02-03T08:00:00Z", "requester": "anna", "context": {"service": "life-early", "location": "bergen"}}),
                   "context_frozen = false"),
      TICKET("and resolved again", "LIFE-EARLY", 200,
             JSON({"opened_at": "2025-02-03T08:00:00Z", "resolved_at": "2025-02-05T08:00:00Z", "sla_met": false, "requester": "anna",
                   "context": {"service": "life-early", "location": "bergen"}}),
             "resolution = 2"),
      {.says = "the ticket leaves the response where it is", .key = ADMIN, .path = "/v1/responses/${early}", .status = 200,
       .expects = {"resolution = 1"}},
      READ("so that the second resolution has none", EARLY, IS(ticket_volume, 1, 1), IS(backlog, 0, 0), IS(sla_met, 0, 1), ANSWERED(0, 1),
           IS(happiness, 100, 1), IS(lost_time, 10, 1), RESPONSES(1)),
      BROKEN_DOWN("and the response keeps its SLA", EARLY "&by=sla", "rows.length = 2", ROW(0, "met"), ROW_IS(0, happiness, 100, 1),
                  ROW_IS(0, ticket_volume, null, 0), ROW(1, "missed"), ROW_IS(1, happiness, null, 0), ROW_IS(1, ticket_volume, 1, 1)),
  };
  STEPS(story);
}
END_TEST

// No other test has tickets up to these days: one without context can't be told by a scope.
#define CREATED "from=2024-03-01&to=2024-03-31"

START_TEST(makes_a_ticket_where_a_response_asks_for_it) {
  static const struct step story[] = {
      READ("Nothing is there yet", CREATED, NONE(ticket_volume), NONE(backlog), UNRESOLVED, UNANSWERED),
      RESPONSE("A response to a ticket that nobody knows is refused", 404,
               JSON({"ticket": "LIFE-CREATED", "respondent": "anna", "happiness": 10, "submitted_at": "2024-03-05T10:00:00Z"}),
               "type = urn:xlad:problem:no-such-ticket", "errors.0.pointer = /ticket"),
      READ("and leaves no trace", CREATED, NONE(ticket_volume), NONE(backlog), UNRESOLVED, UNANSWERED),
      {.says = "neither as a ticket", .key = ADMIN, .path = "/v1/tickets/LIFE-CREATED", .status = 404},
      {.says = "unless it says create",
       .key = PORTAL,
       .method = "POST",
       .path = "/v1/responses",
       .body = JSON({"ticket": "LIFE-CREATED", "respondent": "anna", "happiness": 10, "submitted_at": "2024-03-05T10:00:00Z", "create": true}),
       .status = 201,
       .expects = {"resolution = 0", "ticket = LIFE-CREATED"},
       .saves = {"created <- id"}},
      {.says = "The ticket has no facts",
       .key = ADMIN,
       .path = "/v1/tickets/LIFE-CREATED",
       .status = 200,
       .expects = {"state = open", "opened_at = null", "sla_met = null", "context = {}", "resolution = 0", "requester_id = null", "reopens = null"}},
      READ("The response counts and the ticket doesn't", CREATED, NONE(ticket_volume), NONE(backlog), UNRESOLVED, IS(happiness, 100, 1),
           NONE(lost_time), RESPONSES(1)),
      BROKEN_DOWN("in a context of which nothing is known", CREATED "&by=service", "rows.length = 1", ROW(0, "null"), ROW_IS(0, happiness, 100, 1)),
      RESPONSE("A second one finds the ticket made", 201,
               JSON({"ticket": "LIFE-CREATED", "respondent": "bob", "happiness": 8, "submitted_at": "2024-03-05T11:00:00Z", "create": true}),
               "resolution = 0"),
      TICKET("The tool reports the ticket itself", "LIFE-CREATED", 200,
             JSON({"kind": "request", "opened_at": "2024-03-05T08:00:00Z", "resolved_at": "2024-03-05T09:00:00Z", "sla_met": true,
                   "requester": "anna",
                   "context": {"service": "life-created"}}),
             "resolution = 1", "revision = 2", "context_frozen = false", "kind = request"),
      {.says = "which adopts both", .key = ADMIN, .path = "/v1/responses/${created}", .status = 200, .expects = {"resolution = 1"}},
      READ("and all is as if it had come first", CREATED "&scope=service:life-created", IS(ticket_volume, 1, 1), IS(backlog, 0, 0), IS(sla_met, 100,
           1),
           IS(resolution_time, 60, 1), ANSWERED(100, 1), IS(happiness, 50, 2), NONE(lost_time), RESPONSES(2)),
      READ("and nothing is left behind", CREATED, IS(ticket_volume, 1, 1), IS(backlog, 0, 0), IS(happiness, 50, 2), RESPONSES(2)),
  };
  STEPS(story);
}
END_TEST

#define ONCE "from=2025-02-01&to=2025-02-28&scope=service:life-once"
#define ONCE_READS(sentence, net, n) \
  READ(sentence, ONCE, IS(ticket_volume, 3, 3), IS(backlog, 0, 0), IS(happiness, net, n), RESPONSES(n))

START_TEST(takes_one_response_per_resolution_and_respondent) {
  static const struct step story[] = {
      {.says = "A resolved ticket of Anna",
       .key = PORTAL,
       .method = "PUT",
       .path = "/v1/tickets/LIFE-ONCE",
       .body = JSON({"opened_at": "2025-02-10T08:00:00Z", "resolved_at": "2025-02-10T09:00:00Z", "requester": "anna", "agents": ["a1", "a2"],
                     "context": {"service": "life-once"}}),
       .status = 201,
       .expects = {"agent_ids.length = 2"},
       .saves = {"anna <- requester_id"}},
      TICKET("one of nobody", "LIFE-NOBODY", 201,
             JSON({"opened_at": "2025-02-10T08:00:00Z", "resolved_at": "2025-02-10T09:00:00Z", "context": {"service": "life-once"}}),
             "requester_id = null", "agent_ids = []"),
      TICKET("and one whose requester worked on it", "LIFE-OWN", 201,
             JSON({"opened_at": "2025-02-10T08:00:00Z", "resolved_at": "2025-02-10T09:00:00Z", "requester": "a3", "agents": ["a4", "a3"],
                   "context": {"service": "life-once"}}), "revision = 1"),
      {.says = "Who is not named is the requester",
       .key = PORTAL,
       .method = "POST",
       .path = "/v1/responses",
       .body = JSON({"ticket": "LIFE-ONCE", "happiness": 9, "comment": "Good", "submitted_at": "2025-02-10T10:00:00Z"}),
       .status = 201,
       .expects = {"respondent_id = ${anna}", "header Location present"},
       .saves = {"first <- id", "location <- header Location"}},
      ONCE_READS("and counts", 100, 1),
      RESPONSE("The same body again is the same response, however it is spelled", 200,
               JSON({"submitted_at": "2025-02-10T11:00:00+01:00", "comment": "Good", "happiness": 9, "ticket": "LIFE-ONCE"}), "id = ${first}",
               "header Location = ${location}"),
      ONCE_READS("and doesn't count twice", 100, 1),
      RESPONSE("Another one is a conflict that tells where to amend", 409,
               JSON({"ticket": "LIFE-ONCE", "happiness": 1, "submitted_at": "2025-02-10T10:00:00Z"}), "type = urn:xlad:problem:already-answered",
               "header Location = ${location}", "detail = ~.", "errors.0.pointer = /ticket", "errors.0.detail = ~PATCH /v1/responses/${first}"),
      RESPONSE("also in her own name", 409,
               JSON({"ticket": "LIFE-ONCE", "respondent": "anna", "happiness": 1, "submitted_at": "2025-02-10T10:00:00Z"}),
               "header Location = ${location}"),
      ONCE_READS("Nothing has changed", 100, 1),
      RESPONSE("Another person is another response", 201,
               JSON({"ticket": "LIFE-ONCE", "respondent": "bob", "happiness": 3, "submitted_at": "2025-02-10T10:00:00Z"}),
               "respondent_id != ${anna}"),
      ONCE_READS("that counts", 0, 2),
      RESPONSE("Where no requester is known one response is anonymous", 201,
               JSON({"ticket": "LIFE-NOBODY", "happiness": 3, "submitted_at": "2025-02-10T10:00:00Z"}), "respondent_id = null"),
      RESPONSE("which may come again", 200, JSON({"ticket": "LIFE-NOBODY", "happiness": 3, "submitted_at": "2025-02-10T10:00:00Z"}),
               "respondent_id = null"),
      ONCE_READS("as the same", -33.33, 3),
      RESPONSE("but not otherwise", 409, JSON({"ticket": "LIFE-NOBODY", "happiness": 9, "submitted_at": "2025-02-10T10:00:00Z"}),
               "header Location = ~^/v1/responses/[0-9a-f-]{36}$"),
      RESPONSE("while named ones may follow", 201,
               JSON({"ticket": "LIFE-NOBODY", "respondent": "anna", "happiness": 9, "submitted_at": "2025-02-10T10:00:00Z"}),
               "respondent_id = ${anna}"),
      ONCE_READS("each", 0, 4),
      RESPONSE("Who worked on a ticket may not rate it", 422,
               JSON({"ticket": "LIFE-ONCE", "respondent": "a2", "happiness": 10, "submitted_at": "2025-02-10T10:00:00Z"}),
               "errors.0.rule = own_ticket", "errors.0.pointer = /respondent"),
      RESPONSE("not as its requester either", 422, JSON({"ticket": "LIFE-OWN", "happiness": 10, "submitted_at": "2025-02-10T10:00:00Z"}),
               "errors.0.rule = own_ticket"),
      ONCE_READS("which leaves no trace", 0, 4),
      RESPONSE("but may rate somebody else's", 201,
               JSON({"ticket": "LIFE-OWN", "respondent": "a2", "happiness": 10, "submitted_at": "2025-02-10T10:00:00Z"}), "resolution = 1"),
      ONCE_READS("and counts", 20, 5),
      RESPONSE("A comment alone is a response", 201,
               JSON({"ticket": "LIFE-OWN", "respondent": "carl", "comment": "No score from me", "submitted_at": "2025-02-10T10:00:00Z"}),
               "happiness = null", "comment = No score from me"),
      READ("of no score", ONCE, IS(happiness, 20, 5), RESPONSES(6), ANSWERED(100, 3)),
      RESPONSE("Nothing at all is none", 422, JSON({"ticket": "LIFE-OWN", "respondent": "dora", "comment": ""}), "errors.0.rule = required"),
      READ("and leaves no trace", ONCE, IS(happiness, 20, 5), RESPONSES(6), ANSWERED(100, 3)),
  };
  STEPS(story);
}
END_TEST

#define CHANGED "from=2025-02-01&to=2025-02-28&scope=service:life-amend"
#define CHANGED_TICKETS IS(ticket_volume, 1, 1), IS(backlog, 0, 0), IS(resolution_time, 60, 1)
#define RECEIVED "update responses set received_at = now() - interval '%s' where response_id = '%s'"

static void receive_before(const char *name, const char *age) {
  char statement[256];
  (void)snprintf(statement, sizeof statement, RECEIVED, age, saved(name));
  sql_run(statement);
}

static long long audited(const char *name, const char *action) {
  char query[256];
  (void)snprintf(query, sizeof query, "select count(*) from audit where subject = '%s' and action = '%s'", saved(name), action);
  return sql_number(query);
}

static const struct step amended_story[] = {
    TICKET("A ticket", "LIFE-AMEND", 201,
           JSON({"opened_at": "2025-02-17T08:00:00Z", "resolved_at": "2025-02-17T09:00:00Z", "requester": "anna",
                 "context": {"service": "life-amend"}}), "revision = 1"),
    {.says = "is rated badly",
     .key = PORTAL,
     .method = "POST",
     .path = "/v1/responses",
     .body = JSON({"ticket": "LIFE-AMEND", "happiness": 2, "lost_minutes": 30, "factors": ["slow", "rude"], "comment": "Slow",
                   "submitted_at": "2025-02-17T10:00:00Z"}),
     .status = 201,
     .saves = {"amended <- id"}},
    READ("which counts", CHANGED, CHANGED_TICKETS, IS(happiness, -100, 1), "metrics.happiness.bands = {\"positive\":0,\"neutral\":0,\"negative\":1}",
         IS(lost_time, 30, 1), RESPONSES(1), ANSWERED(100, 1)),
    AMEND("The requester thinks better of it", "${amended}", 200, JSON({"happiness": 9}), "id = ${amended}", "happiness = 9", "lost_minutes = 30",
          "comment = Slow", "factors = [\"slow\",\"rude\"]", "amended_at = ~^20", "submitted_at = ~^2025-02-17T10:00:00", "resolution = 1"),
    READ("and the figures follow exactly", CHANGED, CHANGED_TICKETS, IS(happiness, 100, 1),
         "metrics.happiness.bands = {\"positive\":1,\"neutral\":0,\"negative\":0}", IS(lost_time, 30, 1), RESPONSES(1), ANSWERED(100, 1)),
    AMEND("An answer is taken back, others come", "${amended}", 200, JSON({"lost_minutes": null, "csat": 4, "factors": []}), "happiness = 9",
          "lost_minutes = null", "csat = 4", "factors = []", "comment = Slow"),
    READ("which is no answer, not 0 minutes", CHANGED, CHANGED_TICKETS, IS(happiness, 100, 1), NONE(lost_time), IS(csat, 100, 1), RESPONSES(1)),
    AMEND("Something must be left", "${amended}", 422, JSON({"happiness": null, "csat": null, "comment": null}), "errors.0.rule = required"),
    AMEND("and something be named", "${amended}", 422, JSON({}), "errors.0.rule = required"),
    AMEND("within its range", "${amended}", 422, JSON({"happiness": 11}), "errors.0.pointer = /happiness"),
    AMEND("and only answers", "${amended}", 422, JSON({"ticket": "LIFE-1", "respondent": "bob"}), "errors.length = 2"),
    AMEND("of a response that exists", "018f0000-0000-7000-8000-000000000000", 404, JSON({"happiness": 1}), "status = 404"),
    READ("What was refused has changed nothing", CHANGED, CHANGED_TICKETS, IS(happiness, 100, 1), NONE(lost_time), IS(csat, 100, 1), RESPONSES(1)),
    RESPONSE("The first body again is answered with what is stored by now", 200,
             JSON({"ticket": "LIFE-AMEND", "happiness": 2, "lost_minutes": 30, "factors": ["slow", "rude"], "comment": "Slow",
                   "submitted_at": "2025-02-17T10:00:00Z"}),
             "id = ${amended}", "happiness = 9", "lost_minutes = null"),
    {.says = "A dashboard amends nothing",
     .key = DASHBOARD,
     .method = "PATCH",
     .path = "/v1/responses/${amended}",
     .body = JSON({"happiness": 1}),
     .status = 403},
    READ("Still nothing has changed", CHANGED, CHANGED_TICKETS, IS(happiness, 100, 1), NONE(lost_time), IS(csat, 100, 1), RESPONSES(1)),
};

static const struct step too_late_story[] = {
    AMEND("After the window it is too late", "${amended}", 409, JSON({"happiness": 3}), "type = urn:xlad:problem:window-closed",
          "errors.0.detail = ~720 minutes"),
    READ("and nothing changes", CHANGED, CHANGED_TICKETS, IS(happiness, 100, 1), NONE(lost_time), IS(csat, 100, 1), RESPONSES(1)),
};

static const struct step in_time_story[] = {
    AMEND("Within it, it is not", "${amended}", 200, JSON({"happiness": 8}), "happiness = 8"),
    READ("and counts", CHANGED, CHANGED_TICKETS, IS(happiness, 0, 1), NONE(lost_time), IS(csat, 100, 1), RESPONSES(1)),
};

// The tenant's setting is asked for at least once a second. The repeated amendment changes nothing until then.
static const struct step no_window_story[] = {
    {.says = "A tenant may allow no amendment at all",
     .key = PORTAL,
     .method = "PATCH",
     .path = "/v1/responses/${amended}",
     .body = JSON({"happiness": 8}),
     .status = 409,
     .expects = {"type = urn:xlad:problem:window-closed", "errors.0.detail = ~ 0 minutes"},
     .within_seconds = 5},
    AMEND("of whatever", "${amended}", 409, JSON({"happiness": 1}), "status = 409"),
    READ("and nothing changes", CHANGED, CHANGED_TICKETS, IS(happiness, 0, 1), NONE(lost_time), IS(csat, 100, 1), RESPONSES(1)),
    RESPONSE("It never blocks a first answer", 201,
             JSON({"ticket": "LIFE-AMEND", "respondent": "bob", "happiness": 10, "submitted_at": "2025-02-17T10:00:00Z"}), "amended_at = null"),
    READ("which counts", CHANGED, CHANGED_TICKETS, IS(happiness, 50, 2), NONE(lost_time), IS(csat, 100, 1), RESPONSES(2)),
};

static const struct step window_again_story[] = {
    {.says = "Or again",
     .key = PORTAL,
     .method = "PATCH",
     .path = "/v1/responses/${amended}",
     .body = JSON({"happiness": 10}),
     .status = 200,
     .expects = {"happiness = 10"},
     .within_seconds = 5},
    READ("and the figures follow", CHANGED, CHANGED_TICKETS, IS(happiness, 100, 2), NONE(lost_time), IS(csat, 100, 1), RESPONSES(2)),
};

START_TEST(amends_a_response_within_the_window) {
  STEPS(amended_story);
  ck_assert_int_eq(audited("amended", "response.amend"), 2);
  receive_before("amended", "12 hours 1 minute");
  STEPS(too_late_story);
  ck_assert_int_eq(audited("amended", "response.amend"), 2);
  receive_before("amended", "11 hours 55 minutes");
  STEPS(in_time_story);
  ck_assert_int_eq(audited("amended", "response.amend"), 3);
  sql_run("update tenants set amend_minutes = 0 where slug = 'acme'");
  STEPS(no_window_story);
  sql_run("update tenants set amend_minutes = 720 where slug = 'acme'");
  STEPS(window_again_story);
}
END_TEST

#define WITHDRAWN "from=2025-02-01&to=2025-02-28&scope=service:life-gone"

START_TEST(withdraws_a_response_without_a_trace_in_the_figures) {
  static const struct step story[] = {
      TICKET("A ticket", "LIFE-GONE", 201,
             JSON({"opened_at": "2025-02-18T08:00:00Z", "resolved_at": "2025-02-18T09:00:00Z", "requester": "anna",
                   "context": {"service": "life-gone"}}), "revision = 1"),
      {.says = "is rated",
       .key = PORTAL,
       .method = "POST",
       .path = "/v1/responses",
       .body = JSON({"ticket": "LIFE-GONE", "happiness": 2, "lost_minutes": 30, "submitted_at": "2025-02-18T10:00:00Z"}),
       .status = 201,
       .saves = {"gone <- id"}},
      RESPONSE("twice", 201, JSON({"ticket": "LIFE-GONE", "respondent": "bob", "happiness": 9, "submitted_at": "2025-02-18T10:00:00Z"}),
               "amended_at = null"),
      READ("which counts", WITHDRAWN, IS(ticket_volume, 1, 1), IS(happiness, 0, 2), IS(lost_time, 30, 1), RESPONSES(2), ANSWERED(100, 1)),
      {.says = "A portal withdraws nothing", .key = PORTAL, .method = "DELETE", .path = "/v1/responses/${gone}", .status = 403},
      READ("and nothing changes", WITHDRAWN, IS(ticket_volume, 1, 1), IS(happiness, 0, 2), IS(lost_time, 30, 1), RESPONSES(2), ANSWERED(100, 1)),
      {.says = "The administrator does", .key = ADMIN, .method = "DELETE", .path = "/v1/responses/${gone}", .status = 204,
       .expects = {"(body) = \"\""}},
      READ("which leaves the other", WITHDRAWN, IS(ticket_volume, 1, 1), IS(happiness, 100, 1), NONE(lost_time), RESPONSES(1), ANSWERED(100, 1)),
      {.says = "It can't be read", .key = ADMIN, .path = "/v1/responses/${gone}", .status = 404},
      {.says = "nor withdrawn twice", .key = ADMIN, .method = "DELETE", .path = "/v1/responses/${gone}", .status = 404},
      AMEND("nor amended", "${gone}", 404, JSON({"happiness": 9}), "status = 404"),
      RESPONSE("The same body is a new response", 201, JSON({"ticket": "LIFE-GONE", "happiness": 2, "lost_minutes": 30,
               "submitted_at": "2025-02-18T10:00:00Z"}),
               "id != ${gone}", "happiness = 2"),
      READ("that counts", WITHDRAWN, IS(ticket_volume, 1, 1), IS(happiness, 0, 2), IS(lost_time, 30, 1), RESPONSES(2), ANSWERED(100, 1)),
  };
  STEPS(story);
  ck_assert_int_eq(audited("gone", "response.withdraw"), 1);
}
END_TEST

// --- Repetitions ----------------------------------------------------------------------------------------------------

#define IMPORTED "from=2025-04-01&to=2025-04-30&scope=service:life-import"
#define NDJSON   "Content-Type: application/x-ndjson"
#define IMPORT(sentence, what, line, ...) \
  {.says = sentence, .key = PORTAL, .method = "POST", .path = "/v1/" what "/import", .headers = NDJSON, .body = line "\n", .status = 200, \
   .expects = {__VA_ARGS__}}
#define IMPORTED_TICKET \
  JSON({"ref": "LIFE-IMPORT", "opened_at": "2025-04-07T08:00:00Z", "resolved_at": "2025-04-07T10:00:00Z", "sla_met": true, "reassignments": 1, \
        "context": {"service": "life-import", "location": "oslo"}})
#define IMPORTED_RESPONSE JSON({"ticket": "LIFE-IMPORT", "respondent": "anna", "happiness": 6, "submitted_at": "2025-04-07T11:00:00Z"})
#define IMPORTED_ONCE \
  IS(ticket_volume, 1, 1), IS(backlog, 0, 0), IS(sla_met, 100, 1), IS(resolution_time, 120, 1), IS(reassigned, 100, 1), IS(reopened, 0, 1)

START_TEST(imports_the_same_ticket_again_as_a_correction) {
  static const struct step story[] = {
      IMPORT("A ticket is imported", "tickets", IMPORTED_TICKET, "line = 1", "status = 201", "ref = LIFE-IMPORT"),
      READ("and counts", IMPORTED, IMPORTED_ONCE, ANSWERED(0, 1), UNANSWERED),
      IMPORT("with its response", "responses", IMPORTED_RESPONSE, "line = 1", "status = 201"),
      READ("which counts too", IMPORTED, IMPORTED_ONCE, ANSWERED(100, 1), IS(happiness, -100, 1), NONE(lost_time), RESPONSES(1)),
      IMPORT("The same import again", "tickets", IMPORTED_TICKET, "line = 1", "status = 200"),
      IMPORT("and again", "responses", IMPORTED_RESPONSE, "line = 1", "status = 200"),
      READ("changes nothing", IMPORTED, IMPORTED_ONCE, ANSWERED(100, 1), IS(happiness, -100, 1), NONE(lost_time), RESPONSES(1)),
      IMPORT("An import with other facts and another context", "tickets",
             JSON({"ref": "LIFE-IMPORT", "opened_at": "2025-04-07T08:00:00Z", "resolved_at": "2025-04-08T08:00:00Z", "sla_met": false,
                   "reassignments": 0,
                   "context": {"service": "life-import", "location": "bergen"}}),
             "line = 1", "status = 200"),
      READ("is a correction", IMPORTED, IS(ticket_volume, 1, 1), IS(backlog, 0, 0), IS(sla_met, 0, 1), IS(resolution_time, 1440, 1),
           IS(reassigned, 0, 1), IS(reopened, 0, 1), ANSWERED(100, 1), IS(happiness, -100, 1), NONE(lost_time), RESPONSES(1)),
      BROKEN_DOWN("of the facts alone", IMPORTED "&by=location", "rows.length = 1", ROW(0, "oslo"), ROW_IS(0, ticket_volume, 1, 1),
                  ROW_IS(0, happiness, -100, 1)),
      {.says = "as the ticket says",
       .key = ADMIN,
       .path = "/v1/tickets/LIFE-IMPORT",
       .status = 200,
       .expects = {"context_frozen = true", "context.location = bergen", "resolution = 1", "revision = 3"}},
      IMPORT("Another response of hers is refused as ever", "responses",
             JSON({"ticket": "LIFE-IMPORT", "respondent": "anna", "happiness": 10, "submitted_at": "2025-04-07T11:00:00Z"}), "line = 1",
                   "status = 409"),
      IMPORT("and one to a ticket that nobody knows", "responses", JSON({"ticket": "LIFE-IMPORT-NONE", "happiness": 10}), "line = 1", "status = 404"),
      READ("without a trace", IMPORTED, IS(ticket_volume, 1, 1), ANSWERED(100, 1), IS(happiness, -100, 1), NONE(lost_time), RESPONSES(1)),
  };
  STEPS(story);
}
END_TEST

#define REPEATED "from=2025-04-01&to=2025-04-30&scope=service:life-key"
#define WITH_KEY(sentence, name, code, json, ...)                                                                                         \
  {.says = sentence, .key = PORTAL, .method = "POST", .path = "/v1/responses", .headers = "Idempotency-Key: " name, .body = json, \
   .status = code, .expects = {__VA_ARGS__}}
#define KEYED_BODY JSON({"ticket": "LIFE-KEY", "happiness": 9})

static const struct step keyed_story[] = {
    TICKET("A ticket", "LIFE-KEY", 201,
           JSON({"opened_at": "2025-04-14T08:00:00Z", "resolved_at": "2025-04-14T09:00:00Z", "requester": "anna",
                 "context": {"service": "life-key"}}), "revision = 1"),
    TICKET("and another", "LIFE-KEY2", 201,
           JSON({"opened_at": "2025-04-14T08:00:00Z", "resolved_at": "2025-04-14T09:00:00Z", "requester": "anna",
                 "context": {"service": "life-key"}}), "revision = 1"),
    {.says = "A response with a key",
     .key = PORTAL,
     .method = "POST",
     .path = "/v1/responses",
     .headers = "Idempotency-Key: life-key-1",
     .body = KEYED_BODY,
     .status = 201,
     .expects = {"header Idempotency-Replayed absent"},
     .saves = {"keyed <- id", "keyed_at <- header Location"}},
    WITH_KEY("The answer was lost, so it comes again", "life-key-1", 201, KEYED_BODY, "id = ${keyed}", "happiness = 9",
             "header Location = ${keyed_at}", "header Idempotency-Replayed = true"),
    WITH_KEY("The key with another body is refused", "life-key-1", 422, JSON({"ticket": "LIFE-KEY2", "happiness": 9}),
             "type = urn:xlad:problem:idempotency-key-reused", "errors.0.pointer = Idempotency-Key"),
    WITH_KEY("even one that asks for a ticket", "life-key-1", 422, JSON({"ticket": "LIFE-KEY3", "happiness": 9, "create": true}),
             "type = urn:xlad:problem:idempotency-key-reused"),
    {.says = "and gets none", .key = ADMIN, .path = "/v1/tickets/LIFE-KEY3", .status = 404},
    WITH_KEY("Another key does not make it another response", "life-key-2", 200, KEYED_BODY, "id = ${keyed}"),
    WITH_KEY("nor may it contradict", "life-key-2", 409, JSON({"ticket": "LIFE-KEY", "happiness": 1}), "header Location = ${keyed_at}"),
    WITH_KEY("A key that is none is refused", "two words", 422, JSON({"ticket": "LIFE-KEY2", "happiness": 1}), "errors.0.pointer = Idempotency-Key"),
    {.says = "There is one response",
     .key = ADMIN,
     .path = "/v1/responses?ticket=LIFE-KEY",
     .status = 200,
     .expects = {"items.length = 1", "items.0.id = ${keyed}", "items.0.happiness = 9", "next = null"}},
    {.says = "and none elsewhere", .key = ADMIN, .path = "/v1/responses?ticket=LIFE-KEY2", .status = 200, .expects = {"items = []"}},
};

static const struct step kept_story[] = {
    WITH_KEY("Until then the key is taken", "life-key-1", 422, JSON({"ticket": "LIFE-KEY2", "happiness": 9}),
             "type = urn:xlad:problem:idempotency-key-reused"),
    {.says = "and nothing is stored", .key = ADMIN, .path = "/v1/responses?ticket=LIFE-KEY2", .status = 200, .expects = {"items = []"}},
};

static const struct step freed_story[] = {
    WITH_KEY("After 24 hours it is free", "life-key-1", 201, JSON({"ticket": "LIFE-KEY2", "happiness": 3}), "id != ${keyed}",
             "header Idempotency-Replayed absent"),
    WITH_KEY("for that body", "life-key-1", 201, JSON({"ticket": "LIFE-KEY2", "happiness": 3}), "header Idempotency-Replayed = true"),
    WITH_KEY("and no longer for the first", "life-key-1", 422, KEYED_BODY, "type = urn:xlad:problem:idempotency-key-reused"),
    {.says = "The first response is still there", .key = ADMIN, .path = "/v1/responses/${keyed}", .status = 200, .expects = {"happiness = 9"}},
    READ("The tickets count once, as ever", REPEATED, IS(ticket_volume, 2, 2), IS(backlog, 0, 0), IS(resolution_time, 60, 2), ANSWERED(100, 2)),
};

START_TEST(replays_a_response_that_comes_again_with_its_key) {
  STEPS(keyed_story);
  receive_before("keyed", "23 hours 59 minutes");
  STEPS(kept_story);
  receive_before("keyed", "24 hours 1 minute");
  STEPS(freed_story);
}
END_TEST

// --- Dimensions -----------------------------------------------------------------------------------------------------

#define FULL "from=2025-07-01&to=2025-07-31&scope=service:life-full&by=life_floor"
#define ON_FLOOR(sentence, ref, floor) \
  TICKET(sentence, ref, 201, "{\"opened_at\": \"2025-07-07T08:00:00Z\", \"context\": {\"service\": \"life-full\", \"life_floor\": \"" floor "\"}}", \
         "context.life_floor = " floor)

START_TEST(files_values_beyond_the_maximum_under_other) {
  static const struct step story[] = {
      TICKET("A dimension that is not registered is refused", "LIFE-F1", 422,
             JSON({"opened_at": "2025-07-07T08:00:00Z", "context": {"service": "life-full", "life_floor": "third"}}),
             "errors.0.pointer = /context/life_floor", "errors.0.rule = unknown"),
      {.says = "An administrator adds it, for two values",
       .key = ADMIN,
       .method = "POST",
       .path = "/v1/dimensions",
       .body = JSON({"name": "life_floor", "max_values": 2}),
       .status = 201,
       .expects = {"name = life_floor", "max_values = 2", "values = 0", "source = own"}},
      ON_FLOOR("The first value", "LIFE-F1", "third"),
      ON_FLOOR("and the second are kept", "LIFE-F2", "first"),
      ON_FLOOR("the next", "LIFE-F3", "second"),
      ON_FLOOR("and the next are not", "LIFE-F4", "attic"),
      ON_FLOOR("while those kept go on", "LIFE-F5", "third"),
      BROKEN_DOWN("They are in the order of arrival, not of the alphabet", FULL, "rows.length = 3", ROW(0, "(other)"), ROW_IS(0, ticket_volume, 2, 2),
                  ROW(1, "first"), ROW_IS(1, ticket_volume, 1, 1), ROW(2, "third"), ROW_IS(2, ticket_volume, 2, 2),
                  "total.metrics.ticket_volume.n = 5"),
      READ("The rest can be asked for", "from=2025-07-01&to=2025-07-31&scope=service:life-full;life_floor:(other)", IS(ticket_volume, 2, 2),
           IS(backlog, 2, 2)),
      READ("but not by name", "from=2025-07-01&to=2025-07-31&scope=service:life-full;life_floor:attic", NONE(ticket_volume), NONE(backlog)),
      {.says = "(other) is no value of its own", .key = DASHBOARD, .path = "/v1/dimensions/life_floor", .status = 200, .expects = {"values = 2"}},
      {.says = "The maximum is raised",
       .key = ADMIN,
       .method = "PATCH",
       .path = "/v1/dimensions/life_floor",
       .body = JSON({"max_values": 3}),
       .status = 200,
       .expects = {"max_values = 3", "values = 2"}},
      BROKEN_DOWN("which files nothing anew", FULL, "rows.length = 3", ROW(0, "(other)"), ROW_IS(0, ticket_volume, 2, 2), ROW(1, "first"), ROW(2,
                  "third")),
      ON_FLOOR("but leaves room for one more", "LIFE-F6", "attic"),
      ON_FLOOR("and not for two", "LIFE-F7", "second"),
      BROKEN_DOWN("from then on", FULL, "rows.length = 4", ROW(0, "(other)"), ROW_IS(0, ticket_volume, 3, 3), ROW(1, "attic"),
                  ROW_IS(1, ticket_volume, 1, 1), ROW(2, "first"), ROW_IS(2, ticket_volume, 1, 1), ROW(3, "third"), ROW_IS(3, ticket_volume, 2, 2),
                  "total.metrics.ticket_volume.n = 7", "total.metrics.backlog.value = 7"),
  };
  STEPS(story);
}
END_TEST

#define HALL_LINE(ref, hall) \
  "{\"ref\": \"" ref "\", \"opened_at\": \"2025-07-07T08:00:00Z\", \"context\": {\"service\": \"life-halls\", \"life_hall\": \"" hall "\"}}\n"

// The lines of an import are written together.
START_TEST(keeps_the_first_values_of_an_import) {
  static const struct step story[] = {
      {.says = "A dimension for two values",
       .key = ADMIN,
       .method = "POST",
       .path = "/v1/dimensions",
       .body = JSON({"name": "life_hall", "max_values": 2}),
       .status = 201},
      {.says = "meets three, the last one twice",
       .key = PORTAL,
       .method = "POST",
       .path = "/v1/tickets/import",
       .headers = NDJSON,
       .body = HALL_LINE("LIFE-H1", "mike") HALL_LINE("LIFE-H2", "zulu") HALL_LINE("LIFE-H3", "alpha") HALL_LINE("LIFE-H4", "alpha")
           HALL_LINE("LIFE-H5", "mike"),
       .status = 200,
       .expects = {"(body) = ~\"line\":5,\"status\":201"}},
      BROKEN_DOWN("and keeps the first two", "from=2025-07-01&to=2025-07-31&scope=service:life-halls&by=life_hall", "rows.length = 3",
                  ROW(0, "(other)"), ROW_IS(0, ticket_volume, 2, 2), ROW(1, "mike"), ROW_IS(1, ticket_volume, 2, 2),
                  ROW(2, "zulu"), ROW_IS(2, ticket_volume, 1, 1)),
      READ("of the third nothing", "from=2025-07-01&to=2025-07-31&scope=service:life-halls;life_hall:alpha", NONE(ticket_volume)),
  };
  STEPS(story);
}
END_TEST

#define MISSING "from=2025-07-01&to=2025-07-31&scope=service:life-missing"

START_TEST(shows_a_missing_dimension_as_a_row_without_key) {
  static const struct step story[] = {
      TICKET("A ticket with a channel", "LIFE-M1", 201,
             JSON({"kind": "incident", "opened_at": "2025-07-07T08:00:00Z", "context": {"service": "life-missing", "channel": "phone"}}),
                   "revision = 1"),
      TICKET("one without", "LIFE-M2", 201, JSON({"kind": "request", "opened_at": "2025-07-07T08:00:00Z", "context": {"service": "life-missing"}}),
             "revision = 1"),
      TICKET("and one that is a change to the tool", "LIFE-M3", 201,
             JSON({"kind": "request", "opened_at": "2025-07-07T08:00:00Z", "context": {"service": "life-missing", "kind": "change"}}),
                   "kind = request"),
      BROKEN_DOWN("The missing channel has a row", MISSING "&by=channel", "rows.length = 2", ROW(0, "phone"), ROW_IS(0, ticket_volume, 1, 1), ROW(1,
                  "null"),
                  ROW_IS(1, ticket_volume, 2, 2), "total.metrics.ticket_volume.n = 3"),
      BROKEN_DOWN("The kind is a dimension, sent or not", MISSING "&by=kind", "rows.length = 3", ROW(0, "change"), ROW_IS(0, ticket_volume, 1, 1),
                  ROW(1, "incident"), ROW_IS(1, ticket_volume, 1, 1), ROW(2, "request"), ROW_IS(2, ticket_volume, 1, 1)),
      BROKEN_DOWN("What is not known of a ticket has a row too", MISSING "&by=sla", "rows.length = 1", ROW(0, "null"), ROW_IS(0, ticket_volume, 3,
                  3)),
      TICKET("What xlad derives can't be sent", "LIFE-M4", 422,
             JSON({"opened_at": "2025-07-07T08:00:00Z", "context": {"service": "life-missing", "sla": "met"}}), "errors.0.pointer = /context/sla",
             "errors.0.rule = derived"),
      READ("and leaves no trace", MISSING, IS(ticket_volume, 3, 3), IS(backlog, 3, 3)),
  };
  STEPS(story);
}
END_TEST

// --- Days -----------------------------------------------------------------------------------------------------------

// In Oslo the 30th of March 2025 had 23 hours, from 23:00 to 22:00 UTC, and the 26th of October 25, from 22:00 to 23:00 UTC.
#define ON_DAY(ref, opened, resolved)                                                                                                                \
  TICKET("From " opened " to " resolved, ref, 201,                                                                                                   \
         "{\"opened_at\": \"" opened "\", \"resolved_at\": \"" resolved "\", \"sla_met\": true, \"context\": {\"service\": \"life-days\"}}",         \
         "state = resolved")
#define DAY_READS(day, volume, resolved, responses, level)                                                                                           \
  READ("The " day, "from=" day "&to=" day "&scope=service:life-days", "metrics.ticket_volume.n = " #volume, "metrics.sla_met.n = " #resolved,        \
       "metrics.happiness.n = " #responses, "metrics.backlog.value = " #level)
#define ON_DAY_RATED(who, at) \
  RESPONSE("Rated at " at, 201, "{\"ticket\": \"LIFE-D1\", \"respondent\": \"" who "\", \"happiness\": 9, \"submitted_at\": \"" at "\"}", \
           "resolution = 1")

START_TEST(counts_tickets_on_the_days_of_the_tenants_time_zone) {
  static const struct step story[] = {
      ON_DAY("LIFE-D1", "2025-03-29T22:59:59Z", "2025-03-29T23:00:00Z"),
      ON_DAY("LIFE-D2", "2025-03-29T23:00:00Z", "2025-03-30T21:59:59.999999Z"),
      ON_DAY("LIFE-D3", "2025-03-30T21:59:59Z", "2025-03-30T22:00:00Z"),
      ON_DAY("LIFE-D4", "2025-10-25T21:59:59Z", "2025-10-25T22:00:00Z"),
      ON_DAY("LIFE-D5", "2025-10-25T22:00:00Z", "2025-10-26T22:59:59Z"),
      ON_DAY("LIFE-D6", "2025-10-26T22:59:59Z", "2025-10-26T23:00:00Z"),
      ON_DAY_RATED("anna", "2025-03-29T23:00:00Z"),
      ON_DAY_RATED("bob", "2025-03-30T21:59:59Z"),
      ON_DAY_RATED("carl", "2025-03-30T22:00:00Z"),
      ON_DAY_RATED("dora", "2025-10-26T22:59:59Z"),
      ON_DAY_RATED("erik", "2025-10-26T23:00:00+01:00"),
      ON_DAY_RATED("fred", "2025-10-27T00:00:00+01:00"),
      DAY_READS("2025-03-29", 1, 0, 0, 1),
      DAY_READS("2025-03-30", 2, 2, 2, 1),
      DAY_READS("2025-03-31", 0, 1, 1, 0),
      DAY_READS("2025-10-25", 1, 0, 0, 1),
      DAY_READS("2025-10-26", 2, 2, 2, 1),
      DAY_READS("2025-10-27", 0, 1, 1, 0),
      TREND("The days of a trend are the same", "from=2025-03-29&to=2025-03-31&scope=service:life-days", "time_zone = Europe/Oslo",
            "points.length = 3",
            "points.0.from = 2025-03-29", POINT_IS(0, ticket_volume, 1, 1), POINT_IS(0, backlog, 1, 1), "points.1.from = 2025-03-30",
            POINT_IS(1, ticket_volume, 2, 2), POINT_IS(1, sla_met, 100, 2), POINT_IS(1, happiness, 100, 2), POINT_IS(1, backlog, 1, 1),
            "points.2.from = 2025-03-31", POINT_IS(2, sla_met, 100, 1), POINT_IS(2, happiness, 100, 1), POINT_IS(2, backlog, 0, 0)),
      TREND("also of 25 hours", "from=2025-10-25&to=2025-10-27&scope=service:life-days", "points.length = 3", POINT_IS(0, ticket_volume, 1, 1),
            POINT_IS(1, ticket_volume, 2, 2), POINT_IS(1, sla_met, 100, 2), POINT_IS(1, happiness, 100, 2), POINT_IS(2, sla_met, 100, 1),
            POINT_IS(2, happiness, 100, 1)),
  };
  STEPS(story);
}
END_TEST

// --- Refusals -------------------------------------------------------------------------------------------------------

// Each is wrong in one way, in a service of its own that the figures must never see.
static const struct {
  const char *says;
  const char *method;
  const char *path;
  const char *body;
  int status;
} refused[] = {
    {"no JSON", "PUT", "/v1/tickets/LIFE-R1", "{\"opened_at\": ", 400},
    {"no opened_at", "PUT", "/v1/tickets/LIFE-R1", JSON({"context": {"service": "life-refused"}}), 422},
    {"resolved before opened", "PUT", "/v1/tickets/LIFE-R1",
     JSON({"opened_at": "2025-08-05T08:00:00Z", "resolved_at": "2025-08-05T07:00:00Z", "context": {"service": "life-refused"}}), 422},
    {"closed before resolved", "PUT", "/v1/tickets/LIFE-R1",
     JSON({"opened_at": "2025-08-05T08:00:00Z", "resolved_at": "2025-08-05T10:00:00Z", "closed_at": "2025-08-05T09:00:00Z",
           "context": {"service": "life-refused"}}),
     422},
    {"from the future", "PUT", "/v1/tickets/LIFE-R1", JSON({"opened_at": "2999-08-05T08:00:00Z", "context": {"service": "life-refused"}}), 422},
    {"an unknown member", "PUT", "/v1/tickets/LIFE-R1", JSON({"opened_at": "2025-08-05T08:00:00Z", "colour": "red",
     "context": {"service": "life-refused"}}),
     422},
    {"an unknown dimension", "PUT", "/v1/tickets/LIFE-R1",
     JSON({"opened_at": "2025-08-05T08:00:00Z", "context": {"service": "life-refused", "planet": "mars"}}), 422},
    {"an unknown kind", "PUT", "/v1/tickets/LIFE-R1", JSON({"kind": "party", "opened_at": "2025-08-05T08:00:00Z",
     "context": {"service": "life-refused"}}),
     422},
    {"too dear", "PUT", "/v1/tickets/LIFE-R1",
     JSON({"opened_at": "2025-08-05T08:00:00Z", "cost": "10000000.01", "context": {"service": "life-refused"}}), 422},
    {"a correction that is impossible", "PUT", "/v1/tickets/LIFE-R0",
     JSON({"opened_at": "2025-08-05T08:00:00Z", "resolved_at": "2025-08-05T07:00:00Z", "sla_met": false, "context": {"service": "life-refused"}}),
           422},
    {"happiness 11", "POST", "/v1/responses", JSON({"ticket": "LIFE-R0", "happiness": 11, "submitted_at": "2025-08-05T12:00:00Z"}), 422},
    {"happiness 9.5", "POST", "/v1/responses", JSON({"ticket": "LIFE-R0", "happiness": 9.5, "submitted_at": "2025-08-05T12:00:00Z"}), 422},
    {"more than 60 days lost", "POST", "/v1/responses", JSON({"ticket": "LIFE-R0", "lost_minutes": 28801, "submitted_at": "2025-08-05T12:00:00Z"}),
     422},
    {"one good and one bad answer", "POST", "/v1/responses", JSON({"ticket": "LIFE-R0", "happiness": 9, "csat": 0,
     "submitted_at": "2025-08-05T12:00:00Z"}),
     422},
    {"from the future", "POST", "/v1/responses", JSON({"ticket": "LIFE-R0", "happiness": 9, "submitted_at": "2999-08-05T12:00:00Z"}), 422},
    {"an unknown ticket", "POST", "/v1/responses", JSON({"ticket": "LIFE-R1", "happiness": 9, "submitted_at": "2025-08-05T12:00:00Z"}), 404},
    {"create that is wrong", "POST", "/v1/responses", JSON({"ticket": "LIFE-R1", "happiness": 11, "create": true}), 422},
    {"an agent", "POST", "/v1/responses", JSON({"ticket": "LIFE-R0", "respondent": "a17", "happiness": 9, "submitted_at": "2025-08-05T12:00:00Z"}),
     422},
};

#define EVERYTHING "/v1/experience?from=2024-01-01&to=2025-12-31"

// The figures over everything, and the rows of all tables of the tenants' data.
static const char *const ROWS_OF_TABLES =
    "select concat_ws(' ', (select count(*) from tickets), (select count(*) from resolutions), (select count(*) from responses),"
    " (select count(*) from dimensions), (select count(*) from dimension_values), (select count(*) from audit), (select count(*) from posts),"
    " (select sum(revision) from tickets))";

START_TEST(leaves_no_trace_of_what_was_refused) {
  static const struct step story[] = {
      TICKET("A ticket", "LIFE-R0", 201,
             JSON({"opened_at": "2025-08-05T08:00:00Z", "resolved_at": "2025-08-05T10:00:00Z", "sla_met": true, "requester": "anna",
                   "agents": ["a17"],
                   "context": {"service": "life-r0"}}), "revision = 1"),
      {.says = "and all there is", .key = DASHBOARD, .path = EVERYTHING, .status = 200, .saves = {"everything <- header ETag"}},
  };
  static const struct step unchanged[] = {
      {.says = "is as before", .key = DASHBOARD, .path = EVERYTHING, .headers = "If-None-Match: ${everything}", .status = 304,
       .expects = {"(body) = \"\""}},
      {.says = "the ticket too", .key = DASHBOARD, .path = "/v1/tickets/LIFE-R0", .status = 200, .expects = {"revision = 1", "sla_met = true"}},
      {.says = "and no other has come", .key = DASHBOARD, .path = "/v1/tickets/LIFE-R1", .status = 404},
      READ("with what it would have counted as", "from=2025-08-01&to=2025-08-31&scope=service:life-refused", NONE(ticket_volume), NONE(backlog),
           UNRESOLVED,
           UNANSWERED),
  };
  STEPS(story);
  char before[256];
  (void)snprintf(before, sizeof before, "%s", sql_text(ROWS_OF_TABLES));
  for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
    const struct answer *answer = request(PORTAL, refused[i].method, refused[i].path, NULL, refused[i].body);
    ck_assert_msg(answer->status == refused[i].status, "%s: status %d instead of %d: %s", refused[i].says, answer->status, refused[i].status,
                  bytes_text(&answer->body));
  }
  STEPS(unchanged);
  ck_assert_str_eq(sql_text(ROWS_OF_TABLES), before);
}
END_TEST

// clang-format on

int main(void) {
  house_start(NULL);
  Suite *suite = suite_create("life");
  TCase *resolutions = tcase_create("resolutions");
  tcase_add_test(resolutions, counts_a_ticket_once_at_its_latest_resolution);
  tcase_add_test(resolutions, counts_a_closed_ticket_on_the_day_it_was_closed);
  tcase_add_test(resolutions, sums_the_backlog_from_the_beginning);
  suite_add_tcase(suite, resolutions);
  TCase *responses = tcase_create("responses");
  tcase_add_test(responses, adopts_early_responses_with_the_first_resolution);
  tcase_add_test(responses, makes_a_ticket_where_a_response_asks_for_it);
  tcase_add_test(responses, takes_one_response_per_resolution_and_respondent);
  tcase_add_test(responses, amends_a_response_within_the_window);
  tcase_add_test(responses, withdraws_a_response_without_a_trace_in_the_figures);
  suite_add_tcase(suite, responses);
  TCase *repetitions = tcase_create("repetitions");
  tcase_add_test(repetitions, imports_the_same_ticket_again_as_a_correction);
  tcase_add_test(repetitions, replays_a_response_that_comes_again_with_its_key);
  suite_add_tcase(suite, repetitions);
  TCase *dimensions = tcase_create("dimensions and days");
  tcase_add_test(dimensions, files_values_beyond_the_maximum_under_other);
  tcase_add_test(dimensions, keeps_the_first_values_of_an_import);
  tcase_add_test(dimensions, shows_a_missing_dimension_as_a_row_without_key);
  tcase_add_test(dimensions, counts_tickets_on_the_days_of_the_tenants_time_zone);
  tcase_add_test(dimensions, leaves_no_trace_of_what_was_refused);
  suite_add_tcase(suite, dimensions);
  return house_run(suite);
}

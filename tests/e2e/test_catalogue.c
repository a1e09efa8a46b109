// The catalogue: a tenant's settings, its metrics, and the measurements that it enters; and what they do to figures.
#include "harness/harness.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>

enum { DRAIN_MS_MAX = 30000, POLL_MS = 20, NEWS_POLLS = 25 };

// JSON as it is written, without a backslash before each quote. clang-format would tear it apart, so the tables are laid out by hand.
// clang-format off
#define JSON(...) #__VA_ARGS__
#define ISSUE(i, at, broken)   "errors." #i ".pointer = " at, "errors." #i ".rule = " broken
#define FIGURE(metric, is, of) "metrics." #metric ".value = " #is, "metrics." #metric ".n = " #of

// Whoever folds waits until it is let go; what is written meanwhile stays in the queue. Only when nobody folds may settings be changed, so this is for
// an empty queue.
static PGconn *holder;

static void hold(void) {
  holder = PQconnectdb(house_url());
  PQclear(PQexec(holder, "begin"));
  PGresult *result = PQexec(holder, "lock table measurements in share mode");
  ck_assert_msg(PQresultStatus(result) == PGRES_COMMAND_OK, "%s", PQerrorMessage(holder));
  PQclear(result);
}

static void drain(void) {
  if (holder) {
    PQclear(PQexec(holder, "rollback"));
    PQfinish(holder);
    holder = NULL;
  }
  long long end = clock_ms() + DRAIN_MS_MAX;
  for (int i = 0; sql_number("select count(*) from queue") > 0; i++) {
    if (i % NEWS_POLLS == 0) (void)sql_text("select pg_notify('xlad_changes', 'test ' || tenant_id)::text from tenants");
    ck_assert_msg(clock_ms() < end, "the queue does not become empty");
    sleep_ms(POLL_MS);
  }
}

static void verify(void) {
  const struct outcome *outcome = cli("verify");
  ck_assert_msg(outcome->code == 0, "%s%s", bytes_text(&outcome->out), bytes_text(&outcome->err));
}

// --- Settings

#define CHANGE(sentence, code, json, ...) \
  {.says = sentence, .key = ADMIN, .method = "PATCH", .path = "/v1/settings", .headers = "If-Match: *", .body = json, .status = code, \
   .expects = {__VA_ARGS__}}

START_TEST(shows_and_changes_settings_by_what_was_read) {
  static const struct step story[] = {
      {.says = "A tenant has settings from the beginning", .key = ADMIN, .path = "/v1/settings", .status = 200,
       .expects = {"time_zone = Europe/Oslo", "currency = EUR", "lost_time_cap = 2400", "amend_minutes = 720", "min_group_comments = 10",
                   "lost_time_threshold = 120", "quiet_days = 7", "sla_target = 90", "cost_per_hour = null", "calendar_periods = false", "agent_figures = false",
                   "header ETag = ~^\"[0-9a-f]{32}\"$"},
       .saves = {"tag <- header ETag"}},
      {.says = "which are changed by who says what was read", .key = ADMIN, .method = "PATCH", .path = "/v1/settings", .body = JSON({"sla_target": 92.5}),
       .status = 428, .expects = {"type = urn:xlad:problem:precondition-required", ISSUE(0, "If-Match", "required")}},
      {.says = "and so they are", .key = ADMIN, .method = "PATCH", .path = "/v1/settings", .headers = "If-Match: ${tag}",
       .body = JSON({"sla_target": 92.5, "cost_per_hour": "45.5", "min_group_comments": 12}), .status = 200,
       .expects = {"sla_target = 92.5", "cost_per_hour = \"45.50\"", "min_group_comments = 12", "lost_time_threshold = 120", "header ETag != ${tag}"},
       .saves = {"newer <- header ETag"}},
      {.says = "The answer's tag is that of the next read", .key = ADMIN, .path = "/v1/settings", .headers = "If-None-Match: ${newer}", .status = 304},
      {.says = "What was read before is not what is there", .key = ADMIN, .method = "PATCH", .path = "/v1/settings", .headers = "If-Match: ${tag}",
       .body = JSON({"sla_target": 80}), .status = 412, .expects = {"type = urn:xlad:problem:stale", ISSUE(0, "If-Match", "stale")}},
      {.says = "A weak tag guards nothing", .key = ADMIN, .method = "PATCH", .path = "/v1/settings", .headers = "If-Match: W/${newer}",
       .body = JSON({"sla_target": 80}), .status = 412},
      {.says = "one among others does, as gzip too", .key = ADMIN, .method = "PATCH", .path = "/v1/settings",
       .headers = "If-Match: \"x\", ${newer}", .body = JSON({"cost_per_hour": null}), .status = 200, .expects = {"cost_per_hour = null", "sla_target = 92.5"}},
      CHANGE("Nothing is a change of nothing", 200, JSON({}), "sla_target = 92.5"),
      CHANGE("A setting needs a value of its kind", 422,
             JSON({"time_zone": "", "currency": "eur", "lost_time_cap": 0, "min_group": 2, "min_group_comments": 101, "sla_target": 90.001,
                   "cost_per_hour": 45, "calendar_periods": "yes", "colour": "red"}),
             ISSUE(0, "/time_zone", "length"), ISSUE(1, "/lost_time_cap", "range"), ISSUE(2, "/min_group", "range"),
             ISSUE(3, "/min_group_comments", "range"), ISSUE(4, "/cost_per_hour", "type"), ISSUE(5, "/calendar_periods", "type"),
             ISSUE(6, "/colour", "unknown")),
      CHANGE("in its form", 422, JSON({"currency": "eur", "sla_target": 90.001, "lost_time_cap": null}), ISSUE(0, "/lost_time_cap", "required"),
             ISSUE(1, "/currency", "format"), ISSUE(2, "/sla_target", "decimals")),
      CHANGE("a zone that there is, and comments need no fewer than figures", 422,
             JSON({"time_zone": "Europe/Atlantis", "min_group": 10, "min_group_comments": 9}), ISSUE(0, "/time_zone", "unknown"),
             ISSUE(1, "/min_group_comments", "order")),
      {.says = "A dashboard has no business here", .key = DASHBOARD, .path = "/v1/settings", .status = 403},
      {.says = "nor has a portal", .key = PORTAL, .method = "PATCH", .path = "/v1/settings", .headers = "If-Match: *", .body = "{}", .status = 403},
      {.says = "The trail says what was there and what is there", .key = ADMIN, .path = "/v1/audit?action=settings.change", .status = 200,
       .expects = {"items.length = 3", "items.0.detail = null", "items.1.detail.cost_per_hour = [4550,null]",
                   "items.2.detail.sla_target = [9000,9250]", "items.2.detail.min_group_comments = [10,12]", "items.2.detail.cost_per_hour = [null,4550]",
                   "items.2.subject = acme", "items.2.actor = ~^[0-9a-f]{16}$"}},
  };
  STEPS(story);
}
END_TEST

START_TEST(keeps_figures_by_agents_off_until_they_are_switched_on) {
  static const struct step story[] = {
      {.says = "Figures by agents are off", .key = ADMIN, .method = "POST", .path = "/v1/dimensions", .body = JSON({"name": "technician"}), .status = 422,
       .expects = {ISSUE(0, "/name", "agent_figures")}},
      CHANGE("A tenant may want them", 200, JSON({"agent_figures": true}), "agent_figures = true"),
      {.says = "and then have them", .key = ADMIN, .method = "POST", .path = "/v1/dimensions", .body = JSON({"name": "technician"}), .status = 201},
      CHANGE("for as long as it has such a dimension", 409, JSON({"agent_figures": false}), "errors.0.pointer = /agent_figures",
             "errors.0.rule = agent_figures"),
      {.says = "which changes nothing", .key = ADMIN, .path = "/v1/settings", .status = 200, .expects = {"agent_figures = true"}},
  };
  STEPS(story);
}
END_TEST

// --- What a change of settings does to figures

#define TICKET(sentence, ref, json) {.says = sentence, .key = PORTAL, .method = "PUT", .path = "/v1/tickets/" ref, .body = json, .status = 201}
#define RESPONSE(sentence, json) {.says = sentence, .key = PORTAL, .method = "POST", .path = "/v1/responses", .body = json, .status = 201}
#define MEASURE(sentence, code, json, ...) \
  {.says = sentence, .key = PORTAL, .method = "POST", .path = "/v1/measurements", .body = json, .status = code, .expects = {__VA_ARGS__}}
#define READ(sentence, query, ...) \
  {.says = sentence, .key = DASHBOARD, .path = "/v1/experience?" query, .headers = "Cache-Control: no-cache", .status = 200, .expects = {__VA_ARGS__}}

#define THE_31ST "from=2025-03-31&to=2025-03-31&metrics=happiness,ticket_volume,sla_met,service_availability"
#define THE_30TH "from=2025-03-30&to=2025-03-30&metrics=happiness,ticket_volume,sla_met,service_availability"

START_TEST(moves_figures_to_the_days_of_another_zone) {
  static const struct step made[] = {
      TICKET("Late on the 30th in UTC, which is the 31st in Oslo, a ticket is opened and resolved", "ZONE-1",
             JSON({"opened_at": "2025-03-30T22:10:00Z", "resolved_at": "2025-03-30T22:20:00Z", "sla_met": true})),
      RESPONSE("answered", JSON({"ticket": "ZONE-1", "happiness": 9, "submitted_at": "2025-03-30T22:30:00Z"})),
      MEASURE("and something is measured at that time", 201, JSON({"metric": "service_availability", "value": 99.5, "at": "2025-03-30T22:40:00Z"}),
              "day = null"),
      MEASURE("and for that day as such", 201, JSON({"metric": "service_availability", "value": 98.5, "day": "2025-03-31"}), "at = null"),
      READ("All of it counts on the 31st", THE_31ST, FIGURE(happiness, 100, 1), FIGURE(ticket_volume, 1, 1), FIGURE(sla_met, 100, 1),
           FIGURE(service_availability, 99, 2)),
  };
  static const struct step moved[] = {
      READ("In UTC it is the day before", THE_30TH, "time_zone = UTC", FIGURE(happiness, 100, 1), FIGURE(ticket_volume, 1, 1), FIGURE(sla_met, 100, 1),
           FIGURE(service_availability, 99.5, 1)),
      READ("but a day is a day", THE_31ST, FIGURE(happiness, null, 0), FIGURE(ticket_volume, null, 0), FIGURE(service_availability, 98.5, 1)),
  };
  static const struct step zone[] = {CHANGE("The tenant moves", 200, JSON({"time_zone": "UTC"}), "time_zone = UTC")};
  static const struct step back[] = {
      CHANGE("and back", 200, JSON({"time_zone": "Europe/Oslo"}), "time_zone = Europe/Oslo"),
      READ("where it was", THE_31ST, FIGURE(happiness, 100, 1), FIGURE(ticket_volume, 1, 1), FIGURE(service_availability, 99, 2)),
  };
  STEPS(made);
  drain();
  hold();
  STEPS(zone);
  ck_assert_int_gt(sql_number("select count(*) from queue"), 0);
  STEPS(moved);
  drain();
  STEPS(moved);
  verify();
  STEPS(back);
  drain();
  verify();
}
END_TEST

#define APRIL "from=2025-04-01&to=2025-04-30&metrics=lost_time"

START_TEST(caps_lost_time_anew_under_another_version) {
  static const struct step made[] = {
      TICKET("A ticket", "CAP-1", JSON({"opened_at": "2025-04-01T08:00:00Z", "resolved_at": "2025-04-01T09:00:00Z"})),
      RESPONSE("cost a thousand minutes", JSON({"ticket": "CAP-1", "lost_minutes": 1000, "submitted_at": "2025-04-01T10:00:00Z"})),
      READ("which are below the cap", APRIL, FIGURE(lost_time, 1000, 1), "metrics.lost_time.capped = 0", "metrics.lost_time.cap = 2400"),
      {.says = "Lost time is of the first version", .key = DASHBOARD, .path = "/v1/metrics/lost_time", .status = 200, .expects = {"version = 1"},
       .saves = {"tag <- header ETag"}},
  };
  static const struct step lower[] = {CHANGE("The cap is lowered", 200, JSON({"lost_time_cap": 480}), "lost_time_cap = 480")};
  static const struct step capped[] = {
      READ("and holds for what is there", APRIL, FIGURE(lost_time, 480, 1), "metrics.lost_time.raw = 1000", "metrics.lost_time.capped = 1",
           "metrics.lost_time.cap = 480"),
      {.says = "under another version", .key = DASHBOARD, .path = "/v1/metrics/lost_time", .status = 200, .expects = {"version = 2"}},
      {.says = "than who read it before has read", .key = ADMIN, .method = "PATCH", .path = "/v1/metrics/lost_time", .headers = "If-Match: ${tag}",
       .body = JSON({"target": 30}), .status = 412},
  };
  static const struct step higher[] = {
      CHANGE("The cap is raised again", 200, JSON({"lost_time_cap": 2400}), "lost_time_cap = 2400"),
      READ("and holds at once", APRIL, FIGURE(lost_time, 1000, 1)),
      {.says = "The version is another one all the same", .key = DASHBOARD, .path = "/v1/metrics/lost_time", .status = 200, .expects = {"version = 3"}},
      CHANGE("What is not the cap makes none", 200, JSON({"lost_time_cap": 2400, "sla_target": 91}), "sla_target = 91"),
      {.says = "so it stays", .key = DASHBOARD, .path = "/v1/metrics/lost_time", .status = 200, .expects = {"version = 3"}},
  };
  STEPS(made);
  drain();
  hold();
  STEPS(lower);
  STEPS(capped);
  drain();
  STEPS(capped);
  verify();
  STEPS(higher);
  drain();
  verify();
}
END_TEST

// --- Metrics

#define METRIC(sentence, code, json, ...) \
  {.says = sentence, .key = ADMIN, .method = "POST", .path = "/v1/metrics", .body = json, .status = code, .expects = {__VA_ARGS__}}
#define SAY(sentence, key_of, code, json, ...) \
  {.says = sentence, .key = ADMIN, .method = "PATCH", .path = "/v1/metrics/" key_of, .headers = "If-Match: *", .body = json, .status = code, \
   .expects = {__VA_ARGS__}}

START_TEST(lists_presets_with_what_the_tenant_says_about_them) {
  static const struct step story[] = {
      {.says = "All that can be shown is listed, in the order in which it is shown", .key = DASHBOARD, .path = "/v1/metrics", .status = 200,
       .expects = {"items.0.key = happiness", "items.0.aggregation = net", "items.0.unit = points", "items.0.source = responses", "items.0.low = 0",
                   "items.0.high = 10", "items.0.own = false", "items.0.wanted = true", "items.0.maturity = 3", "items.0.target = null", "next = null"}},
      {.says = "What helps only is not there", .key = DASHBOARD, .path = "/v1/metrics/responses", .status = 404},
      {.says = "nor is what nobody knows", .key = DASHBOARD, .path = "/v1/metrics/unheard_of", .status = 404},
      {.says = "Bins are in the unit that is shown", .key = DASHBOARD, .path = "/v1/metrics/resolution_time", .status = 200,
       .expects = {"unit = minutes", "decimals = null", "bins = [0,15,60,240,480,1440,4320,10080,20160,43200]", "better = lower", "low = null"}},
      {.says = "also of percents", .key = DASHBOARD, .path = "/v1/metrics/service_availability", .status = 200,
       .expects = {"bins = [0,90,95,98,99,99.5,99.9,99.95,99.99]", "high = 100", "decimals = 2", "source = measurements"}},
      {.says = "A share says what it counts", .key = DASHBOARD, .path = "/v1/metrics/csat", .status = 200, .expects = {"share_from = 4"}},
      {.says = "Some of them", .key = DASHBOARD, .path = "/v1/metrics?source=measurements&maturity=2&level=operational", .status = 200,
       .expects = {"items.length = 1", "items.0.key = service_availability"}},
      {.says = "by what there is", .key = DASHBOARD, .path = "/v1/metrics?source=guesses&maturity=6", .status = 422,
       .expects = {ISSUE(0, "source", "enum"), ISSUE(1, "maturity", "enum")}},
      {.says = "A tenant wants something of a preset", .key = DASHBOARD, .path = "/v1/metrics/nps", .status = 200, .saves = {"tag <- header ETag"}},
      {.says = "having read it", .key = ADMIN, .method = "PATCH", .path = "/v1/metrics/nps", .body = JSON({"target": 30}), .status = 428},
      {.says = "and says so", .key = ADMIN, .method = "PATCH", .path = "/v1/metrics/nps", .headers = "If-Match: ${tag}",
       .body = JSON({"target": 30.25, "wanted": false, "level": "strategic", "supplier": "Pollster"}), .status = 200,
       .expects = {"target = 30.25", "wanted = false", "level = strategic", "supplier = Pollster", "version = 1", "header ETag != ${tag}"}},
      {.says = "once", .key = ADMIN, .method = "PATCH", .path = "/v1/metrics/nps", .headers = "If-Match: ${tag}", .body = JSON({"target": 1}),
       .status = 412},
      SAY("What is not said stays, what is null goes back to the preset", "nps", 200, JSON({"target": null, "level": null, "wanted": null}),
          "target = null", "wanted = true", "level = tactical", "supplier = Pollster"),
      SAY("What it is can't be changed", "nps", 422, JSON({"title": "Promoters", "target": 1.234}), ISSUE(0, "/title", "preset"),
          ISSUE(1, "/target", "decimals")),
      SAY("nor how it is computed", "nps", 422, JSON({"aggregation": "mean"}), ISSUE(0, "/aggregation", "unknown")),
      SAY("There has to be one", "unheard_of", 404, JSON({"target": 1}), "status = 404"),
      {.says = "It is for administrators", .key = DASHBOARD, .method = "PATCH", .path = "/v1/metrics/nps", .headers = "If-Match: *", .body = "{}",
       .status = 403},
      {.says = "and in the trail", .key = ADMIN, .path = "/v1/audit?action=metric.change&subject=nps", .status = 200,
       .expects = {"items.length = 2", "items.1.detail.target = 30.25", "items.0.detail.supplier = Pollster"}},
  };
  STEPS(story);
}
END_TEST

START_TEST(adds_metrics_of_a_tenant_s_own) {
  static const struct step story[] = {
      METRIC("A metric needs a key, a title, how it is computed, and where it belongs", 422, JSON({}), ISSUE(0, "/key", "required"),
             ISSUE(1, "/title", "required"), ISSUE(2, "/aggregation", "required"), ISSUE(3, "/maturity", "required")),
      METRIC("in their form", 422,
             JSON({"key": "Bad", "title": "x", "aggregation": "mean", "maturity": 2, "decimals": 1, "low": 0.55, "high": 10}), ISSUE(0, "/key", "format"),
             ISSUE(1, "/unit", "required"), ISSUE(2, "/low", "decimals")),
      METRIC("A stock would need comings and goings", 422, JSON({"key": "bad", "title": "x", "aggregation": "stock", "maturity": 2, "unit": "x"}),
             ISSUE(0, "/aggregation", "enum")),
      METRIC("A scale has two ends", 422, JSON({"key": "bad", "title": "x", "aggregation": "mean", "maturity": 2, "unit": "x", "low": 1}),
             ISSUE(0, "/high", "required")),
      METRIC("the lower one first", 422, JSON({"key": "bad", "title": "x", "aggregation": "mean", "maturity": 2, "unit": "x", "low": 1, "high": 1}),
             ISSUE(0, "/high", "order")),
      METRIC("Bins begin with it and ascend", 422,
             JSON({"key": "bad", "title": "x", "aggregation": "mean", "maturity": 2, "unit": "x", "low": 0, "high": 10, "bins": [1, 5, 5, 11]}),
             ISSUE(0, "/bins/0", "range"), ISSUE(1, "/bins/2", "order"), ISSUE(2, "/bins/3", "range")),
      METRIC("A sum has no scale", 422,
             JSON({"key": "bad", "title": "x", "aggregation": "sum", "maturity": 2, "unit": "x", "low": 0, "high": 10, "share_from": 1}),
             ISSUE(0, "/low", "aggregation"), ISSUE(1, "/high", "aggregation"), ISSUE(2, "/share_from", "aggregation")),
      METRIC("A net score has its own", 422, JSON({"key": "bad", "title": "x", "aggregation": "net", "maturity": 2, "unit": "x", "high": 5}),
             ISSUE(0, "/unit", "aggregation"), ISSUE(1, "/high", "aggregation")),
      METRIC("A share counts some of its values", 422,
             JSON({"key": "bad", "title": "x", "aggregation": "share", "maturity": 2, "low": 1, "high": 5, "share_from": 1}),
             ISSUE(0, "/share_from", "range")),
      METRIC("The name of a preset is taken", 409, JSON({"key": "happiness", "title": "x", "aggregation": "sum", "maturity": 2, "unit": "x"}),
             ISSUE(0, "/key", "unique")),
      METRIC("and so is a path", 422, JSON({"key": "coverage", "title": "x", "aggregation": "sum", "maturity": 2, "unit": "x"}),
             ISSUE(0, "/key", "reserved")),
      {.says = "A mean of its own scale and bins", .key = ADMIN, .method = "POST", .path = "/v1/metrics", .headers = "Idempotency-Key: training-1",
       .body = JSON({"key": "training_score", "title": "Training", "aggregation": "mean", "unit": "score", "decimals": 1, "low": 0, "high": 10,
                     "bins": [0, 2.5, 5, 7.5], "level": "operational", "maturity": 2, "target": 7.5, "supplier": "School"}),
       .status = 201,
       .expects = {"key = training_score", "own = true", "source = measurements", "decimals = 1", "bins = [0,2.5,5,7.5]", "target = 7.5", "version = 1",
                   "wanted = true", "better = higher", "header Location = /v1/metrics/training_score"},
       .saves = {"made <- (body)"}},
      {.says = "comes again", .key = ADMIN, .method = "POST", .path = "/v1/metrics", .headers = "Idempotency-Key: training-1",
       .body = JSON({"title": "Training", "key": "training_score", "aggregation": "mean", "unit": "score", "decimals": 1, "low": 0.0, "high": 10,
                     "bins": [0, 2.5, 5.0, 7.5], "level": "operational", "maturity": 2, "target": 7.50, "supplier": "School"}),
       .status = 201, .expects = {"(body) = ${made}", "header Idempotency-Replayed = true"}},
      METRIC("and is there already for who says something else", 409,
             JSON({"key": "training_score", "title": "Training", "aggregation": "sum", "unit": "hours", "maturity": 2}), ISSUE(0, "/key", "unique")),
      {.says = "It is found", .key = DASHBOARD, .path = "/v1/metrics/training_score", .status = 200, .expects = {"(body) = ${made}"}},
      METRIC("A share of stars", 201,
             JSON({"key": "canteen", "title": "Canteen", "aggregation": "share", "maturity": 1, "low": 1, "high": 5, "share_from": 4}),
             "unit = percent", "bins = [1,2,3,4,5]", "share_from = 4"),
      METRIC("a net score", 201, JSON({"key": "it_nps", "title": "IT", "aggregation": "net", "maturity": 3, "better": "higher"}), "unit = points",
             "low = 0", "high = 10"),
      METRIC("a count, of which less is better", 201,
             JSON({"key": "major_incidents", "title": "Major incidents", "aggregation": "count", "unit": "incidents", "better": "lower", "maturity": 1,
                   "wanted": false}), "bins = []", "wanted = false", "better = lower"),
      METRIC("a sum of money", 201,
             JSON({"key": "penalties", "title": "Penalties", "aggregation": "sum", "unit": "currency", "decimals": 2, "better": "lower", "maturity": 1}),
             "unit = EUR", "decimals = 2"),
      METRIC("a mean without end, and ten bins of a long scale", 201,
             JSON({"key": "coffees", "title": "Coffees", "aggregation": "mean", "unit": "cups", "low": 0, "high": 1000, "maturity": 1}),
             "bins = [0,100,200,300,400,500,600,700,800,900]"),
      SAY("What a metric is called may change", "canteen", 200, JSON({"title": "The canteen", "target": 60, "level": "strategic", "wanted": false}),
          "title = The canteen", "target = 60", "level = strategic", "wanted = false", "version = 1"),
      SAY("but not be missing", "canteen", 422, JSON({"title": null, "level": null, "wanted": null}), ISSUE(0, "/title", "required"),
          ISSUE(1, "/level", "required"), ISSUE(2, "/wanted", "required")),
      SAY("and how it is computed stays", "canteen", 422, JSON({"share_from": 3}), ISSUE(0, "/share_from", "unknown")),
      {.says = "Own ones come last", .key = DASHBOARD, .path = "/v1/metrics?source=measurements&maturity=1", .status = 200,
       .expects = {"items.0.key = service_desk_budget", "items.1.key = canteen", "items.2.key = major_incidents"}},
      {.says = "They are an administrator's", .key = DASHBOARD, .method = "POST", .path = "/v1/metrics", .body = "{}", .status = 403},
      {.says = "and in the trail", .key = ADMIN, .path = "/v1/audit?action=metric.create&subject=canteen", .status = 200,
       .expects = {"items.length = 1", "items.0.detail = null"}},
  };
  STEPS(story);
}
END_TEST

START_TEST(has_room_for_a_limited_number_of_metrics) {
  char body[200], key[40];
  long long there = sql_number("select count(*) from metrics where metric_id >= 1000");
  for (long long i = there; i < 48; i++) {
    (void)snprintf(key, sizeof key, "/v1/metrics/more_%lld", i);
    (void)snprintf(body, sizeof body, "{\"key\": \"more_%lld\", \"title\": \"More\", \"aggregation\": \"sum\", \"unit\": \"x\", \"maturity\": 1}", i);
    EXPECT(request(ADMIN, "POST", "/v1/metrics", NULL, body), 201, "own = true");
  }
  EXPECT(request(ADMIN, "GET", key, NULL, NULL), 200, "key = more_47");
  EXPECT(request(ADMIN, "POST", "/v1/metrics", NULL, "{\"key\": \"too_many\", \"title\": \"x\", \"aggregation\": \"sum\", \"unit\": \"x\", \"maturity\": 1}"),
         409, "errors.0.rule = count");
  ck_assert_int_eq(sql_number("select max(metric_id) - min(metric_id) + 1 - count(*) from metrics where metric_id >= 1000"), 0);
}
END_TEST

// --- Measurements

#define MAY "from=2025-05-01&to=2025-05-31"

START_TEST(counts_measurements_like_everything_else) {
  static const struct step made[] = {
      METRIC("There is something to measure", 201,
             JSON({"key": "saplings", "title": "Saplings", "aggregation": "sum", "unit": "trees", "decimals": 1, "maturity": 4}), "own = true"),
      METRIC("and something to rate", 201, JSON({"key": "garden", "title": "Garden", "aggregation": "net", "maturity": 4}), "own = true"),
  };
  // What is in the queue counts, too.
  static const struct step story[] = {
      MEASURE("A portal enters a value", 201,
              JSON({"metric": "saplings", "value": 12.5, "day": "2025-05-05", "context": {"location": "oslo"}, "note": "spring"}),
              "metric = saplings", "value = 12.5", "day = 2025-05-05", "at = null", "context.location = oslo", "note = spring", "ref = null",
              "header Location = ~^/v1/measurements/[0-9a-f-]{36}$"),
      {.says = "that has a name there", .key = PORTAL, .method = "POST", .path = "/v1/measurements",
       .body = JSON({"metric": "saplings", "value": 3, "at": "2025-05-06T23:30:00Z", "context": {"location": "bergen"}, "ref": "may-7"}), .status = 201,
       .expects = {"at = 2025-05-06T23:30:00Z", "ref = may-7"}, .saves = {"bergen <- id"}},
      {.says = "comes again", .key = PORTAL, .method = "POST", .path = "/v1/measurements",
       .body = JSON({"metric": "saplings", "value": 3.0, "at": "2025-05-07T01:30:00+02:00", "context": {"location": "bergen"}, "ref": "may-7"}),
       .status = 200, .expects = {"id = ${bergen}"}},
      MEASURE("and is something else", 409, JSON({"metric": "saplings", "value": 4, "at": "2025-05-06T23:30:00Z", "ref": "may-7"}),
              ISSUE(0, "/ref", "unique")),
      {.says = "Or the request has one", .key = PORTAL, .method = "POST", .path = "/v1/measurements", .headers = "Idempotency-Key: garden-1",
       .body = JSON({"metric": "garden", "value": 9, "day": "2025-05-07"}), .status = 201, .saves = {"garden <- id"}},
      {.says = "which comes again", .key = PORTAL, .method = "POST", .path = "/v1/measurements", .headers = "Idempotency-Key: garden-1",
       .body = JSON({"metric": "garden", "value": 9, "day": "2025-05-07"}), .status = 201, .expects = {"id = ${garden}", "header Idempotency-Replayed = true"}},
      {.says = "with another body", .key = PORTAL, .method = "POST", .path = "/v1/measurements", .headers = "Idempotency-Key: garden-1",
       .body = JSON({"metric": "garden", "value": 8, "day": "2025-05-07"}), .status = 422, .expects = {"type = urn:xlad:problem:idempotency-key-reused"}},
      READ("Both are figures now, on the days of Oslo", MAY "&metrics=saplings,garden", FIGURE(saplings, 15.5, 2), FIGURE(garden, 100, 1),
           "metrics.saplings.formula = sum", "metrics.saplings.unit = trees", "metrics.saplings.interval = null", "metrics.garden.bands.positive = 1"),
      READ("unasked as well", MAY, FIGURE(saplings, 15.5, 2), "metrics.training_score absent", "metrics.procedures_automated absent",
           "metrics.happiness present"),
      READ("and named without data", "from=2025-06-01&to=2025-06-30&metrics=saplings", FIGURE(saplings, null, 0)),
      READ("not otherwise", "from=2025-06-01&to=2025-06-30", "metrics.saplings absent"),
      READ("In a scope", MAY "&metrics=saplings&scope=location:bergen", FIGURE(saplings, 3, 1)),
      READ("of two dimensions, too", MAY "&metrics=saplings&scope=location:bergen;service:none", FIGURE(saplings, null, 0)),
      {.says = "by a dimension", .key = DASHBOARD, .path = "/v1/experience/breakdown?by=location&metrics=saplings&" MAY, .status = 200,
       .expects = {"rows.0.key = bergen", "rows.0.metrics.saplings.value = 3", "rows.1.key = oslo", "rows.1.metrics.saplings.value = 12.5"}},
      {.says = "day by day", .key = DASHBOARD, .path = "/v1/experience/trend?metrics=saplings&" MAY, .status = 200,
       .expects = {"points.length = 2", "points.0.from = 2025-05-05", "points.1.from = 2025-05-07", "points.1.metrics.saplings.value = 3"}},
      {.says = "as a distribution", .key = DASHBOARD, .path = "/v1/experience/distribution?metrics=garden&" MAY, .status = 200,
       .expects = {"metrics.garden.bins.9.count = 1", "metrics.garden.n = 1", "metrics.garden.bins.9.to = 9"}},
      {.says = "whose last bin ends with the scale", .key = DASHBOARD, .path = "/v1/experience/distribution?metrics=service_availability&" MAY, .status = 200,
       .expects = {"metrics.service_availability.n = 0", "metrics.service_availability.bins.8.from = 99.99", "metrics.service_availability.bins.8.to = 100",
                   "metrics.service_availability.bins.1.from = 90", "metrics.service_availability.bins.1.to = 95"}},
      {.says = "They are listed, newest first", .key = DASHBOARD, .path = "/v1/measurements?metric=saplings&limit=1", .status = 200,
       .expects = {"items.length = 1", "items.0.id = ${bergen}", "next present"}, .saves = {"cursor <- next"}},
      {.says = "page by page", .key = DASHBOARD, .path = "/v1/measurements?metric=saplings&limit=1&cursor=${cursor}", .status = 200,
       .expects = {"items.length = 1", "items.0.note = spring", "next = null"}},
      {.says = "by the days on which they count", .key = DASHBOARD, .path = "/v1/measurements?from=2025-05-07&to=2025-05-07", .status = 200,
       .expects = {"items.length = 2", "items.0.id = ${garden}"}},
      {.says = "and read singly", .key = DASHBOARD, .path = "/v1/measurements/${bergen}", .status = 200, .expects = {"ref = may-7", "value = 3"}},
      {.says = "A portal can't take one back", .key = PORTAL, .method = "DELETE", .path = "/v1/measurements/${bergen}", .status = 403},
      {.says = "An administrator can", .key = ADMIN, .method = "DELETE", .path = "/v1/measurements/${bergen}", .status = 204},
      {.says = "once", .key = ADMIN, .method = "DELETE", .path = "/v1/measurements/${bergen}", .status = 404},
      READ("and it counts no longer", MAY "&metrics=saplings", FIGURE(saplings, 12.5, 1)),
      {.says = "The trail has what it was", .key = ADMIN, .path = "/v1/audit?action=measurement.delete&subject=${bergen}", .status = 200,
       .expects = {"items.length = 1", "items.0.detail.metric = saplings", "items.0.detail.value = 3"}},
      {.says = "Its name is free again", .key = PORTAL, .method = "POST", .path = "/v1/measurements",
       .body = JSON({"metric": "saplings", "value": 4, "day": "2025-05-07", "ref": "may-7"}), .status = 201, .expects = {"id = ${bergen}"}},
      READ("and it counts", MAY "&metrics=saplings", FIGURE(saplings, 16.5, 2)),
  };
  static const struct step folded[] = {
      READ("Folded it is the same", MAY "&metrics=saplings,garden", FIGURE(saplings, 16.5, 2), FIGURE(garden, 100, 1)),
      {.says = "by a dimension, too", .key = DASHBOARD, .path = "/v1/experience/breakdown?by=location&metrics=saplings&" MAY, .status = 200,
       .expects = {"rows.0.key = oslo", "rows.0.metrics.saplings.value = 12.5", "rows.1.key = null", "rows.1.metrics.saplings.value = 4"}},
      READ("and in a scope of two", MAY "&metrics=saplings&scope=location:oslo;service:none", FIGURE(saplings, null, 0)),
  };
  STEPS(made);
  drain();
  hold();
  STEPS(story);
  drain();
  STEPS(folded);
  verify();
  ck_assert_int_eq(sql_number("select count(*) from measurements where left(ref, 1) = chr(31) and ref <> chr(31) || response_id"), 0);
}
END_TEST

START_TEST(refuses_what_is_no_measurement) {
  static const struct step story[] = {
      MEASURE("A measurement is a value of a metric", 422, JSON({}), ISSUE(0, "/metric", "required"), ISSUE(1, "/value", "required")),
      MEASURE("that there is", 422, JSON({"metric": "unheard_of", "value": 1}), ISSUE(0, "/metric", "unknown")),
      MEASURE("and that is not measured otherwise", 422, JSON({"metric": "happiness", "value": 9}), ISSUE(0, "/metric", "source")),
      MEASURE("nor helps only", 422, JSON({"metric": "responses", "value": 9}), ISSUE(0, "/metric", "unknown")),
      MEASURE("at a time or on a day", 422,
              JSON({"metric": "service_availability", "value": 99, "at": "2025-05-06T23:30:00Z", "day": "2025-05-06"}), ISSUE(0, "/day", "exclusive")),
      MEASURE("that has come", 422, JSON({"metric": "service_availability", "value": 99, "day": "2199-01-01"}), ISSUE(0, "/day", "future")),
      MEASURE("Its value lies on the scale", 422, JSON({"metric": "service_availability", "value": 100.01}), ISSUE(0, "/value", "range")),
      MEASURE("and is no finer", 422, JSON({"metric": "service_availability", "value": 99.999}), ISSUE(0, "/value", "decimals")),
      MEASURE("nor finer than any", 422, JSON({"metric": "service_availability", "value": 99.99999}), ISSUE(0, "/value", "decimals")),
      MEASURE("What has no end has a beginning", 422, JSON({"metric": "service_desk_budget", "value": -1}), ISSUE(0, "/value", "range")),
      MEASURE("A rating is whole", 422, JSON({"metric": "executive_satisfaction", "value": 4.5}), ISSUE(0, "/value", "decimals")),
      MEASURE("Its context is of the tenant's dimensions", 422,
              JSON({"metric": "service_availability", "value": 99, "context": {"planet": "mars", "sla": "met"}}), ISSUE(0, "/context/planet", "unknown"),
              ISSUE(1, "/context/sla", "derived")),
      {.says = "Dashboards enter nothing", .key = DASHBOARD, .method = "POST", .path = "/v1/measurements", .body = "{}", .status = 403},
      {.says = "What has no id is not there", .key = DASHBOARD, .path = "/v1/measurements/nothing", .status = 404},
      {.says = "A list is of a metric that there is", .key = DASHBOARD, .path = "/v1/measurements?metric=unheard_of", .status = 422,
       .expects = {ISSUE(0, "metric", "enum")}},
  };
  STEPS(story);
}
END_TEST

#define LINES(sentence, type, code, text, ...) \
  {.says = sentence, .key = PORTAL, .method = "POST", .path = "/v1/measurements/import", .headers = "Content-Type: " type, .body = text, \
   .status = code, .expects = {__VA_ARGS__}}

START_TEST(imports_measurements_as_lines_and_as_columns) {
  static const struct step story[] = {
      LINES("Lines of JSON", "application/x-ndjson", 200,
            "{\"metric\":\"innovative_initiatives\",\"value\":2,\"day\":\"2025-07-01\",\"ref\":\"i1\"}\n"
            "{\"metric\":\"innovative_initiatives\",\"value\":0.5,\"day\":\"2025-07-01\"}\n"
            "{\"metric\":\"innovative_initiatives\",\"value\":3,\"day\":\"2025-07-02\",\"context\":{\"department\":\"hr\"}}\n",
            "(body) = ~^\\{\"line\":1,\"status\":201,\"id\":\"[0-9a-f-]{36}\"\\}.\\{\"line\":2,\"status\":422,.*/value.*\\}."
            "\\{\"line\":3,\"status\":201,.*$"),
      LINES("Columns, of which one was there already, and one is another one", "text/csv", 200,
            "metric,value,day,context.department,ref\n"
            "innovative_initiatives,2,2025-07-01,,i1\n"
            "innovative_initiatives,4,2025-07-01,,i1\n"
            "innovative_initiatives,10,2025-07-03,hr,i2\n",
            "(body) = ~^\\{\"line\":2,\"status\":200.*\"line\":3,\"status\":409.*\"line\":4,\"status\":201"),
      LINES("Columns have names", "text/csv", 422, "metric,size\nx,1\n", ISSUE(0, "header", "unknown")),
      LINES("and the wrong type is refused", "application/xml", 415, "<x/>", "status = 415"),
      READ("All that was good counts", "from=2025-07-01&to=2025-07-31&metrics=innovative_initiatives", FIGURE(innovative_initiatives, 15, 3)),
      {.says = "by department", .key = DASHBOARD, .path = "/v1/experience/breakdown?by=department&metrics=innovative_initiatives&from=2025-07-01&to=2025-07-31",
       .status = 200, .expects = {"rows.0.key = hr", "rows.0.metrics.innovative_initiatives.value = 13"}},
  };
  STEPS(story);
  drain();
  verify();
}
END_TEST

START_TEST(repairs_what_measurements_count_with) {
  static const struct step made[] = {
      MEASURE("One", 201, JSON({"metric": "suppliers_reviewed", "value": 50, "day": "2025-08-01", "ref": "repair-1"}), "value = 50"),
      MEASURE("and another", 201, JSON({"metric": "suppliers_reviewed", "value": 60, "day": "2025-08-01", "ref": "repair-2"}), "value = 60"),
  };
  STEPS(made);
  drain();
  sql_run("update manual_measurements set value = 7000 where ref = 'repair-1'");
  sql_run("delete from manual_measurements where ref = 'repair-2'");
  const struct outcome *outcome = cli("verify");
  ck_assert_int_eq(outcome->code, 1);
  ck_assert_ptr_nonnull(strstr(bytes_text(&outcome->out), "its measurements are not what it gives"));
  ck_assert_ptr_nonnull(strstr(bytes_text(&outcome->out), "it is measured and should not be"));
  ck_assert_ptr_nonnull(strstr(bytes_text(&outcome->out), "acme: measurement "));
  ck_assert_int_eq(cli("verify", "--repair")->code, 0);
  verify();
  EXPECT(request(DASHBOARD, "GET", "/v1/experience?from=2025-08-01&to=2025-08-01&metrics=suppliers_reviewed", "Cache-Control: no-cache", NULL), 200,
         "metrics.suppliers_reviewed.value = 70", "metrics.suppliers_reviewed.n = 1");
}
END_TEST

#define SEPTEMBER "from=2025-09-01&to=2025-09-30"

START_TEST(shares_the_budget_among_tickets_without_costs) {
  static const struct step story[] = {
      TICKET("A ticket", "BUDGET-1", JSON({"opened_at": "2025-09-01T08:00:00Z", "context": {"location": "oslo"}})),
      TICKET("and another", "BUDGET-2", JSON({"opened_at": "2025-09-02T08:00:00Z", "resolved_at": "2025-09-02T09:00:00Z"})),
      READ("cost nobody knows what", SEPTEMBER "&metrics=cost_per_ticket", FIGURE(cost_per_ticket, null, 0), "metrics.cost_per_ticket.formula = mean"),
      MEASURE("The desk has a budget", 201, JSON({"metric": "service_desk_budget", "value": 1000.5, "day": "2025-09-01"}), "value = 1000.5"),
      READ("which they share", SEPTEMBER "&metrics=cost_per_ticket,service_desk_budget", FIGURE(cost_per_ticket, 500.25, 2),
           "metrics.cost_per_ticket.formula = budget ÷ tickets", "metrics.cost_per_ticket.unit = EUR", FIGURE(service_desk_budget, 1000.5, 1)),
      READ("as a whole only", SEPTEMBER "&metrics=cost_per_ticket&scope=location:oslo", FIGURE(cost_per_ticket, null, 0)),
      {.says = "month by month", .key = DASHBOARD, .path = "/v1/experience/trend?interval=month&metrics=cost_per_ticket&" SEPTEMBER, .status = 200,
       .expects = {"points.length = 1", "points.0.metrics.cost_per_ticket.value = 500.25"}},
      READ("against the month before", "compare=previous&metrics=cost_per_ticket&" SEPTEMBER, FIGURE(cost_per_ticket, 500.25, 2),
           "metrics.cost_per_ticket.change = null", "metrics.cost_per_ticket.compared_with.value = null"),
      {.says = "and it is covered", .key = DASHBOARD, .path = "/v1/metrics/coverage?metrics=cost_per_ticket&" SEPTEMBER, .status = 200,
       .expects = {"levels.0.rows.length = 1", "levels.0.rows.0.has_data = true", "levels.0.rows.0.last_day = 2025-09-01", "levels.0.rows.0.gap = null"}},
      TICKET("A ticket with a cost of its own", "BUDGET-3",
             JSON({"opened_at": "2025-09-03T08:00:00Z", "resolved_at": "2025-09-03T09:00:00Z", "cost": "17.50"})),
      READ("knows better", SEPTEMBER "&metrics=cost_per_ticket", FIGURE(cost_per_ticket, 17.5, 1), "metrics.cost_per_ticket.formula = mean"),
  };
  STEPS(story);
}
END_TEST

#define OCTOBER "from=2025-10-01&to=2025-10-31"

START_TEST(tells_what_should_be_measured_and_is_not) {
  static const struct step story[] = {
      {.says = "Where there is nothing, all is missing", .key = DASHBOARD, .path = "/v1/metrics/coverage?metrics=sla_met,ces,suppliers_reviewed,reopened&" OCTOBER,
       .status = 200,
       .expects = {"window.from = 2025-10-01", "levels.length = 5", "levels.0.maturity = 1", "levels.0.wanted = 1", "levels.0.measured = 0",
                   "levels.0.rows.0.key = sla_met", "levels.0.rows.0.has_source = false", "levels.0.rows.0.gap = ~^No ticket was reported",
                   "levels.0.rows.1.key = reopened", "levels.0.rows.1.wanted = false", "levels.0.rows.1.gap = null",
                   "levels.1.rows.0.gap = ~^Nothing was entered in this window, and nobody", "levels.2.rows.0.gap = ~^No response came",
                   "levels.3.rows.length = 0"}},
      TICKET("A ticket", "COVER-1", JSON({"opened_at": "2025-10-06T08:00:00Z", "resolved_at": "2025-10-06T09:00:00Z"})),
      RESPONSE("is answered", JSON({"ticket": "COVER-1", "happiness": 9, "submitted_at": "2025-10-07T10:00:00Z"})),
      SAY("and somebody is asked for the suppliers", "suppliers_reviewed", 200, JSON({"supplier": "Purchasing"}), "supplier = Purchasing"),
      {.says = "Then it is known what is missing of them", .key = DASHBOARD,
       .path = "/v1/metrics/coverage?metrics=sla_met,ces,happiness,suppliers_reviewed,resolution_time&" OCTOBER, .status = 200,
       .expects = {"levels.0.wanted = 2", "levels.0.measured = 1", "levels.0.rows.0.gap = Tickets were reported, but none with sla_met.",
                   "levels.0.rows.1.key = resolution_time", "levels.0.rows.1.n = 1", "levels.0.rows.1.last_day = 2025-10-06", "levels.0.rows.1.gap = null",
                   "levels.1.rows.0.gap = Nothing was entered in this window; Purchasing supplies it.", "levels.1.rows.0.has_source = true",
                   "levels.2.rows.0.key = happiness", "levels.2.rows.0.last_day = 2025-10-07",
                   "levels.2.rows.1.gap = Responses came, but none with ces."}},
      {.says = "Two windows are not compared", .key = DASHBOARD, .path = "/v1/metrics/coverage?compare=previous", .status = 422,
       .expects = {ISSUE(0, "compare", "unknown")}},
      {.says = "A portal does not read", .key = PORTAL, .path = "/v1/metrics/coverage", .status = 403},
  };
  STEPS(story);
}
END_TEST

START_TEST(shows_the_trail_page_by_page) {
  static const struct step story[] = {
      {.says = "Newest first", .key = ADMIN, .path = "/v1/audit?limit=2", .status = 200,
       .expects = {"items.length = 2", "items.0.at present", "items.0.id = ~^[0-9a-f-]{36}$", "next present"},
       .saves = {"cursor <- next", "second <- items.1.id"}},
      {.says = "and on", .key = ADMIN, .path = "/v1/audit?limit=2&cursor=${cursor}", .status = 200, .expects = {"items.length = 2", "items.0.id != ${second}"}},
      {.says = "by who did it", .key = ADMIN, .path = "/v1/audit?actor=nobody", .status = 200, .expects = {"items.length = 0", "next = null"}},
      {.says = "what", .key = ADMIN, .path = "/v1/audit?action=dimension.create&limit=500", .status = 200,
       .expects = {"items.length = 1", "items.0.subject = technician"}},
      {.says = "not by a cursor of one's own", .key = ADMIN, .path = "/v1/audit?cursor=3a61", .status = 422, .expects = {ISSUE(0, "cursor", "format")}},
      {.says = "It is for administrators", .key = DASHBOARD, .path = "/v1/audit", .status = 403},
  };
  STEPS(story);
}
END_TEST
// clang-format on

int main(void) {
  house_start(NULL);
  Suite *suite = suite_create("catalogue");
  TCase *cases = tcase_create("catalogue");
  tcase_set_timeout(cases, 120);
  tcase_add_test(cases, shows_and_changes_settings_by_what_was_read);
  tcase_add_test(cases, keeps_figures_by_agents_off_until_they_are_switched_on);
  tcase_add_test(cases, moves_figures_to_the_days_of_another_zone);
  tcase_add_test(cases, caps_lost_time_anew_under_another_version);
  tcase_add_test(cases, lists_presets_with_what_the_tenant_says_about_them);
  tcase_add_test(cases, adds_metrics_of_a_tenant_s_own);
  tcase_add_test(cases, counts_measurements_like_everything_else);
  tcase_add_test(cases, refuses_what_is_no_measurement);
  tcase_add_test(cases, imports_measurements_as_lines_and_as_columns);
  tcase_add_test(cases, repairs_what_measurements_count_with);
  tcase_add_test(cases, shares_the_budget_among_tickets_without_costs);
  tcase_add_test(cases, tells_what_should_be_measured_and_is_not);
  tcase_add_test(cases, shows_the_trail_page_by_page);
  tcase_add_test(cases, has_room_for_a_limited_number_of_metrics);
  suite_add_tcase(suite, cases);
  return house_run(suite);
}

// Folding: figures are the same whether changes stand in the queue or in the sums, and the sums are those of the raw rows, whoever folds, dies or
// waits.
#include "harness/harness.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  DRAIN_MS_MAX = 30000,
  POLL_MS = 20,
  NEWS_POLLS = 25,
  AT_ONCE_ITEMS = 600,
  AT_ONCE_TICKETS = 40,
  CROWD = 12,
  FEWER_TICKETS = 500,
  HELD_VERIFIED = 8
};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

// --- Holding folding back -------------------------------------------------------------------------------------------

static PGconn *holder;

static void hold_by(const char *lock) {
  holder = PQconnectdb(house_url());
  PQclear(PQexec(holder, "begin"));
  PGresult *result = PQexec(holder, lock);
  ck_assert_msg(PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) > 0, "%s: %s", lock, PQerrorMessage(holder));
  PQclear(result);
}

// `query` ends where the tenant is missing; valid until eight more calls.
static const char *of_tenant(const char *query, const char *slug) {
  static char texts[8][2000];
  static size_t turn;
  char *text = texts[turn++ % COUNT_OF(texts)];
  (void)snprintf(text, sizeof texts[0], "%s tenant_id = (select tenant_id from tenants where slug = '%s')", query, slug);
  return text;
}

// From here on what is written to the tenant stays in the queue.
static void hold(const char *slug) {
  char statement[300];
  (void)snprintf(statement, sizeof statement, "%s for update", of_tenant("select tenant_id from folds where", slug));
  hold_by(statement);
}

static void release(void) {
  PQclear(PQexec(holder, "rollback"));
  PQfinish(holder);
  holder = NULL;
}

// Lets everything be folded. Who found the tenant held does not come back before it hears of a change, or a minute later.
static void drain(const char *slug) {
  if (holder) release();
  long long end = clock_ms() + DRAIN_MS_MAX;
  for (int i = 0; sql_number(of_tenant("select count(*) from queue where", slug)) > 0; i++) {
    if (i % NEWS_POLLS == 0) (void)sql_text(of_tenant("select pg_notify('xlad_changes', 'test ' || tenant_id)::text from tenants where", slug));
    ck_assert_msg(clock_ms() < end, "the queue of %s does not become empty", slug);
    sleep_ms(POLL_MS);
  }
}

static void verify(const char *slug, const char *when) {
  const struct outcome *outcome = cli("verify", "--tenant", slug);
  ck_assert_msg(outcome->code == 0, "%s: %s%s", when, bytes_text(&outcome->out), bytes_text(&outcome->err));
}

// A tenant whose people's hashes don't differ from run to run; ${as} is its administrator from here on.
static void tenant_make(const char *slug, const char *time_zone) {
  char statement[200], header[300];
  (void)cli_text("tenant", "create", slug, "--name", slug, "--time-zone", time_zone);
  (void)snprintf(statement, sizeof statement, "update tenants set respondent_secret = repeat('s', 32)::bytea where slug = '%s'", slug);
  sql_run(statement);
  (void)snprintf(header, sizeof header, "Authorization: Bearer %s", cli_text("key", "create", "--tenant", slug, "--role", "admin"));
  steps_set("as", header);
}

static const struct answer *ask(const char *method, const char *path, const char *body) {
  char headers[400];
  (void)snprintf(headers, sizeof headers, "%s\nCache-Control: no-cache", saved("as"));
  return request(NO_KEY, method, path, headers, body);
}

// --- A life ---------------------------------------------------------------------------------------------------------

// clang-format off
#define JSON(...) #__VA_ARGS__

#define PUT(sentence, ref, json) {.says = sentence, .method = "PUT", .path = "/v1/tickets/" ref, .headers = "${as}", .body = json, .status = 200}
#define NEW(sentence, ref, json) {.says = sentence, .method = "PUT", .path = "/v1/tickets/" ref, .headers = "${as}", .body = json, .status = 201}
#define RESPOND(sentence, name, json) \
  {.says = sentence, .method = "POST", .path = "/v1/responses", .headers = "${as}", .body = json, .status = 201, .saves = {name " <- id"}}
#define AMEND(sentence, name, json) \
  {.says = sentence, .method = "PATCH", .path = "/v1/responses/${" name "}", .headers = "${as}", .body = json, .status = 200}
#define WITHDRAW(sentence, name) \
  {.says = sentence, .method = "DELETE", .path = "/v1/responses/${" name "}", .headers = "${as}", .status = 204}

static const struct step life[] = {
    NEW("A ticket is opened, tomorrow already in Oslo", "L1",
        JSON({"opened_at": "2025-03-10T23:30:00Z", "context": {"service": "vpn", "location": "oslo"}})),
    NEW("another has no context", "L2", JSON({"opened_at": "2025-03-11T08:00:00Z"})),
    RESPOND("Somebody answers before it is resolved", "early",
            JSON({"ticket": "L1", "respondent": "anna", "happiness": 9, "lost_minutes": 30, "factors": ["fast", "kept-informed"],
                  "submitted_at": "2025-03-11T08:00:00Z"})),
    RESPOND("and so does another", "second", JSON({"ticket": "L1", "respondent": "bob", "happiness": 7, "submitted_at": "2025-03-11T09:00:00Z"})),
    PUT("The first resolution adopts both", "L1",
        JSON({"opened_at": "2025-03-10T23:30:00Z", "resolved_at": "2025-03-12T10:00:00Z", "sla_met": true, "reassignments": 0, "cost": "12.50",
              "handle_minutes": 25, "context": {"service": "vpn", "location": "oslo"}})),
    RESPOND("A third answers behind it", "third",
            JSON({"ticket": "L1", "respondent": "carl", "happiness": 3, "lost_minutes": 5000, "csat": 1, "ces": 2, "nps": 0, "expectation": -2,
                  "factors": ["slow"], "submitted_at": "2025-03-12T23:30:00Z"})),
    RESPOND("and somebody unknown", "unknown", JSON({"ticket": "L1", "csat": 5, "factors": ["fast"], "submitted_at": "2025-03-12T12:00:00Z"})),
    AMEND("The third was not that unhappy", "third", JSON({"happiness": 8})),
    AMEND("lost less than the cap", "third", JSON({"lost_minutes": 100})),
    AMEND("or far more", "third", JSON({"lost_minutes": 28800})),
    AMEND("for other reasons", "third", JSON({"factors": ["rude", "slow", "late"]})),
    AMEND("without a rating", "third", JSON({"happiness": null})),
    AMEND("and for no reason", "third", JSON({"factors": []})),
    AMEND("A comment changes nothing", "third", JSON({"comment": "well"})),
    PUT("The SLA was missed, a day later, by another hand", "L1",
        JSON({"opened_at": "2025-03-10T23:30:00Z", "resolved_at": "2025-03-13T23:10:00Z", "sla_met": false, "reassignments": 2,
              "context": {"service": "vpn", "location": "oslo"}})),
    PUT("It was opened earlier, and another service's, which is too late to say", "L1",
        JSON({"opened_at": "2025-03-09T10:00:00Z", "resolved_at": "2025-03-13T23:10:00Z", "sla_met": false, "reassignments": 2,
              "context": {"service": "mail", "location": "oslo"}})),
    NEW("Another ticket in the same cells", "L3",
        JSON({"opened_at": "2025-03-09T11:00:00Z", "resolved_at": "2025-03-13T11:00:00Z", "sla_met": false, "reassignments": 9, "cost": "3.99",
              "context": {"service": "vpn", "location": "oslo"}})),
    RESPOND("is answered by somebody who is there already", "again",
            JSON({"ticket": "L3", "respondent": "anna", "happiness": 9, "submitted_at": "2025-03-11T22:00:00Z"})),
    WITHDRAW("who takes the first answer back", "early"),
    PUT("The first ticket is reopened elsewhere", "L1",
        JSON({"opened_at": "2025-03-09T10:00:00Z", "context": {"service": "mail", "location": "bergen"}})),
    RESPOND("and answered meanwhile", "meanwhile",
            JSON({"ticket": "L1", "respondent": "dora", "happiness": 0, "submitted_at": "2025-03-14T12:00:00Z"})),
    PUT("before it is resolved again", "L1",
        JSON({"opened_at": "2025-03-09T10:00:00Z", "resolved_at": "2025-03-20T10:00:00Z", "sla_met": true, "reassignments": 2,
              "context": {"service": "mail", "location": "bergen"}})),
    RESPOND("and answered anew", "anew",
            JSON({"ticket": "L1", "respondent": "carl", "happiness": 10, "lost_minutes": 0, "factors": ["fast"],
                  "submitted_at": "2025-03-20T12:00:00Z"})),
    RESPOND("A response makes its ticket", "makes",
            JSON({"ticket": "L4", "create": true, "respondent": "emil", "happiness": 6, "submitted_at": "2025-03-15T12:00:00Z"})),
    PUT("which is reported later", "L4", JSON({"opened_at": "2025-03-14T12:00:00Z", "context": {"service": "vpn", "location": "bergen"}})),
    PUT("and closed, never resolved", "L4",
        JSON({"opened_at": "2025-03-14T12:00:00Z", "closed_at": "2025-03-16T12:00:00Z", "context": {"service": "vpn", "location": "bergen"}})),
    PUT("The ticket without a context gets one", "L2",
        JSON({"opened_at": "2025-03-11T08:00:00Z", "sla_met": false, "context": {"service": "vpn", "location": "oslo"}})),
    PUT("and moves while it is open", "L2", JSON({"opened_at": "2025-03-11T08:00:00Z", "context": {"service": "print", "location": "oslo"}})),
    WITHDRAW("All take their answers back: the second", "second"),
    WITHDRAW("the third", "third"),
    WITHDRAW("the unknown one", "unknown"),
    WITHDRAW("the one meanwhile", "meanwhile"),
    WITHDRAW("the one on the other ticket", "again"),
    PUT("The one other ticket of that context leaves it too", "L3",
        JSON({"opened_at": "2025-03-09T11:00:00Z", "context": {"service": "mail", "location": "oslo"}})),
    PUT("for good", "L3",
        JSON({"opened_at": "2025-03-09T11:00:00Z", "resolved_at": "2025-03-21T11:00:00Z", "context": {"service": "mail", "location": "oslo"}})),
    PUT("Nothing is changed by saying it twice", "L3",
        JSON({"opened_at": "2025-03-09T11:00:00Z", "resolved_at": "2025-03-21T11:00:00Z", "context": {"service": "mail", "location": "oslo"}})),
};

#define MARCH "from=2025-03-10&to=2025-03-31"
#define MAY   "from=2025-05-01&to=2025-05-31"

static const char *const VIEWS[] = {
    "/v1/experience?" MARCH,
    "/v1/experience?" MARCH "&compare=previous&scope=service:vpn",
    "/v1/experience?" MARCH "&scope=sla:missed",
    "/v1/experience?" MARCH "&scope=service:vpn;location:oslo",
    "/v1/experience?" MARCH "&scope=service:vpn,mail;sla:met,missed",
    "/v1/experience?" MAY "&scope=service:vpn;location:oslo",
    "/v1/experience?" MAY "&scope=service:print;location:oslo",
    "/v1/experience?" MAY,
    "/v1/experience/breakdown?" MARCH "&by=service",
    "/v1/experience/breakdown?" MARCH "&by=sla",
    "/v1/experience/breakdown?" MAY "&by=reassignments",
    "/v1/experience/breakdown?" MAY "&by=service",
    "/v1/experience/breakdown?" MARCH "&by=location&scope=service:vpn",
    "/v1/experience/breakdown?" MAY "&by=location&scope=service:vpn",
    "/v1/experience/breakdown?" MAY "&by=sla&scope=service:vpn",
    "/v1/experience/trend?" MARCH "&interval=day",
    "/v1/experience/trend?" MARCH "&interval=week&scope=service:vpn;sla:missed",
    "/v1/experience/trend?from=2025-01-01&to=2025-04-30&interval=month&scope=location:oslo",
    "/v1/experience/distribution?" MARCH,
};
// clang-format on

// The answer but for the time it was made.
static void view_read(const char *path, struct bytes *text) {
  const struct answer *answer = ask("GET", path, NULL);
  ck_assert_msg(answer->status == 200, "%s: %d", path, answer->status);
  const char *body = bytes_text(&answer->body), *as_of = strstr(body, "\"as_of\":");
  ck_assert_ptr_nonnull(as_of);
  bytes_clear(text);
  bytes_add(text, body, (size_t)(as_of - body));
  bytes_add_text(text, strchr(as_of, ','));
}

// Shows both from a little before the first difference.
static void texts_compare(const char *says, const char *what, const char *queued, const char *folded) {
  size_t same = 0;
  while (queued[same] && queued[same] == folded[same])
    same++;
  size_t from = same < 60 ? 0 : same - 60;
  ck_assert_msg(queued[same] == folded[same], "%s: %s is\n%.200s\nand then\n%.200s", says, what, queued + from, folded + from);
}

START_TEST(answers_the_same_before_and_after_folding) {
  static struct bytes before[COUNT_OF(VIEWS)], after;
  tenant_make("steps", "Europe/Oslo");
  for (size_t i = 0; i < COUNT_OF(life); i++) {
    hold("steps");
    steps_run(&life[i], 1);
    ck_assert_int_gt(sql_number(of_tenant("select count(*) from queue where", "steps")), 0);
    for (size_t j = 0; j < COUNT_OF(VIEWS); j++)
      view_read(VIEWS[j], &before[j]);
    if (i % HELD_VERIFIED == 0) verify("steps", life[i].says);
    drain("steps");
    for (size_t j = 0; j < COUNT_OF(VIEWS); j++) {
      view_read(VIEWS[j], &after);
      texts_compare(life[i].says, VIEWS[j], bytes_text(&before[j]), bytes_text(&after));
    }
    verify("steps", life[i].says);
  }
  for (size_t j = 0; j < COUNT_OF(VIEWS); j++)
    bytes_release(&before[j]);
  bytes_release(&after);
}
END_TEST

// One sum a row.
#define FLAT "(select k.tenant_id, k.slot, k.value_id, k.day, i.* from marginals k cross join unnest(k.sums) i) m"

// Ids are the database's, so names stand for them.
#define SUMS_OF                                                                                                                                    \
  "select string_agg(line, e'\\n' order by line) from (select concat_ws(' ', coalesce(d.name, m.slot::text), coalesce(v.value, m.value_id::text)," \
  " m.day, m.metric_id, m.label, m.n, m.sum, m.sum_squares, m.bins, m.respondents) as line, m.tenant_id from " FLAT                                \
  " left join dimensions d on d.tenant_id = m.tenant_id and d.dimension_id = m.slot"                                                               \
  " left join dimension_values v on v.tenant_id = m.tenant_id and v.value_id = m.value_id and m.slot > 0) x where"
#define MEASUREMENTS_OF                                                                                                                         \
  "select string_agg(line, e'\\n' order by line) from (select concat_ws(' ', m.ref, (select string_agg(coalesce(v.value, '-'), ',' order by o)" \
  " from unnest(g.value_ids) with ordinality as u(id, o) left join dimension_values v on v.tenant_id = g.tenant_id and v.value_id = u.id),"     \
  " m.derived, m.respondent, m.day, m.last_day, m.metric_ids, m.metric_values, m.metric_days, m.labels) as line, m.tenant_id"                   \
  " from measurements m join segments g using (tenant_id, segment_id)) x where"

// Needs the test before it.
START_TEST(folds_at_once_what_it_folds_step_by_step) {
  tenant_make("once", "Europe/Oslo");
  hold("once");
  STEPS(life);
  ck_assert_int_eq(sql_number(of_tenant("select count(*) from marginals where", "once")), 0);
  ck_assert_int_eq(sql_number(of_tenant("select count(*) from queue where", "once")), COUNT_OF(life));
  drain("once");
  ck_assert_int_gt(sql_number(of_tenant("select count(*) from marginals where", "once")), 100);
  texts_compare("at once", "a measurement", sql_text(of_tenant(MEASUREMENTS_OF, "once")), sql_text(of_tenant(MEASUREMENTS_OF, "steps")));
  texts_compare("at once", "a sum", sql_text(of_tenant(SUMS_OF, "once")), sql_text(of_tenant(SUMS_OF, "steps")));
  verify("once", "at once");
}
END_TEST

// --- By hand --------------------------------------------------------------------------------------------------------

// clang-format off
static const struct step hand[] = {
    NEW("Two hours, met", "H1", JSON({"opened_at": "2025-04-01T08:00:00Z", "resolved_at": "2025-04-01T10:00:00Z", "sla_met": true,
                                      "context": {"service": "vpn"}})),
    NEW("A day, missed", "H2", JSON({"opened_at": "2025-04-01T09:00:00Z", "resolved_at": "2025-04-02T09:00:00Z", "sla_met": false,
                                     "context": {"service": "vpn"}})),
    NEW("Half an hour, no SLA", "H3", JSON({"opened_at": "2025-04-01T08:00:00Z", "resolved_at": "2025-04-01T08:30:00Z",
                                            "context": {"service": "mail"}})),
    RESPOND("A factor without happiness", "unrated",
            JSON({"ticket": "H3", "respondent": "q", "csat": 4, "factors": ["slow"], "submitted_at": "2025-04-03T11:00:00Z"})),
};
// clang-format on

// Of the view `hand`: marginals with the names of their dimensions and values.
#define SUM_OF(metric, on, and) \
  "select concat_ws('|', n, sum, sum_squares, bins) from hand where metric_id = " metric " and day = '2025-04-" on "' and label = '' and " and
#define FACTOR_OF(metric, factor) "select n from hand where slot = 0 and metric_id = " metric " and label = '" factor "' and day = '2025-04-03'"

static const struct {
  const char *says, *query, *expected;
} SUMS[] = {
    {"the total", SUM_OF("23", "01", "slot = 0"), "2|9000|55080000|{0,1,1,0,0,0,0,0,0,0}"},
    {"one service", SUM_OF("23", "01", "value = 'vpn'"), "1|7200|51840000|{0,0,1,0,0,0,0,0,0,0}"},
    {"the other one", SUM_OF("23", "01", "value = 'mail'"), "1|1800|3240000|{0,1,0,0,0,0,0,0,0,0}"},
    {"a missing dimension", SUM_OF("23", "01", "name = 'location' and value_id = 0"), "2|9000|55080000|{0,1,1,0,0,0,0,0,0,0}"},
    {"an SLA that is met", SUM_OF("23", "01", "slot = -1 and value_id = 1"), "1|7200|51840000|{0,0,1,0,0,0,0,0,0,0}"},
    {"missed", SUM_OF("23", "02", "slot = -1 and value_id = 2"), "1|86400|7464960000|{0,0,0,0,0,1,0,0,0,0}"},
    {"not known", SUM_OF("23", "01", "slot = -1 and value_id = 0"), "1|1800|3240000|{0,1,0,0,0,0,0,0,0,0}"},
    {"the time to resolve by itself", SUM_OF("20", "01", "slot = -4 and value_id = 1"), "1|1|1|{}"},
    {"the volume on the day of opening", SUM_OF("20", "01", "slot = 0"), "3|3|3|{}"},
    {"the backlog's comings and goings", SUM_OF("21", "01", "slot = 0"), "5|1|5|{}"},
    {"its end", SUM_OF("21", "02", "slot = 0"), "1|-1|1|{}"},
    {"happiness", SUM_OF("1", "03", "slot = 0"), "13|70|510|{1,1,1,1,1,2,1,1,1,1,2}"},
    {"happiness of those whose SLA was met", SUM_OF("1", "03", "slot = -1 and value_id = 1"), "12|65|485|{1,1,1,1,1,1,1,1,1,1,2}"},
    {"answered tickets on the day of resolution", SUM_OF("38", "01", "slot = 0"), "2|2|2|{}"},
    {"and on the next", SUM_OF("38", "02", "slot = 0"), "1|1|1|{}"},
    {"not on the day of the answer", "select count(*) from hand where metric_id = 38 and day > '2025-04-02'", "0"},
    {"whose respondents are nobody's business", "select count(*) from hand where metric_id >= 20 and respondents is not null", "0"},
    {"a factor beside 9 and 10", FACTOR_OF("13", "fast"), "1"},
    {"beside 7 and 8", FACTOR_OF("14", "fast"), "1"},
    {"beside 0 to 6", FACTOR_OF("15", "fast"), "1"},
    {"another one", FACTOR_OF("15", "slow"), "1"},
    {"without a rating", FACTOR_OF("16", "slow"), "1"},
    {"and no factor else", "select count(*) from hand where slot = 0 and label <> ''", "5"},
};

// The ten least of a cell, from the responses.
#define HASH "('x' || substr(encode(respondent, 'hex'), 1, 16))::bit(64)::bigint"
#define TEN_OF_RESPONSES                                                                                                                     \
  "select array_agg(h order by h)::text from (select distinct " HASH " as h from responses where tenant_id = (select tenant_id from tenants" \
  " where slug = 'hand') and happiness is not null order by h limit 10) x"
#define TEN_OF_SUMS "select respondents::text from hand where slot = 0 and metric_id = 1 and day = '2025-04-03'"

// Person `i` answers the ticket with 10 to 0, and 10 again.
static const char *answer_of_crowd(const char *ref, int i, int happiness) {
  static const char *const FACTORS[CROWD] = {[0] = "\"fast\"", [3] = "\"fast\"", [8] = "\"fast\", \"slow\""};
  char body[300];
  (void)snprintf(body, sizeof body,
                 "{\"ticket\": \"%s\", \"respondent\": \"p%d\", \"happiness\": %d, \"lost_minutes\": %d, \"factors\": [%s],"
                 " \"submitted_at\": \"2025-04-03T10:00:00Z\"}",
                 ref, i, happiness, i, strcmp(ref, "H1") == 0 && FACTORS[i] ? FACTORS[i] : "");
  const struct answer *answer = ask("POST", "/v1/responses", body);
  ck_assert_int_eq(answer->status, 201);
  return answer_text(answer, "id");
}

static void withdraw(const char *id) {
  char path[100];
  (void)snprintf(path, sizeof path, "/v1/responses/%s", id);
  ck_assert_int_eq(ask("DELETE", path, NULL)->status, 204);
  drain("hand");
}

START_TEST(sums_what_a_hand_sums) {
  char all[400], least[64], twice[64];
  tenant_make("hand", "UTC");
  STEPS(hand);
  for (int i = 0; i < CROWD; i++)
    (void)answer_of_crowd("H1", i, i <= 10 ? 10 - i : 10);
  (void)snprintf(least, sizeof least, "%s", sql_text("select response_id::text from responses where ref = 'H1' order by " HASH " limit 1"));
  int person = (int)sql_number("select lost_minutes from responses where ref = 'H1' order by " HASH " limit 1");
  (void)snprintf(twice, sizeof twice, "%s", answer_of_crowd("H2", person, 5));
  drain("hand");
  sql_run("create temp view hand as select m.*, d.name, v.value from " FLAT " join tenants t on t.tenant_id = m.tenant_id and t.slug = 'hand'"
          " left join dimensions d on d.tenant_id = m.tenant_id and d.dimension_id = m.slot"
          " left join dimension_values v on v.tenant_id = m.tenant_id and v.value_id = m.value_id and m.slot > 0");
  for (size_t i = 0; i < COUNT_OF(SUMS); i++) {
    const char *found = sql_text(SUMS[i].query);
    ck_assert_msg(found && strcmp(found, SUMS[i].expected) == 0, "%s: %s, not %s", SUMS[i].says, found ? found : "nothing", SUMS[i].expected);
  }
  (void)snprintf(all, sizeof all, "%s", sql_text(TEN_OF_RESPONSES));
  ck_assert_str_eq(sql_text(TEN_OF_SUMS), all);
  withdraw(twice);
  ck_assert_str_eq(sql_text(TEN_OF_SUMS), all);
  withdraw(least);
  ck_assert_str_ne(sql_text(TEN_OF_SUMS), all);
  ck_assert_str_eq(sql_text(TEN_OF_SUMS), sql_text(TEN_OF_RESPONSES));
  ck_assert_int_eq(sql_number("select cardinality(respondents) from hand where slot = 0 and metric_id = 1 and day = '2025-04-03'"), 10);
  verify("hand", "by hand");
}
END_TEST

// --- A dimension comes later ----------------------------------------------------------------------------------------

// clang-format off
#define BY_COMPANY "/v1/experience/breakdown?from=2025-05-01&to=2025-05-31&by=company&metrics=ticket_volume,happiness"
#define LATER(ref) JSON({"opened_at": "2025-05-02T08:00:00Z", "context": {"service": "vpn", "company": "acme"}})

static const struct step earlier[] = {
    NEW("One ticket", "M1", JSON({"opened_at": "2025-05-01T08:00:00Z", "context": {"service": "vpn"}})),
    RESPOND("is answered", "m", JSON({"ticket": "M1", "respondent": "a", "happiness": 9, "submitted_at": "2025-05-01T12:00:00Z"})),
};
static const struct step dimension[] = {
    {.says = "A dimension is registered", .method = "POST", .path = "/v1/dimensions", .headers = "${as}", .body = JSON({"name": "company"}),
     .status = 201},
    {.says = "All that was there is without it", .path = BY_COMPANY, .headers = "${as}\nCache-Control: no-cache", .status = 200,
     .expects = {"rows.length = 1", "rows.0.key = null", "rows.0.metrics.ticket_volume.value = 2", "rows.0.metrics.happiness.n = 1"}},
};
static const struct step later[] = {
    NEW("A new ticket has it", "M3", LATER("M3")),
    PUT("and an older one that is open gets it", "M2", LATER("M2")),
};
static const struct step by_company[] = {
    {.says = "The breakdown tells them apart", .path = BY_COMPANY, .headers = "${as}\nCache-Control: no-cache", .status = 200,
     .expects = {"rows.length = 2", "rows.0.key = acme", "rows.0.metrics.ticket_volume.value = 2", "rows.0.metrics.happiness.n = 0",
                 "rows.1.key = null", "rows.1.metrics.ticket_volume.value = 1", "rows.1.metrics.happiness.n = 1"}},
};
// clang-format on

START_TEST(knows_earlier_tickets_without_a_later_dimension) {
  tenant_make("middle", "UTC");
  STEPS(earlier);
  drain("middle");
  // Folding is held back by a row of its own, because registering a dimension waits for a fold that is under way.
  hold_by("select k.day from marginals k join tenants t using (tenant_id) where t.slug = 'middle' for update of k");
  EXPECT(ask("PUT", "/v1/tickets/M2", "{\"opened_at\": \"2025-05-01T09:00:00Z\", \"context\": {\"service\": \"vpn\"}}"), 201, "(body) present");
  ck_assert_int_eq(sql_number(of_tenant("select count(*) from queue where", "middle")), 1);
  release();
  STEPS(dimension);
  drain("middle");
  steps_run(&dimension[1], 1);
  verify("middle", "registered");
  hold("middle");
  STEPS(later);
  STEPS(by_company);
  verify("middle", "used, not folded");
  drain("middle");
  STEPS(by_company);
  verify("middle", "used");
}
END_TEST

// --- Several daemons, and one that dies -----------------------------------------------------------------------------

static long counter_at(int port, const char *name) {
  struct caller caller;
  struct answer answer = {0};
  const char *why = "";
  char line[100];
  caller_init(&caller, port);
  ck_assert_msg(caller_call(&caller, &(struct call){.method = "GET", .path = "/metrics"}, &answer, &why), "%s", why);
  (void)snprintf(line, sizeof line, "\n%s ", name);
  const char *at = strstr(bytes_text(&answer.body), line);
  ck_assert_ptr_nonnull(at);
  long value = strtol(at + strlen(line), NULL, 10);
  caller_close(&caller);
  answer_release(&answer);
  return value;
}

static void ticket_of_many(void *context, size_t item, struct load_request *asked) {
  (void)context;
  (void)snprintf(asked->path, sizeof asked->path, "/v1/tickets/D-%zu", item % AT_ONCE_TICKETS);
  (void)snprintf(asked->body, sizeof asked->body,
                 "{\"opened_at\": \"2025-06-0%zuT08:00:00Z\", \"resolved_at\": \"2025-06-1%zuT08:00:00Z\", \"context\": {\"service\": \"s%zu\"}}",
                 1 + item % 9, item % 10, item % 7);
}

static void response_of_many(void *context, size_t item, struct load_request *asked) {
  (void)context;
  (void)snprintf(asked->path, sizeof asked->path, "/v1/responses");
  (void)snprintf(
      asked->body, sizeof asked->body,
      "{\"ticket\": \"D-%zu\", \"create\": true, \"respondent\": \"p%zu\", \"happiness\": %zu, \"submitted_at\": \"2025-07-0%zuT08:00:00Z\"}",
      item % AT_ONCE_TICKETS, item, item % 11, 1 + item % 9);
}

START_TEST(folds_the_same_tenant_by_two_daemons) {
  static struct server second;
  struct load tickets, responses;
  char headers[400];
  tenant_make("both", "UTC");
  server_start(&second, house_url(), NULL);
  int first_port = house_port();
  long folded = counter_at(first_port, "xlad_folded_total") + counter_at(second.port, "xlad_folded_total");
  (void)snprintf(headers, sizeof headers, "%s\nContent-Type: application/json", saved("as"));
  struct load_plan plan = {.items = AT_ONCE_ITEMS,
                           .clients = 4,
                           .ports = {first_port, second.port},
                           .ports_count = 2,
                           .method = "PUT",
                           .headers = headers,
                           .make = ticket_of_many,
                           .seconds = 60};
  load_start(&tickets, &plan);
  plan.method = "POST";
  plan.make = response_of_many;
  load_start(&responses, &plan);
  load_finish(&tickets);
  load_finish(&responses);
  ck_assert_uint_eq(load_acknowledged(&tickets), AT_ONCE_ITEMS);
  ck_assert_uint_eq(load_acknowledged(&responses), AT_ONCE_ITEMS);
  verify("both", "while both fold");
  drain("both");
  verify("both", "after both have folded");
  ck_assert_int_eq(sql_number(of_tenant("select sum(n)::bigint from " FLAT " where slot = 0 and metric_id = 11 and", "both")), AT_ONCE_ITEMS);
  // A daemon counts when it hears that its transaction was committed, a little later than others see it.
  long long end = clock_ms() + 5000;
  while (counter_at(first_port, "xlad_folded_total") + counter_at(second.port, "xlad_folded_total") - folded < 2L * AT_ONCE_ITEMS && clock_ms() < end)
    sleep_ms(POLL_MS);
  ck_assert_int_eq(counter_at(first_port, "xlad_folded_total") + counter_at(second.port, "xlad_folded_total") - folded, 2L * AT_ONCE_ITEMS);
  load_release(&tickets);
  load_release(&responses);
  server_stop(&second);
  server_release(&second);
}
END_TEST

// A daemon that starts looks whether anything was left of any tenant: whose data has changed doesn't wait for that.
START_TEST(folds_soon_who_writes_among_many_who_do_not) {
  tenant_make("among", "UTC");
  sql_run("insert into tenants select (jsonb_populate_record(t, jsonb_build_object('tenant_id', gen_random_uuid(), 'slug', 'idle-' || i))).*"
          " from tenants t cross join generate_series(1, 400) i where t.slug = 'among'");
  server_stop(house_server());
  server_start(house_server(), house_url(), NULL);
  EXPECT(ask("PUT", "/v1/tickets/A1", "{\"opened_at\": \"2025-05-01T08:00:00Z\", \"context\": {\"service\": \"vpn\"}}"), 201, "(body) present");
  drain("among");
  sql_run("delete from tenants where slug like 'idle-%'");
}
END_TEST

#define FOLDING "select count(*) from pg_stat_activity where datname = current_database() and query like '%taken as (%' and pid <> pg_backend_pid()"

START_TEST(leaves_nothing_half_done_when_it_is_killed) {
  tenant_make("killed", "UTC");
  EXPECT(ask("PUT", "/v1/tickets/K1", "{\"opened_at\": \"2025-05-01T08:00:00Z\", \"context\": {\"service\": \"vpn\"}}"), 201, "(body) present");
  drain("killed");
  hold_by("select k.day from marginals k join tenants t using (tenant_id) where t.slug = 'killed' for update of k");
  EXPECT(ask("PUT", "/v1/tickets/K1", "{\"opened_at\": \"2025-05-01T09:00:00Z\", \"resolved_at\": \"2025-05-01T10:00:00Z\"}"), 200, "(body) present");
  EXPECT(ask("PUT", "/v1/tickets/K2", "{\"opened_at\": \"2025-05-01T09:00:00Z\", \"resolved_at\": \"2025-05-01T10:00:00Z\"}"), 201, "(body) present");
  long long end = clock_ms() + DRAIN_MS_MAX;
  while (sql_number(FOLDING " and wait_event_type = 'Lock'") == 0) {
    ck_assert_msg(clock_ms() < end, "nobody folds");
    sleep_ms(POLL_MS);
  }
  ck_assert_int_eq(sql_number(of_tenant("select count(*) from queue where", "killed")), 2);
  server_kill(house_server());
  release();
  while (sql_number(FOLDING " and state <> 'idle'") > 0) {
    ck_assert_msg(clock_ms() < end, "its connection stays");
    sleep_ms(POLL_MS);
  }
  verify("killed", "killed");
  server_start(house_server(), house_url(), NULL);
  drain("killed");
  verify("killed", "restarted");
  EXPECT(ask("GET", "/v1/experience?from=2025-05-01&to=2025-05-31", NULL), 200, "metrics.ticket_volume.value = 2", "metrics.backlog.value = 0");
}
END_TEST

// However many rows are too many for one statement.
START_TEST(folds_fewer_when_it_fails) {
  tenant_make("fewer", "UTC");
  hold("fewer");
  for (int i = 0; i < FEWER_TICKETS; i++) {
    char path[40];
    (void)snprintf(path, sizeof path, "/v1/tickets/F%d", i);
    EXPECT(ask("PUT", path, "{\"opened_at\": \"2025-05-01T08:00:00Z\"}"), 201, "(body) present");
  }
  sql_run("create function refuse_many() returns trigger language plpgsql as"
          " $$ begin if (select count(*) from gone) > 300 then raise exception 'too many'; end if; return null; end $$");
  sql_run("create trigger refuse_many after delete on queue referencing old table as gone for each statement execute function refuse_many()");
  drain("fewer");
  sql_run("drop trigger refuse_many on queue");
  verify("fewer", "fewer at once");
  EXPECT(ask("GET", "/v1/experience?from=2025-05-01&to=2025-05-31", NULL), 200, "metrics.ticket_volume.value = 500");
}
END_TEST

// --- Extremes -------------------------------------------------------------------------------------------------------

START_TEST(folds_the_longest_and_the_dearest) {
  tenant_make("extreme", "Pacific/Kiritimati");
  for (int i = 0; i < 3; i++) {
    char path[40];
    (void)snprintf(path, sizeof path, "/v1/tickets/X%d", i);
    EXPECT(ask("PUT", path,
               "{\"opened_at\": \"1970-01-01T00:00:00Z\", \"resolved_at\": \"2025-12-31T23:59:59Z\", \"cost\": \"10000000.00\","
               " \"handle_minutes\": 1000000, \"reassignments\": 10000, \"reopens\": 10000}"),
           201, "(body) present");
  }
  // Later than may be reported: as far as times go, and in the time zone beyond.
  sql_run("update tickets set resolved_at = '9999-12-31 23:59:59+00', updated_at = now() where ref = 'X2'");
  sql_run("insert into queue (tenant_id, ref, ticket) select tenant_id, ref, true from tickets where ref = 'X2'");
  drain("extreme");
  ck_assert_str_eq(
      sql_text(of_tenant("select concat_ws('|', n, sum) from " FLAT " where slot = 0 and metric_id = 35 and day < '2027-01-01' and", "extreme")),
      "2|2000000000");
  ck_assert_str_eq(sql_text(of_tenant("select concat_ws('|', day, n, sum, sum_squares > 9223372036854775807) from " FLAT
                                      " where slot = 0 and metric_id = 23 and day > '2027-01-01' and",
                                      "extreme")),
                   "10000-01-01|1|253402300799|t");
  EXPECT(ask("GET", "/v1/experience?from=2025-12-01&to=2026-01-31", NULL), 200, "metrics.cost_per_ticket.value = 10000000",
         "metrics.handle_time.value = 1000000", "metrics.resolution_time.n = 2");
}
END_TEST

// --- A database from before -----------------------------------------------------------------------------------------

// What was released without folding.
static const char *const RELEASED[] = {"0001_create_tenants.sql", "0002_create_dimensions.sql", "0003_create_tickets.sql",
                                       "0004_create_responses.sql"};

// Two tenants, one with more tickets than are folded at once, one without any dimension.
static const char OLD_ROWS[] =
    "insert into tenants (tenant_id, slug, name, time_zone, respondent_secret) select md5(slug)::uuid, slug, slug, 'Europe/Oslo',"
    " repeat('s', 32)::bytea from unnest(array['large', 'small']) as slug;"
    "insert into dimensions (tenant_id, dimension_id, name) values (md5('large')::uuid, 1, 'service'), (md5('large')::uuid, 2, 'location');"
    "insert into dimension_values (tenant_id, dimension_id, value) select md5('large')::uuid, 2, v from unnest(array['oslo', 'bergen']) as v;"
    "insert into segments select tenant_id, md5(array[null, value_id]::text)::uuid, array[null, value_id] from dimension_values;"
    "insert into segments values (md5('small')::uuid, md5('{}')::uuid, '{}');"
    "insert into tickets (tenant_id, ref, revision, opened_at, resolved_at, sla_met, segment_id, derived, resolution_no)"
    " select s.tenant_id, 'B-' || coalesce(s.value_ids[2], 0) || '-' || i, 1, '2025-05-01 08:00+00', '2025-05-02 08:00+00', i % 3 = 0, s.segment_id,"
    " ticket_derived(i % 3 = 0, null, null, '2025-05-01 08:00+00', '2025-05-02 08:00+00'), 1"
    " from segments s cross join generate_series(1, case when s.tenant_id = md5('large')::uuid then 2100 else 3 end) as i;"
    "insert into tickets (tenant_id, ref, revision, segment_id) values (md5('small')::uuid, 'B-unknown', 1, md5('{}')::uuid);"
    "insert into resolutions select tenant_id, ref, 1, resolved_at, segment_id, derived from tickets where resolution_no = 1;"
    "insert into responses (tenant_id, response_id, ref, resolution_no, respondent, happiness, submitted_at, body_hash)"
    " select tenant_id, md5(ref)::uuid, ref, resolution_no, substr(sha256(ref::bytea), 1, 16), 9, '2025-05-03 08:00+00', sha256('')"
    " from tickets where ref like '%1' or resolution_no = 0";

static void url_make(char url[600], const char *database, const char *user) {
  const char *server = house_cluster()->server_url, *end = strstr(server, "/postgres?"), *as = strstr(server, "user=");
  ck_assert(end != NULL && as != NULL);
  end += strlen("/postgres");
  (void)snprintf(url, 600, "%.*s%s%.*suser=%s", (int)(end - server) - (int)strlen("postgres"), server, database, (int)(as - end), end, user);
}

static void notice_drop(void *context, const char *message) {
  (void)context;
  (void)message;
}

static void sql_at(const char *url, const char *statements) {
  PGconn *connection = PQconnectdb(url);
  (void)PQsetNoticeProcessor(connection, notice_drop, NULL);
  PGresult *result = PQexec(connection, statements);
  ck_assert_msg(PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK, "%s", PQerrorMessage(connection));
  PQclear(result);
  PQfinish(connection);
}

static long number_at(const char *url, const char *query) {
  PGconn *connection = PQconnectdb(url);
  PGresult *result = PQexec(connection, query);
  ck_assert_msg(PQntuples(result) == 1, "%s", PQerrorMessage(connection));
  long number = strtol(PQgetvalue(result, 0, 0), NULL, 10);
  PQclear(result);
  PQfinish(connection);
  return number;
}

// Runs xlad with another database, and keeps what it prints.
static void xlad_at(const char *url, const char *const *arguments, struct bytes *out) {
  char setting[700];
  const char *argv[16] = {binary_path()};
  struct outcome outcome;
  (void)snprintf(setting, sizeof setting, "XLAD_DATABASE_URL=%s", url);
  for (size_t i = 0; arguments[i]; i++)
    argv[i + 1] = arguments[i];
  process_run(&(struct launch){.argv = argv, .settings = (const char *const[]){setting, NULL}}, 60, &outcome);
  ck_assert_msg(outcome.code == 0, "xlad %s: %d: %s%s", arguments[0], outcome.code, bytes_text(&outcome.out), bytes_text(&outcome.err));
  bytes_clear(out);
  bytes_add(out, bytes_text(&outcome.out), strcspn(bytes_text(&outcome.out), "\r\n"));
  outcome_release(&outcome);
}
#define XLAD_AT(url, out, ...) xlad_at(url, (const char *const[]){__VA_ARGS__, NULL}, out)

static void migrations_apply(const char *url) {
  struct bytes sql = {0};
  sql_at(url, "create table schema_migrations (name text primary key, checksum text not null, applied_at timestamptz not null default now())");
  for (size_t i = 0; i < COUNT_OF(RELEASED); i++) {
    char path[100];
    struct bytes noted = {0};
    (void)snprintf(path, sizeof path, "migrations/%s", RELEASED[i]);
    bytes_clear(&sql);
    bytes_read_file(&sql, path);
    sql_at(url, bytes_text(&sql));
    bytes_format(&noted, "insert into schema_migrations select '%s', encode(sha256(convert_to($sql$%s$sql$, 'utf8')), 'hex')", RELEASED[i],
                 bytes_text(&sql));
    sql_at(url, bytes_text(&noted));
    bytes_release(&noted);
  }
  bytes_release(&sql);
}

static void figure_expect(int port, const char *key, const char *path, const char *const *expectations) {
  struct caller caller;
  struct answer answer = {0};
  const char *why = "";
  char headers[400];
  caller_init(&caller, port);
  (void)snprintf(headers, sizeof headers, "Authorization: Bearer %s\nCache-Control: no-cache", key);
  ck_assert_msg(caller_call(&caller, &(struct call){.method = "GET", .path = path, .headers = headers}, &answer, &why), "%s", why);
  answer_expect(&answer, 200, expectations);
  caller_close(&caller);
  answer_release(&answer);
}

#define OLD_VIEW "/v1/experience?from=2025-05-01&to=2025-05-31"

static void old_figures_expect(int port, const char *large, const char *small) {
  figure_expect(port, large, OLD_VIEW,
                (const char *const[]){"metrics.ticket_volume.value = 4200", "metrics.sla_met.n = 4200", "metrics.happiness.n = 420",
                                      "response_rate.ticket_response_share.value = 10", NULL});
  figure_expect(port, large, OLD_VIEW "&scope=location:oslo", (const char *const[]){"metrics.ticket_volume.value = 2100", NULL});
  figure_expect(port, large, OLD_VIEW "&scope=location:oslo;sla:met", (const char *const[]){"metrics.ticket_volume.value = 700", NULL});
  figure_expect(port, small, OLD_VIEW, (const char *const[]){"metrics.ticket_volume.value = 3", "metrics.happiness.n = 2", NULL});
}

START_TEST(measures_what_a_database_has_from_before) {
  static struct server old;
  char url[600], statement[300];
  struct bytes large = {0}, small = {0}, said = {0};
  char owner[100], database[100];
  (void)snprintf(owner, sizeof owner, "%s_owner", house_cluster()->database);
  (void)snprintf(database, sizeof database, "%s_before", house_cluster()->database);
  (void)snprintf(statement, sizeof statement, "create role %s login createrole", owner);
  sql_run(statement);
  (void)snprintf(statement, sizeof statement, "create database %s owner %s", database, owner);
  sql_run(statement);
  url_make(url, database, owner);
  migrations_apply(url);
  char above[600];
  url_make(above, database, "xlad");
  sql_at(above, OLD_ROWS);
  XLAD_AT(url, &said, "migrate");
  sql_at(url, GROUPS_OF_ONE);
  ck_assert_int_eq(number_at(above, "select count(*) from queue"), 4204);
  XLAD_AT(url, &large, "key", "create", "--tenant", "large", "--role", "dashboard");
  XLAD_AT(url, &small, "key", "create", "--tenant", "small", "--role", "dashboard");
  XLAD_AT(url, &said, "verify");
  server_start(&old, url, NULL);
  old_figures_expect(old.port, bytes_text(&large), bytes_text(&small));
  long long end = clock_ms() + DRAIN_MS_MAX;
  while (number_at(above, "select count(*) from queue") > 0) {
    ck_assert_msg(clock_ms() < end, "the queue does not become empty");
    sleep_ms(POLL_MS);
  }
  ck_assert_int_eq(number_at(above, "select count(*) from measurements"), 4200 + 420 + 3 + 2);
  old_figures_expect(old.port, bytes_text(&large), bytes_text(&small));
  XLAD_AT(url, &said, "verify");
  server_stop(&old);
  server_release(&old);
  (void)snprintf(statement, sizeof statement, "drop database %s with (force)", database);
  sql_run(statement);
  (void)snprintf(statement, sizeof statement, "drop role %s", owner);
  sql_run(statement);
  bytes_release(&large);
  bytes_release(&small);
  bytes_release(&said);
}
END_TEST

int main(void) {
  house_start(NULL);
  Suite *suite = suite_create("fold");
  TCase *cases = tcase_create("fold");
  tcase_add_test(cases, answers_the_same_before_and_after_folding);
  tcase_add_test(cases, folds_at_once_what_it_folds_step_by_step);
  tcase_add_test(cases, sums_what_a_hand_sums);
  tcase_add_test(cases, knows_earlier_tickets_without_a_later_dimension);
  tcase_add_test(cases, folds_the_same_tenant_by_two_daemons);
  tcase_add_test(cases, folds_soon_who_writes_among_many_who_do_not);
  tcase_add_test(cases, leaves_nothing_half_done_when_it_is_killed);
  tcase_add_test(cases, folds_fewer_when_it_fails);
  tcase_add_test(cases, folds_the_longest_and_the_dearest);
  tcase_add_test(cases, measures_what_a_database_has_from_before);
  suite_add_tcase(suite, cases);
  return house_run(suite);
}

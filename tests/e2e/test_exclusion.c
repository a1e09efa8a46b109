// Exclusions: figures without an excluded response are those of a world where it was never given, and readmitting it restores them exactly.
#include "harness/harness.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DRAIN_MS_MAX = 30000, POLL_MS = 20, NEWS_POLLS = 25 };

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

// --- Worlds ---------------------------------------------------------------------------------------------------------

// A tenant, and how its administrator asks.
struct world {
  const char *slug;
  char as[300];
};

static void world_make(struct world *world, const char *slug) {
  char statement[200];
  world->slug = slug;
  (void)cli_text("tenant", "create", slug, "--name", slug, "--time-zone", "Europe/Oslo");
  // So that the same people have the same hashes in each.
  (void)snprintf(statement, sizeof statement, "update tenants set respondent_secret = repeat('s', 32)::bytea where slug = '%s'", slug);
  sql_run(statement);
  (void)snprintf(world->as, sizeof world->as, "Authorization: Bearer %s\nCache-Control: no-cache",
                 cli_text("key", "create", "--tenant", slug, "--role", "admin"));
}

static const struct answer *ask(const struct world *world, const char *method, const char *path, const char *body) {
  return request(NO_KEY, method, path, world->as, body);
}

// `query` ends where the tenant is missing; valid until eight more calls.
static const char *of_world(const char *query, const struct world *world) {
  static char texts[8][2000];
  static size_t turn;
  char *text = texts[turn++ % COUNT_OF(texts)];
  (void)snprintf(text, sizeof texts[0], "%s tenant_id = (select tenant_id from tenants where slug = '%s')", query, world->slug);
  return text;
}

static PGconn *holder;

// From here on what is written stays in the queue.
static void hold(const struct world *world) {
  char lock[300];
  (void)snprintf(lock, sizeof lock, "%s for update", of_world("select tenant_id from folds where", world));
  holder = PQconnectdb(house_url());
  PQclear(PQexec(holder, "begin"));
  PGresult *result = PQexec(holder, lock);
  ck_assert_msg(PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1, "%s: %s", lock, PQerrorMessage(holder));
  PQclear(result);
}

// Lets everything be folded.
static void drain(const struct world *world) {
  if (holder) PQfinish(holder);
  holder = NULL;
  long long end = clock_ms() + DRAIN_MS_MAX;
  for (int i = 0; sql_number(of_world("select count(*) from queue where", world)) > 0; i++) {
    if (i % NEWS_POLLS == 0) (void)sql_text(of_world("select pg_notify('xlad_changes', 'test ' || tenant_id)::text from tenants where", world));
    ck_assert_msg(clock_ms() < end, "the queue of %s does not become empty", world->slug);
    sleep_ms(POLL_MS);
  }
}

static void verify(const struct world *world, const char *when) {
  const struct outcome *outcome = cli("verify", "--tenant", world->slug);
  ck_assert_msg(outcome->code == 0, "%s: %s%s", when, bytes_text(&outcome->out), bytes_text(&outcome->err));
}

// --- What happened --------------------------------------------------------------------------------------------------

// clang-format off
#define JSON(...) #__VA_ARGS__

static const struct {
  const char *ref, *body;
} TICKETS[] = {
    {"T1", JSON({"opened_at": "2025-03-10T08:00:00Z", "resolved_at": "2025-03-11T08:00:00Z", "sla_met": true,
                 "context": {"service": "vpn", "location": "oslo"}})},
    {"T2", JSON({"opened_at": "2025-03-12T08:00:00Z", "resolved_at": "2025-03-12T09:00:00Z", "sla_met": false, "reassignments": 2,
                 "context": {"service": "vpn", "location": "bergen"}})},
    // Opened and resolved before the window, and answered within.
    {"T3", JSON({"opened_at": "2025-02-03T08:00:00Z", "resolved_at": "2025-02-04T08:00:00Z", "sla_met": true, "context": {"service": "print"}})},
    {"T4", JSON({"opened_at": "2025-03-13T08:00:00Z", "context": {"service": "mail", "location": "oslo"}})},
};

static const struct {
  const char *name, *body;
  bool excluded;
} RESPONSES[] = {
    {"first", JSON({"ticket": "T1", "respondent": "anna", "happiness": 2, "lost_minutes": 9000, "csat": 1, "factors": ["slow", "rude"],
                    "submitted_at": "2025-03-11T09:00:00Z"}), true},
    {"other", JSON({"ticket": "T1", "respondent": "bob", "happiness": 9, "lost_minutes": 15, "factors": ["slow", "fast"],
                    "submitted_at": "2025-03-11T10:00:00Z"}), false},
    {"again", JSON({"ticket": "T2", "respondent": "bob", "happiness": 7, "nps": 4, "submitted_at": "2025-03-11T11:00:00Z"}), false},
    {"only", JSON({"ticket": "T2", "respondent": "anna", "happiness": 10, "ces": 7, "submitted_at": "2025-03-12T10:00:00Z"}), true},
    {"alone", JSON({"ticket": "T3", "respondent": "carl", "happiness": 8, "lost_minutes": 0, "factors": ["fast"],
                    "submitted_at": "2025-03-20T10:00:00Z"}), true},
    {"silent", JSON({"ticket": "T3", "respondent": "dora", "comment": "none", "submitted_at": "2025-03-21T10:00:00Z"}), true},
    {"early", JSON({"ticket": "T4", "happiness": 6, "factors": ["late"], "submitted_at": "2025-03-13T10:00:00Z"}), false},
    {"unrated", JSON({"ticket": "T4", "respondent": "emil", "csat": 4, "expectation": 1, "factors": ["late"],
                      "submitted_at": "2025-03-13T11:00:00Z"}), true},
    // Of a ticket that nothing else is known of: no group has anything but it.
    {"orphan", JSON({"ticket": "T5", "create": true, "respondent": "fay", "happiness": 5, "submitted_at": "2025-03-23T10:00:00Z"}), true},
};

#define MARCH "from=2025-03-10&to=2025-03-31"

static const char *const VIEWS[] = {
    "/v1/experience?" MARCH,
    "/v1/experience?" MARCH "&compare=previous&scope=service:vpn",
    "/v1/experience?from=2025-04-01&to=2025-04-22&compare=previous",
    "/v1/experience?" MARCH "&scope=sla:missed",
    "/v1/experience?" MARCH "&scope=service:print",
    "/v1/experience?" MARCH "&scope=service:vpn,mail;location:oslo",
    "/v1/experience/breakdown?" MARCH "&by=service",
    "/v1/experience/breakdown?" MARCH "&by=service&metrics=happiness",
    "/v1/experience/breakdown?" MARCH "&by=location&scope=service:vpn",
    "/v1/experience/breakdown?" MARCH "&by=sla&compare=previous",
    "/v1/experience/trend?" MARCH "&interval=day",
    "/v1/experience/trend?" MARCH "&interval=day&metrics=backlog",
    "/v1/experience/trend?from=2025-02-01&to=2025-03-31&interval=week&scope=service:print;sla:met&compare=previous",
    "/v1/experience/trend?from=2025-01-01&to=2025-04-30&interval=month",
    "/v1/experience/distribution?" MARCH,
};
// clang-format on

enum { EXCLUDED = 6, EXCLUDED_VPN = 2 };

// All that happened, or all but what is excluded. Ids of responses are remembered as ${name}.
static void world_fill(const struct world *world, bool all) {
  for (size_t i = 0; i < COUNT_OF(TICKETS); i++) {
    char path[40];
    (void)snprintf(path, sizeof path, "/v1/tickets/%s", TICKETS[i].ref);
    EXPECT(ask(world, "PUT", path, TICKETS[i].body), 201, "(body) present");
  }
  for (size_t i = 0; i < COUNT_OF(RESPONSES); i++) {
    if (!all && RESPONSES[i].excluded) continue;
    const struct answer *answer = ask(world, "POST", "/v1/responses", RESPONSES[i].body);
    ck_assert_int_eq(answer->status, 201);
    if (all) steps_set(RESPONSES[i].name, answer_text(answer, "id"));
  }
}

static const struct answer *exclude(const struct world *world, const char *name, const char *reason) {
  char path[100], body[700];
  (void)snprintf(path, sizeof path, "/v1/responses/%s/exclusion", saved(name));
  (void)snprintf(body, sizeof body, "{\"reason\": \"%s\"}", reason);
  return ask(world, "POST", path, body);
}

static const struct answer *readmit(const struct world *world, const char *name) {
  char path[100];
  (void)snprintf(path, sizeof path, "/v1/responses/%s/exclusion", saved(name));
  return ask(world, "DELETE", path, NULL);
}

// --- Figures --------------------------------------------------------------------------------------------------------

// An answer but for the time it was made and what it says of exclusions, whose number goes to *exclusions.
static void view_read(const struct world *world, const char *path, struct bytes *text, long *exclusions) {
  const struct answer *answer = ask(world, "GET", path, NULL);
  ck_assert_msg(answer->status == 200, "%s: %d", path, answer->status);
  const char *body = bytes_text(&answer->body), *as_of = strstr(body, "\"as_of\":"), *count = strstr(body, "\"exclusions\":");
  const char *with = strstr(body, "\"with_excluded\":");
  ck_assert(as_of != NULL && count != NULL && with != NULL);
  bytes_clear(text);
  bytes_add(text, body, (size_t)(as_of - body));
  const char *rate = strchr(as_of, ',');
  bytes_add(text, rate, (size_t)(count - rate));
  bytes_add_text(text, strchr(with, ','));
  *exclusions = strtol(strchr(count, ':') + 1, NULL, 10);
}

static void texts_compare(const char *says, const char *what, const char *is, const char *wanted) {
  size_t same = 0;
  while (is[same] && is[same] == wanted[same])
    same++;
  size_t from = same < 60 ? 0 : same - 60;
  ck_assert_msg(is[same] == wanted[same], "%s: %s is\n%.200s\ninstead of\n%.200s", says, what, is + from, wanted + from);
}

static void views_compare(const char *says, const struct world *world, const struct bytes *wanted) {
  struct bytes text = {0};
  long exclusions;
  for (size_t i = 0; i < COUNT_OF(VIEWS); i++) {
    view_read(world, VIEWS[i], &text, &exclusions);
    texts_compare(says, VIEWS[i], bytes_text(&text), bytes_text(&wanted[i]));
  }
  bytes_release(&text);
}

// What there would be if nothing was excluded.
static void views_compare_with(const char *says, const struct world *world, const struct bytes *wanted) {
  struct bytes text = {0};
  char path[300];
  long exclusions;
  for (size_t i = 0; i < COUNT_OF(VIEWS); i++) {
    (void)snprintf(path, sizeof path, "%s&with_excluded=true", VIEWS[i]);
    view_read(world, path, &text, &exclusions);
    texts_compare(says, path, bytes_text(&text), bytes_text(&wanted[i]));
  }
  bytes_release(&text);
}

static void views_keep(const struct world *world, struct bytes *texts) {
  long exclusions;
  for (size_t i = 0; i < COUNT_OF(VIEWS); i++) {
    view_read(world, VIEWS[i], &texts[i], &exclusions);
    ck_assert_int_eq(exclusions, 0);
  }
}

static void exclusions_expect(const struct world *world, const char *view, long wanted) {
  struct bytes text = {0};
  long exclusions;
  view_read(world, view, &text, &exclusions);
  ck_assert_msg(exclusions == wanted, "%s: %ld exclusions instead of %ld", view, exclusions, wanted);
  bytes_release(&text);
}

// One sum a row. Ids of values are the database's, so names stand for them.
#define FLAT                                                                                                                      \
  "(select k.tenant_id, coalesce(d.name, k.slot::text) as slot, coalesce(v.value, k.value_id::text) as value, k.day, i.*"         \
  " from marginals k cross join unnest(k.sums) i left join dimensions d on d.tenant_id = k.tenant_id and d.dimension_id = k.slot" \
  " left join dimension_values v on v.tenant_id = k.tenant_id and v.value_id = k.value_id and k.slot > 0) m"
#define LINES_OF(columns, rest) "select string_agg(line, e'\\n' order by line) from (select concat_ws(' ', " columns ") as line, tenant_id from " rest
#define SUMS_WITHOUT            LINES_OF("slot, value, day, metric_id, label, n, sum, sum_squares, bins, respondents", FLAT " where metric_id < 100) x where")
// With the excluded ones, whether there are any or not.
#define SUMS_WITH                                                                          \
  LINES_OF("slot, value, day, metric_id % 100, label, sum(n), sum(sum), sum(sum_squares)", \
           FLAT " where metric_id < 200 group by tenant_id, slot, value, day, metric_id % 100, label) x where")
#define BINS_WITH                                                                                 \
  LINES_OF("slot, value, day, metric_id % 100, label, bin, sum(count)",                           \
           FLAT " cross join unnest(bins) with ordinality as b(count, bin) where metric_id < 200" \
                " group by tenant_id, slot, value, day, metric_id % 100, label, bin) x where")
#define RESPONDENTS_WITH                                                                                                    \
  LINES_OF("slot, value, day, metric_id % 100, label, r", FLAT " cross join unnest(respondents) as r where metric_id < 200" \
                                                               " group by tenant_id, slot, value, day, metric_id % 100, label, r) x where")

static const char *const WITH[] = {SUMS_WITH, BINS_WITH, RESPONDENTS_WITH};

static void texts_keep(struct bytes *text, const char *query, const struct world *world) {
  const char *found = sql_text(of_world(query, world));
  ck_assert_ptr_nonnull(found);
  bytes_clear(text);
  bytes_add_text(text, found);
}

static void exclude_all(const struct world *world) {
  for (size_t i = 0; i < COUNT_OF(RESPONSES); i++)
    if (RESPONSES[i].excluded) EXPECT(exclude(world, RESPONSES[i].name, "A test"), 201, "reason = A test");
}

static void readmit_all(const struct world *world) {
  for (size_t i = 0; i < COUNT_OF(RESPONSES); i++)
    if (RESPONSES[i].excluded) EXPECT(readmit(world, RESPONSES[i].name), 204, "(body) = \"\"");
}

static void amend(const struct world *world, const char *name, const char *body) {
  char path[100];
  (void)snprintf(path, sizeof path, "/v1/responses/%s", saved(name));
  EXPECT(ask(world, "PATCH", path, body), 200, "exclusion.reason = A test");
}

START_TEST(counts_as_if_it_had_never_been_given) {
  static struct world whole, less;
  static struct bytes before[COUNT_OF(VIEWS)], wanted[COUNT_OF(VIEWS)], with[COUNT_OF(WITH)], sums, sums_before;
  world_make(&whole, "whole");
  world_make(&less, "less");
  world_fill(&whole, true);
  world_fill(&less, false);
  drain(&whole);
  drain(&less);
  views_keep(&whole, before);
  views_keep(&less, wanted);
  for (size_t i = 0; i < COUNT_OF(WITH); i++)
    texts_keep(&with[i], WITH[i], &whole);
  texts_keep(&sums_before, SUMS_WITHOUT, &whole);
  texts_keep(&sums, SUMS_WITHOUT, &less);

  hold(&whole);
  exclude_all(&whole);
  ck_assert_int_eq(sql_number(of_world("select count(*) from queue where", &whole)), EXCLUDED);
  views_compare("excluded and queued", &whole, wanted);
  views_compare_with("excluded and queued", &whole, before);
  verify(&whole, "excluded and queued");
  exclusions_expect(&whole, VIEWS[0], EXCLUDED);
  exclusions_expect(&whole, VIEWS[1], EXCLUDED_VPN);
  exclusions_expect(&whole, VIEWS[2], 0);
  exclusions_expect(&whole, "/v1/experience/breakdown?" MARCH "&by=location&scope=service:vpn", EXCLUDED_VPN);
  drain(&whole);
  views_compare("excluded and folded", &whole, wanted);
  views_compare_with("excluded and folded", &whole, before);
  verify(&whole, "excluded and folded");
  texts_compare("excluded", "a sum without", sql_text(of_world(SUMS_WITHOUT, &whole)), bytes_text(&sums));
  for (size_t i = 0; i < COUNT_OF(WITH); i++)
    texts_compare("excluded", "a sum with", sql_text(of_world(WITH[i], &whole)), bytes_text(&with[i]));
  exclusions_expect(&whole, VIEWS[0], EXCLUDED);
  exclusions_expect(&whole, VIEWS[1], EXCLUDED_VPN);
  exclusions_expect(&whole, VIEWS[5], 2);
  exclusions_expect(&whole, "/v1/experience/breakdown?" MARCH "&by=service", EXCLUDED);
  exclusions_expect(&whole, "/v1/experience/trend?" MARCH "&interval=day", EXCLUDED);

  // Amended it stays excluded.
  amend(&whole, "first", "{\"happiness\": 10, \"factors\": [\"kind\"]}");
  views_compare("amended and excluded", &whole, wanted);
  drain(&whole);
  verify(&whole, "amended and excluded");
  amend(&whole, "first", "{\"happiness\": 2, \"factors\": [\"slow\", \"rude\"]}");

  hold(&whole);
  readmit_all(&whole);
  views_compare("readmitted and queued", &whole, before);
  drain(&whole);
  views_compare("readmitted and folded", &whole, before);
  exclusions_expect(&whole, VIEWS[0], 0);
  texts_compare("readmitted", "a sum", sql_text(of_world(SUMS_WITHOUT, &whole)), bytes_text(&sums_before));
  ck_assert_int_eq(sql_number(of_world("select count(*) from " FLAT " where metric_id between 100 and 199 and", &whole)), 0);
  verify(&whole, "readmitted");

  // Neither excluding nor folding before decides what the end is.
  hold(&whole);
  exclude_all(&whole);
  readmit_all(&whole);
  views_compare("excluded and readmitted at once", &whole, before);
  drain(&whole);
  texts_compare("excluded and readmitted at once", "a sum", sql_text(of_world(SUMS_WITHOUT, &whole)), bytes_text(&sums_before));

  for (size_t i = 0; i < COUNT_OF(VIEWS); i++) {
    bytes_release(&before[i]);
    bytes_release(&wanted[i]);
  }
  for (size_t i = 0; i < COUNT_OF(WITH); i++)
    bytes_release(&with[i]);
  bytes_release(&sums);
  bytes_release(&sums_before);
}
END_TEST

// --- A story --------------------------------------------------------------------------------------------------------

#define OF_TICKET "from=2025-05-01&to=2025-05-31&scope=service:exclusion"
#define READ(sentence, ...)                                                                                            \
  {                                                                                                                    \
    .says = sentence, .key = DASHBOARD, .path = "/v1/experience?" OF_TICKET, .status = 200, .expects = { __VA_ARGS__ } \
  }

// clang-format off
#define RESPOND(sentence, name, json) \
  {.says = sentence, .key = PORTAL, .method = "POST", .path = "/v1/responses", .body = json, .status = 201, .expects = {"exclusion absent"}, \
   .saves = {name " <- id"}}
#define EXCLUDE(sentence, as, id, code, json, ...) \
  {.says = sentence, .key = as, .method = "POST", .path = "/v1/responses/" id "/exclusion", .body = json, .status = code, .expects = {__VA_ARGS__}}
#define READMIT(sentence, as, id, code) \
  {.says = sentence, .key = as, .method = "DELETE", .path = "/v1/responses/" id "/exclusion", .status = code}
#define LISTED(sentence, query, ...) \
  {.says = sentence, .key = ADMIN, .path = "/v1/responses?ticket=EX-1" query, .status = 200, .expects = {__VA_ARGS__}}
#define NOBODY "018f0000-0000-7000-8000-000000000000"
#define BOTH_COUNT "metrics.happiness.value = 0", "metrics.happiness.n = 2", "response_rate.uninvited = 2", \
  "response_rate.ticket_response_share.value = 100", "exclusions = 0"
#define ONE_COUNTS "metrics.happiness.value = 100", "metrics.happiness.n = 1", "response_rate.uninvited = 1", \
  "response_rate.ticket_response_share.value = 100", "exclusions = 1"
#define NONE_COUNTS "metrics.happiness.value = null", "metrics.happiness.n = 0", "response_rate.uninvited = 0", \
  "response_rate.ticket_response_share.value = 0", "response_rate.ticket_response_share.n = 1", "exclusions = 2"

static const struct step given[] = {
    {.says = "A ticket", .key = PORTAL, .method = "PUT", .path = "/v1/tickets/EX-1", .status = 201,
     .body = JSON({"opened_at": "2025-05-05T08:00:00Z", "resolved_at": "2025-05-05T09:00:00Z", "context": {"service": "exclusion"}})},
    RESPOND("is rated badly", "bad", JSON({"ticket": "EX-1", "respondent": "anna", "happiness": 1, "submitted_at": "2025-05-05T10:00:00Z"})),
    RESPOND("and well", "good", JSON({"ticket": "EX-1", "respondent": "bob", "happiness": 9, "submitted_at": "2025-05-05T11:00:00Z"})),
    READ("Both count", BOTH_COUNT),
    LISTED("and none is excluded", "", "items.length = 2", "items.0.exclusion = null", "items.1.exclusion = null"),
};

static const struct step refused[] = {
    EXCLUDE("A portal excludes nothing", PORTAL, "${bad}", 403, JSON({"reason": "x"}), "status = 403"),
    EXCLUDE("nor does a dashboard", DASHBOARD, "${bad}", 403, JSON({"reason": "x"}), "status = 403"),
    EXCLUDE("A reason is needed", ADMIN, "${bad}", 422, JSON({}), "errors.0.pointer = /reason", "errors.0.rule = required"),
    EXCLUDE("that says something", ADMIN, "${bad}", 422, JSON({"reason": " "}), "errors.0.pointer = /reason", "errors.0.rule = required"),
    EXCLUDE("and a response that exists", ADMIN, NOBODY, 404, JSON({"reason": "x"}), "status = 404"),
    EXCLUDE("with an id", ADMIN, "bad", 404, JSON({"reason": "x"}), "errors.0.rule = format"),
    READMIT("What is not excluded can't be readmitted", ADMIN, "${bad}", 404),
    READMIT("nor what is not there", ADMIN, NOBODY, 404),
    READMIT("and not by a portal", PORTAL, "${bad}", 403),
    READ("What was refused has changed nothing", BOTH_COUNT),
};

static const struct step excluded[] = {
    EXCLUDE("The administrator excludes one", ADMIN, "${bad}", 201, JSON({"reason": "Sent by a test"}), "reason = Sent by a test", "at = ~^20",
            "by = ~^[0-9a-f]{16}$"),
    READ("which no longer counts", ONE_COUNTS),
    {.says = "and says why", .key = ADMIN, .path = "/v1/responses/${bad}", .status = 200,
     .expects = {"happiness = 1", "exclusion.reason = Sent by a test", "exclusion.at = ~^20", "exclusion.by = ~^[0-9a-f]{16}$"}},
    EXCLUDE("The same again changes nothing", ADMIN, "${bad}", 200, JSON({"reason": "Sent by a test"}), "reason = Sent by a test"),
    EXCLUDE("Another reason is refused", ADMIN, "${bad}", 409, JSON({"reason": "Rude"}), "errors.0.pointer = /reason",
            "errors.0.detail = ~DELETE /v1/responses/${bad}/exclusion first"),
    LISTED("The list tells them apart", "", "items.length = 2", "items.0.exclusion = null", "items.1.exclusion.reason = Sent by a test"),
    LISTED("gives the excluded", "&excluded=true", "items.length = 1", "items.0.id = ${bad}"),
    LISTED("or the others", "&excluded=false", "items.length = 1", "items.0.id = ${good}"),
    LISTED("page by page", "&excluded=true&limit=1", "items.length = 1", "next = null"),
    {.says = "What the portal sends again is answered as ever, without a word of it", .key = PORTAL, .method = "POST", .path = "/v1/responses",
     .body = JSON({"ticket": "EX-1", "respondent": "anna", "happiness": 1, "submitted_at": "2025-05-05T10:00:00Z"}), .status = 200,
     .expects = {"id = ${bad}", "exclusion absent"}},
    {.says = "as is what it amends", .key = PORTAL, .method = "PATCH", .path = "/v1/responses/${bad}", .body = JSON({"happiness": 9}), .status = 200,
     .expects = {"happiness = 9", "exclusion absent"}},
    READ("which counts as little", ONE_COUNTS),
    {.says = "and is amended back", .key = ADMIN, .method = "PATCH", .path = "/v1/responses/${bad}", .body = JSON({"happiness": 1}), .status = 200,
     .expects = {"exclusion.reason = Sent by a test"}},
    EXCLUDE("The other one too", ADMIN, "${good}", 201, JSON({"reason": "Sent by a test"}), "reason = Sent by a test"),
    READ("and nobody has answered the ticket", NONE_COUNTS),
};

static const struct step readmitted[] = {
    READMIT("It is readmitted", ADMIN, "${good}", 204),
    READ("and counts", ONE_COUNTS),
    READMIT("The other too", ADMIN, "${bad}", 204),
    READ("as before", BOTH_COUNT),
    READMIT("only once", ADMIN, "${bad}", 404),
    EXCLUDE("Then another reason may be given", ADMIN, "${bad}", 201, JSON({"reason": "Rude"}), "reason = Rude"),
    READ("It does not count", ONE_COUNTS),
    {.says = "Withdrawn it takes its exclusion along", .key = ADMIN, .method = "DELETE", .path = "/v1/responses/${bad}", .status = 204},
    READ("which counts as none any more", "metrics.happiness.n = 1", "exclusions = 0"),
    LISTED("and is not in the list", "&excluded=true", "items = []"),
    READMIT("nor can it be readmitted", ADMIN, "${bad}", 404),
};
// clang-format on

// Everything that a refusal could have left.
static const char *const ROWS_OF_TABLES =
    "select concat_ws(' ', (select count(*) from responses where excluded_at is not null), (select count(*) from audit),"
    " (select count(*) from posts), (select last_value from queue_ids))";

// What the audit trail says of a response: what was done, by a key, with what detail.
static const char *trail(const char *name, const char *action) {
  char query[400];
  (void)snprintf(query, sizeof query,
                 "select string_agg(coalesce(detail->>'reason', '-'), ' ' order by at) from audit where subject = '%s' and action = '%s'"
                 " and actor ~ '^[0-9a-f]{16}$'",
                 saved(name), action);
  const char *text = sql_text(query);
  return text ? text : "";
}

START_TEST(excludes_with_a_reason_and_readmits) {
  char rows[200];
  STEPS(given);
  (void)snprintf(rows, sizeof rows, "%s", sql_text(ROWS_OF_TABLES));
  STEPS(refused);
  ck_assert_str_eq(sql_text(ROWS_OF_TABLES), rows);
  STEPS(excluded);
  ck_assert_str_eq(trail("bad", "response.exclude"), "Sent by a test");
  ck_assert_str_eq(trail("bad", "response.readmit"), "");
  STEPS(readmitted);
  ck_assert_str_eq(trail("bad", "response.exclude"), "Sent by a test Rude");
  ck_assert_str_eq(trail("bad", "response.readmit"), "-");
  ck_assert_str_eq(trail("good", "response.exclude"), "Sent by a test");
  ck_assert_str_eq(trail("bad", "response.withdraw"), "-");
  ck_assert_int_eq(cli("verify", "--tenant", "acme")->code, 0);
}
END_TEST

// --- Reading --------------------------------------------------------------------------------------------------------

static long counter_of(const char *name) {
  char line[100];
  const char *text = bytes_text(&request(NO_KEY, "GET", "/metrics", NULL, NULL)->body);
  (void)snprintf(line, sizeof line, "\n%s ", name);
  const char *at = strstr(text, line);
  ck_assert_ptr_nonnull(at);
  return strtol(at + strlen(line), NULL, 10);
}

// What the audit trail says of readers since the test began: who, what, and details, in order.
#define READERS                                                                                                           \
  "select coalesce(string_agg(concat_ws(' ', action, subject, detail::text), '; ' order by at, audit_id), '') from audit" \
  " where action in ('response.read', 'response.list') and at > '%s' and actor = '%.16s'"

static void readers_expect(const char *since, const char *wanted) {
  char query[500];
  (void)snprintf(query, sizeof query, READERS, since, house_key(ADMIN) + strlen("xlad_"));
  ck_assert_str_eq(sql_text(query), wanted);
}

// clang-format off
static const struct step read_by_none[] = {
    {.says = "A dashboard reads no response", .key = DASHBOARD, .path = "/v1/responses/${good}", .status = 403},
    {.says = "nor a list", .key = DASHBOARD, .path = "/v1/responses", .status = 403},
    {.says = "What is not there", .key = ADMIN, .path = "/v1/responses/" NOBODY, .status = 404},
    {.says = "or asked wrongly is not read", .key = ADMIN, .path = "/v1/responses?limit=0", .status = 422},
    {.says = "nor by a choice that there isn't", .key = ADMIN, .path = "/v1/responses?excluded=maybe", .status = 422},
};
static const struct step read_once[] = {
    {.says = "One that is there is", .key = ADMIN, .path = "/v1/responses/${good}", .status = 200, .saves = {"tag <- header ETag"}},
};
static const struct step read_more[] = {
    {.says = "What is confirmed was read", .key = ADMIN, .path = "/v1/responses/${good}", .headers = "If-None-Match: ${tag}", .status = 304},
    {.says = "A list too", .key = ADMIN, .path = "/v1/responses?ticket=EX-1&from=2025-05-01&to=2025-05-31&excluded=false&limit=1", .status = 200,
     .expects = {"items.length = 1"}},
    {.says = "also an empty one", .key = ADMIN, .path = "/v1/responses?ticket=EX-0", .status = 200, .expects = {"items = []"}},
};
static const struct step read_pages[] = {
    {.says = "A page", .key = ADMIN, .path = "/v1/responses?from=2025-05-05&to=2025-05-05&limit=1", .status = 200,
     .saves = {"page <- next", "id <- items.0.id", "at <- items.0.submitted_at"}},
    {.says = "and the next", .key = ADMIN, .path = "/v1/responses?from=2025-05-05&to=2025-05-05&limit=1&cursor=${page}", .status = 200},
};
// clang-format on

START_TEST(audits_each_read_of_responses) {
  char since[64], wanted[600];
  EXPECT(request(PORTAL, "POST", "/v1/responses", NULL,
                 "{\"ticket\": \"EX-1\", \"respondent\": \"carl\", \"comment\": \"none\", \"submitted_at\": \"2025-05-05T09:30:00Z\"}"),
         201, "(body) present");
  EXPECT(request(DASHBOARD, "GET", "/v1/experience?" OF_TICKET, NULL, NULL), 200, "exclusions present");
  long misses = counter_of("xlad_cache_misses_total");
  (void)snprintf(since, sizeof since, "%s", sql_text("select clock_timestamp()::text"));
  STEPS(read_by_none);
  readers_expect(since, "");
  STEPS(read_once);
  (void)snprintf(wanted, sizeof wanted, "response.read %s", saved("good"));
  readers_expect(since, wanted);
  (void)snprintf(since, sizeof since, "%s", sql_text("select clock_timestamp()::text"));
  STEPS(read_more);
  (void)snprintf(wanted, sizeof wanted,
                 "response.read %s; response.list responses {\"to\": \"2025-05-31\", \"from\": \"2025-05-01\", \"limit\": 1, \"ticket\": \"EX-1\","
                 " \"excluded\": false}; response.list responses {\"limit\": 50, \"ticket\": \"EX-0\"}",
                 saved("good"));
  readers_expect(since, wanted);
  (void)snprintf(since, sizeof since, "%s", sql_text("select clock_timestamp()::text"));
  STEPS(read_pages);
  (void)snprintf(
      wanted, sizeof wanted,
      "response.list responses {\"to\": \"2025-05-05\", \"from\": \"2025-05-05\", \"limit\": 1}; response.list responses"
      " {\"to\": \"2025-05-05\", \"from\": \"2025-05-05\", \"limit\": 1, \"before\": \"2025-05-05T11:00:00+00:00\", \"before_id\": \"%s\"}",
      saved("id"));
  readers_expect(since, wanted);
  // Nothing that figures are made of has changed by it.
  EXPECT(request(DASHBOARD, "GET", "/v1/experience?" OF_TICKET, NULL, NULL), 200, "exclusions present");
  ck_assert_int_eq(counter_of("xlad_cache_misses_total"), misses);
}
END_TEST

// A reader that can't be noted reads nothing.
START_TEST(gives_nothing_that_is_not_audited) {
  sql_run("alter table audit add constraint audit_refused check (action not in ('response.read', 'response.list')) not valid");
  char path[100];
  (void)snprintf(path, sizeof path, "/v1/responses/%s", saved("good"));
  EXPECT(request(ADMIN, "GET", path, NULL, NULL), 500, "happiness absent");
  EXPECT(request(ADMIN, "GET", "/v1/responses?limit=1", NULL, NULL), 500, "items absent", "header Link absent");
  sql_run("alter table audit drop constraint audit_refused");
  EXPECT(request(ADMIN, "GET", path, NULL, NULL), 200, "happiness = 9");
}
END_TEST

// --- Damage, and several daemons ------------------------------------------------------------------------------------

// Needs the world of the first test.
START_TEST(mends_the_sums_of_excluded_responses) {
  struct world whole = {.slug = "whole"};
  (void)snprintf(whole.as, sizeof whole.as, "Authorization: Bearer %s\nCache-Control: no-cache",
                 cli_text("key", "create", "--tenant", "whole", "--role", "admin"));
  EXPECT(exclude(&whole, "first", "A test"), 201, "(body) present");
  drain(&whole);
  verify(&whole, "excluded");
  sql_run(of_world("update marginals set sums = (select array_agg(case when i.metric_id = 101 then"
                   " row(metric_id, label, n + 1, sum, sum_squares, bins, respondents)::metric_sum else i end) from unnest(sums) i)"
                   " where slot = 0 and not labelled and day = '2025-03-11' and",
                   &whole));
  const struct outcome *outcome = cli("verify", "--tenant", "whole", "--repair");
  ck_assert_int_eq(outcome->code, 0);
  const char *told = bytes_text(&outcome->out);
  ck_assert_msg(strstr(told, "whole: sum of all on 2025-03-11, excluded happiness: counts 2, its measurements are 1") != NULL, "%s", told);
  sql_run(of_world("update measurements set metric_ids = array[1]::int2[] || metric_ids[2:] where 113 = any(metric_ids) or 115 = any(metric_ids) and",
                   &whole));
  ck_assert_int_eq(cli("verify", "--tenant", "whole", "--repair")->code, 0);
  EXPECT(readmit(&whole, "first"), 204, "(body) = \"\"");
}
END_TEST

START_TEST(is_seen_by_every_daemon) {
  static struct server second;
  struct caller caller;
  struct answer answer = {0};
  const char *why = "";
  char path[100], headers[300];
  static const struct step here[] = {
      {.says = "Here it does not count either",
       .key = DASHBOARD,
       .path = "/v1/experience?" OF_TICKET,
       .status = 200,
       .expects = {"metrics.happiness.n = 0", "exclusions = 1"},
       .within_seconds = 5},
  };
  EXPECT(request(DASHBOARD, "GET", "/v1/experience?" OF_TICKET, NULL, NULL), 200, "metrics.happiness.n = 1");
  server_start(&second, house_url(), NULL);
  (void)snprintf(path, sizeof path, "/v1/responses/%s/exclusion", saved("good"));
  (void)snprintf(headers, sizeof headers, "Authorization: Bearer %s\nContent-Type: application/json", house_key(ADMIN));
  caller_init(&caller, second.port);
  struct call call = {.method = "POST", .path = path, .headers = headers, .body = "{\"reason\": \"There\"}"};
  ck_assert_msg(caller_call(&caller, &call, &answer, &why), "%s", why);
  ck_assert_int_eq(answer.status, 201);
  STEPS(here);
  caller_close(&caller);
  answer_release(&answer);
  server_stop(&second);
  server_release(&second);
}
END_TEST

int main(void) {
  house_start(NULL);
  Suite *suite = suite_create("exclusion");
  TCase *cases = tcase_create("exclusion");
  tcase_set_timeout(cases, 120);
  tcase_add_test(cases, counts_as_if_it_had_never_been_given);
  tcase_add_test(cases, excludes_with_a_reason_and_readmits);
  tcase_add_test(cases, audits_each_read_of_responses);
  tcase_add_test(cases, gives_nothing_that_is_not_audited);
  tcase_add_test(cases, mends_the_sums_of_excluded_responses);
  tcase_add_test(cases, is_seen_by_every_daemon);
  suite_add_tcase(suite, cases);
  return house_run(suite);
}

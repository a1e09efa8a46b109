// Bodies become what they should by the presets: the ones that the tools' makers and users have published, unchanged, where somebody put them beside
// the repository; and small ones with each of the oddities of tools.
#include "api/source_delivery.h"

#include <string.h>

#include "base/instant.h"
#include "corpus.h"
#include "domain/dimension.h"
#include "unit.h"

static struct arena arena;
static struct tenant tenant;

static void begin(void) {
  arena_init(&arena, REQUEST_ARENA_BYTES_MAX);
  memset(&tenant, 0, sizeof tenant);
  for (size_t i = 0; PRESET_DIMENSIONS[i]; i++) {
    tenant.dimensions[i].id = (int)i + 1;
    (void)snprintf(tenant.dimensions[i].name, sizeof tenant.dimensions[i].name, "%s", PRESET_DIMENSIONS[i]);
    tenant.dimensions_count = i + 1;
  }
}

static void end(void) { arena_release(&arena); }

// A delivery to a source that was made of this document.
static struct source_delivery delivery_to(const char *document, struct text body, const char *query) {
  struct source_body source;
  struct issues issues;
  struct source_delivery delivery = {.tenant = &tenant, .arena = &arena, .body = body, .query = text_of(query), .record = ABSENT};
  issues_init(&issues, &arena);
  ck_assert_int_eq(fields_read(&SOURCE_FIELDS, text_of(document), &source, NULL, &arena, &issues), ERR_NONE);
  if (!source_body_settle(&source, &tenant, &issues))
    ck_abort_msg("%.*s %s", (int)issues.list[0].pointer.length, issues.list[0].pointer.at, issues.list[0].detail.at);
  ck_assert(source_delivery_open(&delivery, source_body_text(&source, &arena)));
  return delivery;
}

static const struct source_item *only_item(struct source_delivery *delivery) {
  ck_assert_int_eq(source_delivery_read(delivery), ERR_NONE);
  ck_assert_uint_eq(delivery->count, 1);
  return &delivery->items[0];
}

static void expect(const struct source_item *item, enum import_kind kind, const char *body) {
  if (item->row.status != 0) ck_abort_msg("refused: %.*s", (int)item->row.errors.length, item->row.errors.at);
  ck_assert_int_eq(item->row.kind, kind);
  ASSERT_TEXT(item->body, body);
}

static bool read_payload(const char *name, struct buffer *content) {
  char path[100];
  (void)snprintf(path, sizeof path, "payloads/%s", name);
  buffer_init(content, CORPUS_BYTES_MAX);
  return corpus_read(path, content);
}

// --- Published bodies

struct payload {
  const char *file, *preset, *query;
  enum import_kind kind;
  const char *items[3];  // what becomes of it
};

static const struct payload PAYLOADS[] = {
    {"servicenow_incident_closed.json",
     "servicenow",
     "{}",
     IMPORT_TICKETS,
     {"{\"ref\":\"INC0000060\",\"kind\":\"incident\",\"opened_at\":\"2016-12-12T15:19:57Z\",\"resolved_at\":\"2016-12-13T21:43:14Z\","
      "\"closed_at\":\"2016-12-14T02:46:44Z\",\"reassignments\":2,\"reopens\":0,\"sla_met\":true,"
      "\"requester\":\"681ccaf9c0a8016400b98a06818d57c7\",\"agents\":[\"5137153cc611227c000bbd1bd8cd2007\"],"
      "\"context\":{\"service\":\"27d32778c0a8000b00db970eeaa60f16\",\"category\":\"inquiry\",\"channel\":\"self-service\","
      "\"assignment_group\":\"287ebd7da9fe198100f92cc8d1d2154e\",\"priority\":\"3\"}}"}},
    {"jira_cloud_webhook_issue_updated_resolved.json",
     "jira",
     "{}",
     IMPORT_TICKETS,
     {"{\"ref\":\"TES-41\",\"opened_at\":\"2019-02-16T03:01:52.971Z\",\"resolved_at\":\"2019-02-16T03:15:40.47Z\","
      "\"requester\":\"5c5f880629be9642ba529340\","
      "\"context\":{\"service\":\"COMP-1\",\"category\":\"Story\",\"assignment_group\":\"test1\",\"priority\":\"High\"}}"}},
    {"zammad_webhook_ticket.json",
     "zammad",
     "{}",
     IMPORT_TICKETS,
     {"{\"ref\":\"10081\",\"opened_at\":\"2020-11-13T14:34:35.282Z\",\"requester\":\"emily@example.com\",\"agents\":[\"emma@chrispresso.com\"],"
      "\"context\":{\"channel\":\"phone\",\"assignment_group\":\"Service Desk\",\"priority\":\"2 normal\"}}"}},
    {"zendesk_satisfaction_ratings_list.json",
     "zendesk",
     "{}",
     IMPORT_RESPONSES,
     {"{\"ticket\":\"208\",\"respondent\":\"7881\",\"csat\":5,\"comment\":\"Awesome "
      "support!\",\"submitted_at\":\"2011-07-20T22:55:29Z\",\"create\":true}",
      "{\"ticket\":\"209\",\"respondent\":\"7881\",\"csat\":5,\"comment\":\"Awesome support!\",\"submitted_at\":\"2012-02-02T10:32:59Z\",\"create\":"
      "true}"}},
    {"freshservice_csat_response.json",
     "freshservice",
     "{\"ticket\":\"INC-7\"}",
     IMPORT_RESPONSES,
     {"{\"ticket\":\"INC-7\",\"csat\":1,\"comment\":\"Customer's detailed feedback here...\",\"submitted_at\":\"2025-11-18T18:59:15Z\",\"create\":"
      "true}"}},
};

START_TEST(published_bodies_become_tickets_and_responses) {
  EACH(row, PAYLOADS) {
    struct buffer content;
    char document[100];
    begin();
    (void)snprintf(document, sizeof document, "{\"name\": \"s\", \"preset\": \"%s\"}", row->preset);
    if (read_payload(row->file, &content)) {
      struct source_delivery delivery = delivery_to(document, buffer_view(&content), row->query);
      ck_assert_int_eq(source_delivery_read(&delivery), ERR_NONE);
      for (size_t i = 0; i < delivery.count; i++) {
        ck_assert(i < ROWS(row->items));
        expect(&delivery.items[i], row->kind, row->items[i]);
      }
      ck_assert(delivery.count == ROWS(row->items) || !row->items[delivery.count]);
    }
    buffer_release(&content);
    end();
  }
}
END_TEST

// --- What tools do

#define SERVICENOW "{\"name\": \"s\", \"preset\": \"servicenow\"}"
#define ZENDESK    "{\"name\": \"s\", \"preset\": \"zendesk\"}"
#define JIRA       "{\"name\": \"s\", \"preset\": \"jira\"}"
#define ZAMMAD     "{\"name\": \"s\", \"preset\": \"zammad\"}"
#define GLPI       "{\"name\": \"s\", \"preset\": \"glpi\"}"
#define OPENED     "\"number\": \"INC1\", \"opened_at\": \"2026-03-02 08:00:00\""
#define TICKET     "\"ref\":\"INC1\",\"opened_at\":\"2026-03-02T08:00:00Z\""

struct oddity {
  const char *says, *document, *body;
  const char *becomes;  // NULL: it is ignored
};

static const struct oddity ODDITIES[] = {
    {"a record without its list", SERVICENOW, "{" OPENED "}", "{" TICKET "}"},
    {"empty texts are nothing", SERVICENOW, "{" OPENED ", \"resolved_at\": \"\", \"location\": \" \", \"reopen_count\": \"\"}", "{" TICKET "}"},
    {"references as objects", SERVICENOW, "{" OPENED ", \"location\": {\"display_value\": \"Oslo\", \"value\": \"1\"}}",
     "{" TICKET ",\"context\":{\"location\":\"Oslo\"}}"},
    {"references to nothing", SERVICENOW,
     "{" OPENED ", \"location\": {\"display_value\": \"\", \"value\": \"\"}, \"caller_id\": {\"value\": null}, \"cmdb_ci\": null}", "{" TICKET "}"},
    {"references as bare ids", SERVICENOW, "{" OPENED ", \"location\": \"oslo\"}", "{" TICKET ",\"context\":{\"location\":\"oslo\"}}"},
    {"truths and numbers as texts", SERVICENOW, "{" OPENED ", \"made_sla\": \"false\", \"reassignment_count\": \"3\"}",
     "{" TICKET ",\"reassignments\":3,\"sla_met\":false}"},
    {"time spent as a time after 1970", SERVICENOW, "{" OPENED ", \"time_worked\": \"1970-01-01 01:10:20\"}", "{" TICKET ",\"handle_minutes\":70}"},
    {"a state that isn't resolved any more, though its times were left", SERVICENOW,
     "{" OPENED ", \"incident_state\": \"2\", \"resolved_at\": \"2026-03-02 09:00:00\"}", "{" TICKET "}"},
    {"a reopened issue has a null resolution date", JIRA,
     "{\"webhookEvent\": \"jira:issue_updated\", \"issue\": {\"key\": \"INC1\", \"fields\": {\"created\": \"2026-03-02T10:00:00.000+0200\","
     " \"resolutiondate\": null, \"status\": {\"statusCategory\": {\"key\": \"indeterminate\"}}}}}",
     "{" TICKET "}"},
    {"issues of a search", JIRA, "{\"issues\": [{\"key\": \"INC1\", \"fields\": {\"created\": \"2026-03-02T08:00:00.000+0000\"}}]}", "{" TICKET "}"},
    {"other events", JIRA, "{\"webhookEvent\": \"comment_created\", \"issue\": {\"key\": \"INC1\"}}", NULL},
    {"a ticket that was closed", ZAMMAD,
     "{\"ticket\": {\"number\": \"INC1\", \"created_at\": \"2026-03-02T08:00:00.000Z\", \"state\": \"closed\", \"close_at\": "
     "\"2026-03-02T09:00:00Z\"}}",
     "{" TICKET ",\"resolved_at\":\"2026-03-02T09:00:00Z\"}"},
    {"a rating that is only offered", ZENDESK, "{\"satisfaction_rating\": {\"ticket_id\": 1, \"score\": \"offered\"}}", NULL},
    {"a bad rating", ZENDESK, "{\"satisfaction_rating\": {\"ticket_id\": 1, \"score\": \"Bad\", \"created_at\": \"2026-03-02T08:00:00Z\"}}",
     "{\"ticket\":\"1\",\"csat\":1,\"submitted_at\":\"2026-03-02T08:00:00Z\",\"create\":true}"},
    {"a solved ticket without a time of its own", ZENDESK,
     "{\"ticket\": {\"id\": \"INC1\", \"created_at\": \"2026-03-02T08:00:00Z\", \"status\": \"SOLVED\", \"updated_at\": \"2026-03-02T09:30:00Z\"}}",
     "{" TICKET ",\"resolved_at\":\"2026-03-02T09:30:00Z\"}"},
    {"numbers as states", GLPI,
     "{\"event\": \"update\", \"item\": {\"id\": \"INC1\", \"date\": \"2026-03-02T08:00:00+00:00\", \"status\": {\"id\": 5},"
     " \"date_solve\": \"2026-03-02T09:00:00+00:00\", \"type\": 2, \"actiontime\": 300}}",
     "{\"ref\":\"INC1\",\"kind\":\"request\",\"opened_at\":\"2026-03-02T08:00:00Z\",\"resolved_at\":\"2026-03-02T09:00:00Z\",\"handle_minutes\":5}"},
    {"a list of words",
     "{\"name\": \"s\", \"signature\": {\"scheme\": \"token\"}, \"response\": {\"members\": [{\"member\": \"ticket\", \"from\": [\"/t\"]},"
     " {\"member\": \"factors\", \"from\": [\"/tags\"], \"values\": {\"slow\": \"too slow\", \"x\": \"\"}, \"unlisted\": \"keep\"},"
     " {\"member\": \"csat\", \"from\": [\"/mark\"], \"default\": \"3\"}]}}",
     "{\"t\": 7, \"tags\": [\"Slow\", \"x\", \"rude\\u0021\", null, {}]}", "{\"ticket\":\"7\",\"factors\":[\"too slow\",\"rude!\"],\"csat\":3}"},
    {"epochs",
     "{\"name\": \"s\", \"signature\": {\"scheme\": \"token\"}, \"ticket\": {\"members\": [{\"member\": \"ref\", \"from\": [\"/t\"]},"
     " {\"member\": \"opened_at\", \"from\": [\"/at\"], \"format\": \"unix_ms\"}]}}",
     "{\"t\": \"INC1\", \"at\": 1772438400000}", "{" TICKET "}"},
};

START_TEST(tools_may_be_odd) {
  EACH(row, ODDITIES) {
    begin();
    struct source_delivery delivery = delivery_to(row->document, text_of(row->body), "{}");
    const struct source_item *item = only_item(&delivery);
    ck_assert_msg(item->row.status == 0, "%s: %.*s", row->says, (int)item->row.errors.length, item->row.errors.at ? item->row.errors.at : "");
    ck_assert_msg(item->ignored == !row->becomes, "%s", row->says);
    if (row->becomes && !text_is(item->body, row->becomes))
      ck_abort_msg("%s: %.*s instead of %s", row->says, (int)item->body.length, item->body.at, row->becomes);
    end();
  }
}
END_TEST

// --- Bodies that become nothing

static const struct {
  const char *document, *body, *error;
} REFUSED[] = {
    {SERVICENOW, "{", "\"rule\":\"json\""},
    {ZAMMAD, "{\"article\": {}}", "\"rule\":\"unknown\",\"detail\":\"holds nothing where"},
    {SERVICENOW, "[7]", "\"rule\":\"type\",\"detail\":\"must be an object"},
    {SERVICENOW, "{\"number\": \"INC1\"}", "[{\"pointer\":\"/opened_at\",\"rule\":\"required\",\"detail\":\"is required\"}]"},
    {SERVICENOW, "{\"number\": \"INC1\", \"opened_at\": \"02.03.2026\"}",
     "[{\"pointer\":\"/opened_at\",\"rule\":\"format\",\"detail\":\"is made of /opened_at/value, where the payload has \\\"02.03.2026\\\": that is "
     "no time"
     " by the format\"}]"},
    {SERVICENOW, "{" OPENED ", \"reopen_count\": \"many\", \"made_sla\": \"perhaps\"}", "\"/reopens\",\"rule\":\"type\""},
    {SERVICENOW, "{" OPENED ", \"incident_state\": \"6\"}",
     "\"rule\":\"required\",\"detail\":\"is required: the payload's state \\\"6\\\" means resolved"},
    {SERVICENOW, "{" OPENED ", \"resolved_at\": \"2026-03-01 08:00:00\"}", "\"/resolved_at\",\"rule\":\"order\""},
    {SERVICENOW, "{" OPENED ", \"location\": {\"name\": \"Oslo\"}}", "\"/context/location\",\"rule\":\"type\""},
    {"{\"name\": \"s\", \"preset\": \"freshservice\"}", "{\"csat_response\": {\"overall_rating_text\": \"9/4\"}}", "\"/csat\",\"rule\":\"unlisted\""},
};

START_TEST(what_becomes_nothing_says_why) {
  EACH(row, REFUSED) {
    begin();
    struct source_delivery delivery = delivery_to(row->document, text_of(row->body), "{}");
    const struct source_item *item = only_item(&delivery);
    ck_assert_int_ge(item->row.status, 400);
    ck_assert_int_ne(item->error, ERR_NONE);
    if (!memmem(item->row.errors.at, item->row.errors.length, row->error, strlen(row->error)))
      ck_abort_msg("%s: %.*s", row->body, (int)item->row.errors.length, item->row.errors.at);
    end();
  }
}
END_TEST

START_TEST(times_without_zone_are_asked_for) {
  begin();
  struct source_delivery delivery =
      delivery_to("{\"name\": \"s\", \"preset\": \"servicenow\", \"time_zone\": \"Europe/Oslo\"}",
                  TEXT("{\"result\": [{" OPENED "}, {\"number\": \"INC2\", \"opened_at\": \"2026-07-02 08:00:00\"}]}"), "{}");
  ck_assert_int_eq(source_delivery_read(&delivery), ERR_PENDING);
  ck_assert_uint_eq(delivery.times, 2);
  int64_t instants[] = {delivery.shown[0] - 3600 * MICROS_PER_SECOND, delivery.shown[1] - 7200 * MICROS_PER_SECOND};
  delivery.instants = instants;
  ck_assert_int_eq(source_delivery_read(&delivery), ERR_NONE);
  expect(&delivery.items[0], IMPORT_TICKETS, "{\"ref\":\"INC1\",\"opened_at\":\"2026-03-02T07:00:00Z\"}");
  expect(&delivery.items[1], IMPORT_TICKETS, "{\"ref\":\"INC2\",\"opened_at\":\"2026-07-02T06:00:00Z\"}");
  end();
}
END_TEST

START_TEST(a_record_that_was_kept_is_read_by_itself) {
  begin();
  struct source_delivery delivery = delivery_to(ZENDESK, TEXT("{\"ticket_id\": 1, \"score\": \"good\"}"), "{}");
  delivery.record = RECORD_RESPONSE;
  expect(only_item(&delivery), IMPORT_RESPONSES, "{\"ticket\":\"1\",\"csat\":5,\"create\":true}");
  end();
}
END_TEST

START_TEST(a_list_has_its_limit) {
  struct buffer body;
  begin();
  buffer_init(&body, BODY_BYTES_MAX);
  buffer_string(&body, "{\"result\": [");
  for (int i = 0; i <= SOURCE_ITEMS_MAX; i++)
    buffer_string(&body, i ? ", {}" : "{}");
  buffer_string(&body, "]}");
  struct source_delivery delivery = delivery_to(SERVICENOW, buffer_view(&body), "{}");
  const struct source_item *item = only_item(&delivery);
  ck_assert(item->whole && item->row.status == 422);
  buffer_release(&body);
  end();
}
END_TEST

int main(void) {
  return unit_tests("source_delivery",
                    (const TTest *[]){published_bodies_become_tickets_and_responses, tools_may_be_odd, what_becomes_nothing_says_why,
                                      times_without_zone_are_asked_for, a_record_that_was_kept_is_read_by_itself, a_list_has_its_limit, NULL});
}

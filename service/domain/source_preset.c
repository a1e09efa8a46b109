// Knows the tools: one table for each of a tool's records.
#include "domain/source_preset.h"

#define AT(...)     \
  {                 \
    { __VA_ARGS__ } \
  }
#define P(path)         TEXT_INIT(path)
#define RULE(name, ...) .member = TEXT_INIT(name), .from = AT(__VA_ARGS__)
#define VALUES(table)   .values = (table), .values_count = sizeof(table) / sizeof *(table)
#define RULES(table)    .rules = (table), .rules_count = sizeof(table) / sizeof *(table)
#define ONLY(table)     .only = (table), .only_count = sizeof(table) / sizeof *(table)
#define CREATE \
  { .member = TEXT_INIT("create"), .otherwise = TEXT_INIT("true") }
#define MEANS(from_, to_) \
  { TEXT_INIT(from_), TEXT_INIT(to_) }

// --- Freshservice: the API's tickets, which the workflow automator can send; the answer to GET /api/v2/tickets/{id}/csat_response, which names no
// ticket, so the address does.

static const struct text FRESHSERVICE_RESOLVED[] = {P("4"), P("5"), P("resolved"), P("closed")};
static const struct source_pair FRESHSERVICE_KINDS[] = {MEANS("incident", "incident"), MEANS("case", "incident"),
                                                        MEANS("service request", "request")};
static const struct source_pair FRESHSERVICE_LATE[] = {MEANS("true", "false"), MEANS("false", "true")};
static const struct source_pair FRESHSERVICE_PRIORITIES[] = {MEANS("1", "Low"), MEANS("2", "Medium"), MEANS("3", "High"), MEANS("4", "Urgent")};
static const struct source_pair FRESHSERVICE_CHANNELS[] = {MEANS("1", "email"),   MEANS("2", "portal"), MEANS("3", "phone"), MEANS("4", "chat"),
                                                           MEANS("9", "walk-up"), MEANS("10", "slack"), MEANS("15", "teams")};
static const struct source_rule FRESHSERVICE_TICKET_RULES[] = {
    {RULE("ref", P("/id"), P("/display_id"), P("/ticket_id"))},
    {RULE("kind", P("/type"), P("/ticket_type")), VALUES(FRESHSERVICE_KINDS), .unlisted = UNLISTED_DROP},
    {RULE("opened_at", P("/created_at"), P("/ticket_created_at"))},
    {RULE("responded_at", P("/stats/first_responded_at"))},
    {RULE("resolved_at", P("/stats/resolved_at"), P("/resolved_at"), P("/updated_at"))},
    {RULE("closed_at", P("/stats/closed_at"), P("/closed_at"))},
    {RULE("sla_met", P("/is_escalated")), VALUES(FRESHSERVICE_LATE)},
    {RULE("requester", P("/requester_id"), P("/requester/id"), P("/ticket_requester_email"))},
    {RULE("agents", P("/responder_id"), P("/ticket_agent_email"))},
    {RULE("context.category", P("/category"), P("/ticket_category"))},
    {RULE("context.channel", P("/source"), P("/ticket_source")), VALUES(FRESHSERVICE_CHANNELS), .unlisted = UNLISTED_KEEP},
    {RULE("context.assignment_group", P("/group_name"), P("/group/name"), P("/group_id"), P("/ticket_group_name"))},
    {RULE("context.department", P("/department_name"), P("/department/name"), P("/department_id"))},
    {RULE("context.priority", P("/priority"), P("/ticket_priority")), VALUES(FRESHSERVICE_PRIORITIES), .unlisted = UNLISTED_KEEP},
};
static const struct source_mapping FRESHSERVICE_TICKET = {
    .at = AT(P("/ticket"), P("/tickets"), P("/freshdesk_webhook")),
    .resolved = {.from = AT(P("/status"), P("/ticket_status")), VALUES(FRESHSERVICE_RESOLVED)},
    RULES(FRESHSERVICE_TICKET_RULES),
    .untested = true,
};

// Scales of two to five: the best mark is 5, the worst 1, and what lies between is spread evenly, away from the middle.
static const struct source_pair FRESHSERVICE_RATINGS[] = {
    MEANS("1/2", "1"), MEANS("2/2", "5"), MEANS("1/3", "1"), MEANS("2/3", "3"), MEANS("3/3", "5"), MEANS("1/4", "1"), MEANS("2/4", "2"),
    MEANS("3/4", "4"), MEANS("4/4", "5"), MEANS("1/5", "1"), MEANS("2/5", "2"), MEANS("3/5", "3"), MEANS("4/5", "4"), MEANS("5/5", "5"),
};
static const struct source_rule FRESHSERVICE_RESPONSE_RULES[] = {
    {RULE("ticket", P("/ticket_id"), P("?ticket"))},
    {RULE("csat", P("/overall_rating_text")), VALUES(FRESHSERVICE_RATINGS)},
    {RULE("comment", P("/questionnaire_responses/1/answers/0/answer_text"))},
    {RULE("submitted_at", P("/created_at"))},
    CREATE,
};
static const struct source_mapping FRESHSERVICE_RESPONSE = {.at = AT(P("/csat_response"), P("/csat_responses")), RULES(FRESHSERVICE_RESPONSE_RULES)};

// --- GLPI 11: webhooks of tickets, with the item as its API shows it.

static const struct text GLPI_EVENTS[] = {P("new"), P("update")}, GLPI_RESOLVED[] = {P("5"), P("6")};
static const struct source_condition GLPI_ONLY[] = {{.from = AT(P("/event")), VALUES(GLPI_EVENTS)}};
static const struct source_pair GLPI_KINDS[] = {MEANS("1", "incident"), MEANS("2", "request")};
static const struct source_rule GLPI_TICKET_RULES[] = {
    {RULE("ref", P("/item/id"), P("/id"))},
    {RULE("kind", P("/item/type/id"), P("/item/type")), VALUES(GLPI_KINDS), .unlisted = UNLISTED_DROP},
    {RULE("opened_at", P("/item/date"), P("/item/date_creation"))},
    {RULE("responded_at", P("/item/takeintoaccountdate"))},
    {RULE("resolved_at", P("/item/date_solve"), P("/item/solvedate"), P("/item/date_mod"))},
    {RULE("closed_at", P("/item/date_close"), P("/item/closedate"))},
    {RULE("handle_minutes", P("/item/actiontime")), .format = P("seconds")},
    {RULE("requester", P("/item/user_recipient/id"), P("/item/users_id_recipient"))},
    {RULE("context.category", P("/item/category/name"), P("/item/itilcategories_id"))},
    {RULE("context.location", P("/item/location/name"), P("/item/locations_id"))},
    {RULE("context.channel", P("/item/request_type/name"), P("/item/requesttypes_id"))},
    {RULE("context.priority", P("/item/priority"))},
};
static const struct source_mapping GLPI_TICKET = {
    .at = AT(P("")),
    ONLY(GLPI_ONLY),
    .resolved = {.from = AT(P("/item/status/id"), P("/item/status")), VALUES(GLPI_RESOLVED)},
    RULES(GLPI_TICKET_RULES),
    .untested = true,
};

// --- Jira Service Management: webhooks of issues; issues as a search gives them.

static const struct text JIRA_EVENTS[] = {P("jira:issue_created"), P("jira:issue_updated")}, JIRA_RESOLVED[] = {P("done")};
static const struct source_condition JIRA_ONLY[] = {{.from = AT(P("/webhookEvent")), VALUES(JIRA_EVENTS)}};
static const struct source_pair JIRA_KINDS[] = {
    MEANS("Incident", "incident"),
    MEANS("[System] Incident", "incident"),
    MEANS("Problem", "incident"),
    MEANS("[System] Problem", "incident"),
    MEANS("Bug", "incident"),
    MEANS("Service Request", "request"),
    MEANS("[System] Service request", "request"),
    MEANS("Service Request with Approvals", "request"),
    MEANS("[System] Service request with approvals", "request"),
    MEANS("Request", "request"),
};
static const struct source_rule JIRA_TICKET_RULES[] = {
    {RULE("ref", P("/issue/key"), P("/key"))},
    {RULE("kind", P("/issue/fields/issuetype/name"), P("/fields/issuetype/name")), VALUES(JIRA_KINDS), .unlisted = UNLISTED_DROP},
    {RULE("opened_at", P("/issue/fields/created"), P("/fields/created"))},
    {RULE("resolved_at", P("/issue/fields/resolutiondate"), P("/fields/resolutiondate"), P("/issue/fields/statuscategorychangedate"),
          P("/fields/statuscategorychangedate"), P("/issue/fields/updated"), P("/fields/updated"))},
    {RULE("handle_minutes", P("/issue/fields/timespent"), P("/fields/timespent")), .format = P("seconds")},
    {RULE("requester", P("/issue/fields/reporter/accountId"), P("/fields/reporter/accountId"), P("/issue/fields/reporter/name"),
          P("/fields/reporter/name"))},
    {RULE("agents", P("/issue/fields/assignee/accountId"), P("/fields/assignee/accountId"), P("/issue/fields/assignee/name"),
          P("/fields/assignee/name"))},
    {RULE("context.service", P("/issue/fields/components/0/name"), P("/fields/components/0/name"))},
    {RULE("context.category", P("/issue/fields/issuetype/name"), P("/fields/issuetype/name"))},
    {RULE("context.assignment_group", P("/issue/fields/project/name"), P("/fields/project/name"))},
    {RULE("context.priority", P("/issue/fields/priority/name"), P("/fields/priority/name"))},
};
static const struct source_mapping JIRA_TICKET = {
    .at = AT(P("/issues"), P("")),
    ONLY(JIRA_ONLY),
    .resolved = {.from = AT(P("/issue/fields/status/statusCategory/key"), P("/fields/status/statusCategory/key")), VALUES(JIRA_RESOLVED)},
    RULES(JIRA_TICKET_RULES),
};

// --- ServiceNow: records as its Table API shows them: every value a text, times in UTC without saying so, references as objects, as ids, or with
// both of what is shown and what is stored.

// Of incidents; of requests, whose "state" has other numbers, by what their own state or stage is called.
static const struct text SERVICENOW_RESOLVED[] = {P("6"),        P("7"),         P("Resolved"),        P("Closed"),           P("closed_complete"),
                                                  P("complete"), P("Completed"), P("Closed Complete"), P("closed_incomplete")};
static const struct source_pair SERVICENOW_KINDS[] = {MEANS("incident", "incident"), MEANS("sc_request", "request"), MEANS("sc_req_item", "request"),
                                                      MEANS("sc_task", "request")};
#define SHOWN(name)  P("/" name "/display_value"), P("/" name "/value"), P("/" name)
#define STORED(name) P("/" name "/value"), P("/" name)
#define WHEN         .format = P("%Y-%m-%d %H:%M:%S")
static const struct source_rule SERVICENOW_TICKET_RULES[] = {
    {RULE("ref", STORED("number"))},
    {RULE("kind", STORED("sys_class_name")), VALUES(SERVICENOW_KINDS), .unlisted = UNLISTED_DROP},
    {RULE("opened_at", STORED("opened_at")), WHEN},
    {RULE("resolved_at", STORED("resolved_at")), WHEN},
    {RULE("closed_at", STORED("closed_at")), WHEN},
    {RULE("reassignments", STORED("reassignment_count"))},
    {RULE("reopens", STORED("reopen_count"))},
    {RULE("sla_met", STORED("made_sla"))},
    {RULE("handle_minutes", STORED("time_worked")), .format = P("duration")},
    {RULE("requester", STORED("caller_id"), STORED("requested_for"))},
    {RULE("agents", STORED("assigned_to"))},
    {RULE("context.service", SHOWN("business_service"), SHOWN("cmdb_ci"))},
    {RULE("context.category", SHOWN("category"))},
    {RULE("context.channel", STORED("contact_type"))},
    {RULE("context.assignment_group", SHOWN("assignment_group"))},
    {RULE("context.location", SHOWN("location"))},
    {RULE("context.priority", STORED("priority"))},
};
static const struct source_mapping SERVICENOW_TICKET = {
    .at = AT(P("/result"), P("/records"), P("")),
    .resolved = {.from = AT(STORED("incident_state"), STORED("request_state"), STORED("stage")), VALUES(SERVICENOW_RESOLVED)},
    RULES(SERVICENOW_TICKET_RULES),
};

// --- Zammad: what its webhooks send unless told otherwise.

static const struct text ZAMMAD_RESOLVED[] = {P("closed"), P("merged")};
static const struct source_rule ZAMMAD_TICKET_RULES[] = {
    {RULE("ref", P("/number"))},
    {RULE("opened_at", P("/created_at"))},
    {RULE("responded_at", P("/first_response_at"))},
    {RULE("resolved_at", P("/close_at"), P("/last_close_at"), P("/updated_at"))},
    {RULE("requester", P("/customer/email"), P("/customer/login"), P("/customer_id"))},
    {RULE("agents", P("/owner/email"))},
    {RULE("context.channel", P("/create_article_type/name"), P("/create_article_type"))},
    {RULE("context.assignment_group", P("/group/name"), P("/group"))},
    {RULE("context.department", P("/customer/department"))},
    {RULE("context.priority", P("/priority/name"), P("/priority"))},
};
static const struct source_mapping ZAMMAD_TICKET = {
    .at = AT(P("/ticket")),
    .resolved = {.from = AT(P("/state/name"), P("/state")), VALUES(ZAMMAD_RESOLVED)},
    RULES(ZAMMAD_TICKET_RULES),
};

// --- Zendesk: tickets as its API and its ticket events show them; satisfaction ratings as its API lists them.

static const struct text ZENDESK_RESOLVED[] = {P("solved"), P("closed")};
static const struct text ZENDESK_SCORES[] = {P("good"), P("goodwithcomment"), P("bad"), P("badwithcomment")};
static const struct source_pair ZENDESK_KINDS[] = {MEANS("incident", "incident"), MEANS("problem", "incident"), MEANS("question", "request"),
                                                   MEANS("task", "request")};
static const struct source_rule ZENDESK_TICKET_RULES[] = {
    {RULE("ref", P("/id"))},
    {RULE("kind", P("/type")), VALUES(ZENDESK_KINDS), .unlisted = UNLISTED_DROP},
    {RULE("opened_at", P("/created_at"))},
    {RULE("resolved_at", P("/solved_at"), P("/metric_set/solved_at"), P("/updated_at"))},
    {RULE("reopens", P("/metric_set/reopens"))},
    {RULE("requester", P("/requester_id"), P("/requester/id"))},
    {RULE("agents", P("/assignee_id"), P("/assignee/id"))},
    {RULE("context.channel", P("/via/channel"), P("/via"))},
    {RULE("context.assignment_group", P("/group/name"), P("/group_id"))},
    {RULE("context.priority", P("/priority"))},
};
static const struct source_mapping ZENDESK_TICKET = {
    .at = AT(P("/ticket"), P("/tickets"), P("/detail")),
    .resolved = {.from = AT(P("/status")), VALUES(ZENDESK_RESOLVED)},
    RULES(ZENDESK_TICKET_RULES),
    .untested = true,
};
// A rating that is offered is not an answer.
static const struct source_condition ZENDESK_RATED[] = {{.from = AT(P("/score")), VALUES(ZENDESK_SCORES)}};
static const struct source_pair ZENDESK_MARKS[] = {MEANS("good", "5"), MEANS("goodwithcomment", "5"), MEANS("bad", "1"),
                                                   MEANS("badwithcomment", "1")};
static const struct source_rule ZENDESK_RESPONSE_RULES[] = {
    {RULE("ticket", P("/ticket_id"))},
    {RULE("respondent", P("/requester_id"))},
    {RULE("csat", P("/score")), VALUES(ZENDESK_MARKS)},
    {RULE("comment", P("/comment"))},
    {RULE("submitted_at", P("/updated_at"), P("/created_at"))},
    CREATE,
};
static const struct source_mapping ZENDESK_RESPONSE = {
    .at = AT(P("/satisfaction_ratings"), P("/satisfaction_rating")),
    ONLY(ZENDESK_RATED),
    RULES(ZENDESK_RESPONSE_RULES),
};

// --- All of them

#define TOKEN \
  { .scheme = SIGNATURE_TOKEN, .algorithm = ABSENT, .encoding = ABSENT, .content = ABSENT, .header = P("X-Xlad-Token") }

static const struct source_preset PRESETS[] = {
    {"freshservice", TOKEN, {&FRESHSERVICE_TICKET, &FRESHSERVICE_RESPONSE}},
    {"glpi",
     {.scheme = SIGNATURE_HMAC,
      .algorithm = SIGNATURE_SHA256,
      .encoding = SIGNATURE_HEX,
      .content = SIGNATURE_BODY_TIMESTAMP,
      .header = P("X-GLPI-signature"),
      .timestamp_header = P("X-GLPI-timestamp")},
     {&GLPI_TICKET, NULL}},
    {"jira",
     {.scheme = SIGNATURE_HMAC,
      .algorithm = SIGNATURE_SHA256,
      .encoding = SIGNATURE_HEX,
      .content = SIGNATURE_BODY,
      .header = P("X-Hub-Signature"),
      .prefix = P("sha256=")},
     {&JIRA_TICKET, NULL}},
    {"servicenow", TOKEN, {&SERVICENOW_TICKET, NULL}},
    {"zammad",
     {.scheme = SIGNATURE_HMAC,
      .algorithm = SIGNATURE_SHA1,
      .encoding = SIGNATURE_HEX,
      .content = SIGNATURE_BODY,
      .header = P("X-Hub-Signature"),
      .prefix = P("sha1=")},
     {&ZAMMAD_TICKET, NULL}},
    {"zendesk",
     {.scheme = SIGNATURE_HMAC,
      .algorithm = SIGNATURE_SHA256,
      .encoding = SIGNATURE_BASE64,
      .content = SIGNATURE_TIMESTAMP_BODY,
      .header = P("X-Zendesk-Webhook-Signature"),
      .timestamp_header = P("X-Zendesk-Webhook-Signature-Timestamp")},
     {&ZENDESK_TICKET, &ZENDESK_RESPONSE}},
};

const struct source_preset *source_preset_at(size_t i, size_t *count) {
  *count = sizeof PRESETS / sizeof *PRESETS;
  return i < *count ? &PRESETS[i] : NULL;
}

const struct source_preset *source_preset_find(struct text name) {
  for (size_t i = 0; i < sizeof PRESETS / sizeof *PRESETS; i++)
    if (text_is(name, PRESETS[i].name)) return &PRESETS[i];
  return NULL;
}

// Decides about invitations, by the rules of surveys, and finds them.
#include "store/invitation_store.h"

#include "domain/dimension.h"
#include "domain/webhook.h"

static const struct statement ASKS = {"invitation_asks",
                                      "select exists (select from surveys s where s.tenant_id = $1::uuid and s.content ->> 'kind' = 'ticket')"};

// Who is asked by two transactions at once would be asked twice. Tickets are locked before people, so nobody waits in a circle.
static const struct statement LOCK_PEOPLE = {
    "invitation_lock_people",
    "select pg_advisory_xact_lock(q.hash) from (select distinct ('x' || encode(substr(p.person, 1, 8), 'hex'))::bit(64)::int8 as hash"
    " from unnest($1::bytea[]) as p(person) where p.person is not null order by 1) q"};

#define INSTANT(at)    "to_char(" at " at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
#define TOLD_AT        INSTANT("now()")
#define ISSUED_AT      INSTANT("m.issued_at")
#define EXPIRES_AT     INSTANT("m.expires_at")
#define DAYS(count)    "make_interval(days => " count ")"
#define LIVES          DAYS("d.expires_days")
#define LIVES_AT_LEAST DAYS("coalesce(c.expires_days, 14)")

// Whether a survey's audience `a.audience` holds the ticket `s` with the segment `g`: of each dimension it names one of the values.
#define AUDIENCE_HOLDS                                                                                                         \
  "not exists (select from json_each(coalesce(a.audience, '{}')) d where not exists ("                                         \
  "select from json_array_elements_text(d.value) x(value) where"                                                               \
  " exists (select from labels l where l.name = d.key and l.label = x.value and l.code = s.derived[l.place])"                  \
  " or exists (select from dimensions n join dimension_values v on v.tenant_id = $1::uuid and v.dimension_id = n.dimension_id" \
  " and v.value = x.value where n.tenant_id = $1::uuid and n.name = d.key and v.value_id = g.value_ids[n.dimension_id])))"

#define ASKED_SINCE(what, days)                                                                                              \
  "exists (select from invitations v where v.tenant_id = $1::uuid and v.respondent = c.requester and v.refused is null" what \
  " and v.issued_at > now() - " DAYS(days) ")"
#define ASKED_BY_ANY  ASKED_SINCE("", "z.quiet_days")
#define ASKED_BY_THIS ASKED_SINCE(" and v.survey = c.slug", "c.interval_days")

// What the tenant's webhooks are told of an invitation `m` that was `made`.
#define EVENT_BODY    "'{\"type\":\"" EVENT_INVITATION_ISSUED "\",\"timestamp\":\"' || " TOLD_AT " || '\",\"data\":' || row_to_json(b)::text || '}'"
#define EVENT_DATA                                                                                                               \
  "(select z.slug as tenant, m.invitation_id as id, m.ref as ticket, m.resolution_no as resolution, m.survey, m.survey_version," \
  " encode(m.respondent, 'hex') as respondent_id, '/s/' || i.token as link, " ISSUED_AT " as issued_at, " EXPIRES_AT " as expires_at)"
#define IS_WANTED "w.tenant_id = $1::uuid and w.enabled and '" EVENT_INVITATION_ISSUED "' = any(w.events)"

// The reasons stand in the order of enum refusal. What several tickets of a batch ask of one person is decided one after the other: the first that
// nothing else stands against is issued.
static const struct statement OFFER = {
    "invitation_offer",
    "with input as materialized ("
    " select * from unnest($2::text[], $3::uuid[], $4::bytea[], $5::text[], $6::int2[]) with ordinality"
    " as i(ref, invitation_id, token_hash, token, draw, ord)),"
    " labels as materialized (select * from unnest($7::text[], $8::int2[], $9::int2[], $10::text[]) as l(name, place, code, label)),"
    " settings as materialized (select quiet_days, slug from tenants where tenant_id = $1::uuid),"
    " asked as materialized ("
    " select s.slug, s.version, (s.content ->> 'percentage')::int4 as percentage, (s.content ->> 'interval_days')::int4 as interval_days,"
    " (s.content ->> 'expires_days')::int4 as expires_days, s.content -> 'audience' as audience"
    " from surveys s where s.tenant_id = $1::uuid and s.retired_at is null and s.content ->> 'kind' = 'ticket'),"
    " stand as materialized ("
    " select i.*, t.resolution_no, coalesce(t.resolved_at, t.closed_at) as settled_at, t.requester, t.agents, t.segment_id, t.derived"
    " from input i cross join lateral (select * from tickets k where k.tenant_id = $1::uuid and k.ref = i.ref limit 1) t),"
    " voided as ("
    " update invitations v set voided_at = now(), void_reason = 'reopened' from stand s"
    " where v.tenant_id = $1::uuid and v.ref = any($2::text[]) and v.ref = s.ref and (v.resolution_no < s.resolution_no or s.settled_at is null)"
    " and v.refused is null and v.answered_at is null and v.voided_at is null and v.expires_at > now() returning v.invitation_id),"
    " there as materialized ("
    " select v.ref, v.invitation_id, v.refused, v.expires_at, v.answered_at, v.voided_at from stand s cross join lateral ("
    " select * from invitations k where k.tenant_id = $1::uuid and k.ref = s.ref and k.resolution_no = s.resolution_no limit 1) v"
    " where s.settled_at is not null),"
    " chosen as materialized ("
    " select s.*, c.* from stand s"
    " cross join lateral (select k.value_ids from segments k where k.tenant_id = $1::uuid and k.segment_id = s.segment_id limit 1) g"
    " left join lateral (select a.slug, a.version, a.percentage, a.interval_days, a.expires_days from asked a where " AUDIENCE_HOLDS
    " order by a.slug limit 1) c on true"
    " where s.settled_at is not null and not exists (select from there h where h.ref = s.ref)),"
    " judged as materialized ("
    " select c.*, case when not exists (select from asked) then 'no_survey'"
    " when c.settled_at < now() - " LIVES_AT_LEAST " then 'too_old'"
    " when c.requester is null then 'no_requester'"
    " when coalesce(position(c.requester in c.agents) % 16 = 1, false) then 'worked_on_it'"
    " when c.slug is null then 'audience'"
    " when exists (select from responses r where r.tenant_id = $1::uuid and r.ref = c.ref and r.resolution_no = c.resolution_no"
    " and r.respondent = c.requester) then 'answered'"
    " when c.draw >= c.percentage then 'sample'"
    " when " ASKED_BY_ANY " then 'quiet_days' when " ASKED_BY_THIS " then 'interval' end as reason"
    " from chosen c cross join settings z),"
    " turns as materialized ("
    " select j.*, row_number() over (partition by j.requester, j.reason is null order by j.ord) as turn,"
    " row_number() over (partition by j.requester, j.slug, j.reason is null order by j.ord) as survey_turn from judged j),"
    " decided as materialized ("
    " select t.*, coalesce(t.reason, case when t.turn > 1 and z.quiet_days > 0 then 'quiet_days'"
    " when t.survey_turn > 1 and t.interval_days > 0 then 'interval' end) as refused from turns t cross join settings z),"
    " made as ("
    " insert into invitations (tenant_id, invitation_id, ref, resolution_no, survey, survey_version, respondent, refused, token_hash, expires_at)"
    " select $1::uuid, d.invitation_id, d.ref, d.resolution_no, d.slug, d.version, coalesce(d.requester, ''), d.refused,"
    " case when d.refused is null then d.token_hash end, case when d.refused is null then now() + " LIVES " end"
    " from decided d order by d.ref on conflict do nothing"
    " returning invitation_id, ref, resolution_no, survey, survey_version, respondent, refused, token_hash, issued_at, expires_at),"
    " told as ("
    " insert into outbox (tenant_id, webhook_id, event_id, type, body, created_at)"
    " select $1::uuid, w.webhook_id, m.invitation_id, '" EVENT_INVITATION_ISSUED "', " EVENT_BODY ", now()"
    " from made m join input i on i.invitation_id = m.invitation_id cross join settings z cross join lateral " EVENT_DATA " b"
    " cross join webhooks w where " IS_WANTED " and m.refused is null returning event_id)"
    " select i.ord, v.invitation_id, v.refused, v.expires_at, v.answered_at, v.voided_at from input i"
    " left join (select * from there union all select m.ref, m.invitation_id, m.refused, m.expires_at, null, null from made m) v"
    " on v.ref = i.ref order by i.ord"};

// One that came too late answers none.
static const struct statement ANSWERED = {
    "invitation_answered", "update invitations v set answered_at = r.received_at, response_id = r.response_id from responses r"
                           " where r.tenant_id = $1::uuid and r.response_id = any($2::uuid[]) and v.tenant_id = $1::uuid and v.ref = r.ref"
                           " and v.resolution_no = r.resolution_no and v.respondent = r.respondent"
                           " and v.refused is null and v.answered_at is null and v.voided_at is null and v.expires_at > r.received_at"};

#define INVITATION_COLUMNS                                                                                                    \
  "v.invitation_id, v.refused, v.expires_at, v.answered_at, v.voided_at, v.ref, v.resolution_no, v.survey, v.survey_version," \
  " v.respondent, v.issued_at, v.void_reason, v.response_id"

static const struct statement FIND = {"invitation_find",
                                      "select " INVITATION_COLUMNS " from invitations v where v.tenant_id = $1::uuid and v.token_hash = $2::bytea"};

// The numbers are those of enum invitation_state.
static const struct statement LIST = {
    "invitation_list", "select " INVITATION_COLUMNS " from invitations v where v.tenant_id = $1::uuid and v.issued_at > '-infinity'"
                       " and ($2::int4 is null or $2::int4 = case when v.refused is not null then 4 when v.answered_at is not null then 1"
                       " when v.voided_at is not null then 3 when v.expires_at <= now() then 2 else 0 end)"
                       " and (not $3::bool or v.refused is null) and ($4::text is null or v.ref = $4::text)"
                       " and ($5::timestamptz is null or (v.issued_at, v.invitation_id) < ($5::timestamptz, $6::uuid))"
                       " order by v.issued_at desc, v.invitation_id desc limit $7::int8"};

const struct statement *const INVITATION_STATEMENTS[] = {&ASKS, &LOCK_PEOPLE, &OFFER, &ANSWERED, &FIND, &LIST, NULL};

static void begin(struct job *job, const struct statement *statement, const struct uuid *tenant) {
  job_step(job, statement);
  job_uuid(job, tenant);
}

void invitation_ask_asks(struct job *job, const struct uuid *tenant) { begin(job, &ASKS, tenant); }

bool invitation_take_asks(const struct job *job, unsigned step) { return row_int(job, step, 0, 0) == 1; }

// What the codes of derived dimensions stand for: name, place, code and label of each.
enum label_part { LABEL_NAME, LABEL_PLACE, LABEL_CODE, LABEL_TEXT };

static size_t labels_count(void) {
  size_t count = 0;
  for (int i = 0; i < DERIVED_COUNT; i++)
    for (int k = 0; DERIVED_DIMENSIONS[i].values[k]; k++)
      count++;
  return count;
}

static void add_labels(struct job *job, enum label_part part) {
  bool text = part == LABEL_NAME || part == LABEL_TEXT;
  job_array(job, text ? PG_TEXT : PG_INT2, labels_count());
  for (int i = 0; i < DERIVED_COUNT; i++)
    for (int k = 0; DERIVED_DIMENSIONS[i].values[k]; k++)
      if (text)
        job_item_text(job, text_of(part == LABEL_NAME ? DERIVED_DIMENSIONS[i].name : DERIVED_DIMENSIONS[i].values[k]));
      else
        job_item_int(job, part == LABEL_PLACE ? i + 1 : k + 1);
}

static void add_people(struct job *job, const struct invitation_case *cases, size_t count) {
  job_array(job, PG_BYTEA, count);
  for (size_t i = 0; i < count; i++)
    job_item_text(job, cases[i].requester);
}

static void add_cases(struct job *job, const struct invitation_case *cases, size_t count) {
  job_array(job, PG_TEXT, count);
  for (size_t i = 0; i < count; i++)
    job_item_text(job, cases[i].ref);
  job_array(job, PG_UUID, count);
  for (size_t i = 0; i < count; i++)
    job_item_uuid(job, &cases[i].offer.id);
  job_array(job, PG_BYTEA, count);
  for (size_t i = 0; i < count; i++)
    job_item_text(job, (struct text){(const char *)cases[i].offer.token_hash, DIGEST_BYTES});
  job_array(job, PG_TEXT, count);
  for (size_t i = 0; i < count; i++)
    job_item_text(job, (struct text){cases[i].offer.token, INVITATION_TOKEN_CHARS});
  job_array(job, PG_INT2, count);
  for (size_t i = 0; i < count; i++)
    job_item_int(job, cases[i].offer.draw);
}

void invitation_ask_offers(struct job *job, const struct uuid *tenant, const struct invitation_case *cases, size_t count) {
  job->posts = true;
  job_step(job, &LOCK_PEOPLE);
  add_people(job, cases, count);
  begin(job, &OFFER, tenant);
  add_cases(job, cases, count);
  for (enum label_part part = LABEL_NAME; part <= LABEL_TEXT; part++)
    add_labels(job, part);
}

static int64_t refusal_of(struct text name) {
  for (int i = 0; i < REFUSALS; i++)
    if (text_is(name, REFUSAL_NAMES[i])) return i;
  return ABSENT;
}

static struct invitation_life take_life(const struct job *job, unsigned step, size_t row, int first) {
  return (struct invitation_life){
      .refused = refusal_of(row_text(job, step, row, first)),
      .expires_at = row_instant(job, step, row, first + 1),
      .answered_at = row_instant(job, step, row, first + 2),
      .voided_at = row_instant(job, step, row, first + 3),
  };
}

struct invitation_told invitation_take_told(const struct job *job, unsigned step, size_t row) {
  return (struct invitation_told){.known = !row_null(job, step, row, 1), .id = row_uuid(job, step, row, 1), .life = take_life(job, step, row, 2)};
}

void invitation_ask_answered(struct job *job, const struct uuid *tenant, const struct uuid *responses, size_t count) {
  begin(job, &ANSWERED, tenant);
  job_array(job, PG_UUID, count);
  for (size_t i = 0; i < count; i++)
    job_item_uuid(job, &responses[i]);
}

void invitation_ask_find(struct job *job, const struct uuid *tenant, const uint8_t token_hash[DIGEST_BYTES]) {
  begin(job, &FIND, tenant);
  job_bytes(job, token_hash, DIGEST_BYTES);
}

void invitation_ask_list(struct job *job, const struct uuid *tenant, const struct invitation_filter *filter) {
  begin(job, &LIST, tenant);
  job_int4(job, filter->state);
  job_bool(job, filter->issued);
  job_text(job, filter->ref);
  job_instant(job, filter->before_issued_at);
  job_uuid(job, &filter->before_id);
  job_int8(job, filter->limit);
}

void invitation_take_row(const struct job *job, unsigned step, size_t row, struct invitation_row *invitation) {
  *invitation = (struct invitation_row){
      .id = row_uuid(job, step, row, 0),
      .life = take_life(job, step, row, 1),
      .ref = row_text(job, step, row, 5),
      .resolution_no = row_int(job, step, row, 6),
      .survey = row_text(job, step, row, 7),
      .survey_version = row_int(job, step, row, 8),
      .respondent = row_text(job, step, row, 9),
      .issued_at = row_instant(job, step, row, 10),
      .void_reason = row_text(job, step, row, 11),
      .response = row_uuid(job, step, row, 12),
  };
}

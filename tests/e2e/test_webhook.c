// Webhooks: what is put into the outbox reaches its receiver at least once, signed, whatever becomes of receivers and daemons; and nothing else does.
#include "harness/harness.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SOON_SECONDS = 20, KILLED = 90, KILLED_BACKLOG = 900, SHARED = 300, BACKLOG_SECONDS = 90, RESPONSES = 100, NEVER_MS = 1500 };

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static struct receiver receiver;

// Receivers of this machine, and short patience with them: a lost claim comes back after 9 seconds.
static const char *const SETTINGS[] = {"XLAD_WEBHOOK_PRIVATE=true", "XLAD_WEBHOOK_SECONDS=2", NULL};

// --- Asking ---------------------------------------------------------------------------------------------------------

static const char *text(const char *format, ...) __attribute__((format(printf, 1, 2)));

// Valid until eight more calls.
static const char *text(const char *format, ...) {
  static char texts[8][1024];
  static size_t turn;
  char *out = texts[turn++ % COUNT_OF(texts)];
  va_list arguments;
  va_start(arguments, format);
  (void)vsnprintf(out, sizeof texts[0], format, arguments);
  va_end(arguments);
  return out;
}

// A webhook that the receiver gets at /name/how.
struct hook {
  char id[40], secret[80], path[64];
};

static struct hook hook_make(const char *path) {
  struct hook hook = {0};
  (void)snprintf(hook.path, sizeof hook.path, "%s", path);
  const char *body = text("{\"url\": \"http://127.0.0.1:%d%s\", \"events\": [\"webhook.test\"], \"label\": \"%s\"}", receiver.port, path, path);
  const struct answer *answer = request(ADMIN, "POST", "/v1/webhooks", NULL, body);
  EXPECT(answer, 201, "enabled = true", "disabled_reason = null", "secret = ~^whsec_[A-Za-z0-9+/]{43}=$");
  (void)snprintf(hook.id, sizeof hook.id, "%s", answer_text(answer, "id"));
  (void)snprintf(hook.secret, sizeof hook.secret, "%s", answer_text(answer, "secret"));
  return hook;
}

static const struct answer *ask(const struct hook *hook, const char *method, const char *rest) {
  return request(ADMIN, method, text("/v1/webhooks/%s%s", hook->id, rest), NULL, NULL);
}

// The id of the event; valid until the next call.
static const char *hook_test(const struct hook *hook) {
  static char event[40];
  const struct answer *answer = ask(hook, "POST", "/test");
  EXPECT(answer, 202, "type = webhook.test", "state = pending", "attempts = 0", "attempted_at = null", "status = null", "error = null");
  (void)snprintf(event, sizeof event, "%s", answer_text(answer, "id"));
  return event;
}

static void hook_end(const struct hook *hook) { EXPECT(ask(hook, "DELETE", ""), 204, "(body) = ~^$"); }

static const struct answer *hook_change(const struct hook *hook, const char *body) {
  const struct answer *answer = ask(hook, "GET", "");
  const char *headers = text("If-Match: %s", answer_header(answer, "ETag"));
  return request(ADMIN, "PATCH", text("/v1/webhooks/%s", hook->id), headers, body);
}

// Waits until the webhook's newest delivery meets all of them.
#define AWAIT(hook, ...)                                                                                \
  do {                                                                                                  \
    const struct step await_steps[] = {{.says = "The newest delivery gets there",                       \
                                        .key = ADMIN,                                                   \
                                        .path = text("/v1/webhooks/%s/deliveries?limit=1", (hook)->id), \
                                        .status = 200,                                                  \
                                        .expects = {__VA_ARGS__},                                       \
                                        .within_seconds = SOON_SECONDS}};                               \
    STEPS(await_steps);                                                                                 \
  } while (0)

// --- Signatures, by OpenSSL's own Base64 and HMAC -------------------------------------------------------------------

static const char *signature_of(const struct receiver_note *note, const char *secret) {
  unsigned char key[64], mac[32];
  char encoded[64], content[1024];
  unsigned length = 0;
  ck_assert_int_eq(strncmp(secret, "whsec_", 6), 0);
  // 44 characters with one '=': 32 bytes.
  ck_assert_int_eq(EVP_DecodeBlock(key, (const unsigned char *)secret + 6, (int)strlen(secret) - 6), 33);
  int n = snprintf(content, sizeof content, "%s.%s.%s", note->id, note->timestamp, note->body);
  ck_assert(HMAC(EVP_sha256(), key, 32, (const unsigned char *)content, (size_t)n, mac, &length) != NULL);
  (void)EVP_EncodeBlock((unsigned char *)encoded, mac, 32);
  return text("v1,%s", encoded);
}

static void check_note(const struct receiver_note *note, const struct hook *hook) {
  ck_assert_str_eq(note->signature, signature_of(note, hook->secret));
  ck_assert_str_eq(note->type, "application/json");
  long long now = sql_number("select extract(epoch from now())::int8"), at = strtoll(note->timestamp, NULL, 10);
  ck_assert_int_le(llabs(now - at), 300);
}

// --- Delivery -------------------------------------------------------------------------------------------------------

START_TEST(an_event_is_delivered_and_signed) {
  struct hook hook = hook_make("/plain/ok");
  const char *event = hook_test(&hook);
  receiver_wait(&receiver, hook.path, 1, SOON_SECONDS);
  const struct receiver_note *note = receiver_note(&receiver, hook.path, 0);
  ck_assert_str_eq(note->id, event);
  check_note(note, &hook);
  struct value found;
  struct bytes count = {0}, said = {0};
  ck_assert_int_eq(value_find(note->body, strlen(note->body), "data.webhook", &found, &count), VALUE_FOUND);
  value_text(found, &said);
  ck_assert_str_eq(bytes_text(&said), hook.id);
  ck_assert(strncmp(note->body, "{\"type\":\"webhook.test\",\"timestamp\":\"20", 38) == 0);
  bytes_release(&count);
  bytes_release(&said);
  AWAIT(&hook, text("items.0.id = %s", event), "items.0.state = delivered", "items.0.attempts = 1", "items.0.status = 204", "items.0.error = null",
        "items.0.next_attempt_at = null", "items.0.attempted_at = ~^20", "next = null");
  hook_end(&hook);
  ck_assert_uint_eq(receiver_count(&receiver, hook.path, NULL), 1);
}
END_TEST

START_TEST(another_secret_signs_beside_the_old_one) {
  struct hook hook = hook_make("/rotated/ok");
  const struct answer *answer = ask(&hook, "POST", "/rotate");
  EXPECT(answer, 200, "secret = ~^whsec_", text("secret != %s", hook.secret), "old_secret_until = ~^20");
  char newer[80];
  (void)snprintf(newer, sizeof newer, "%s", answer_text(answer, "secret"));
  (void)hook_test(&hook);
  receiver_wait(&receiver, hook.path, 1, SOON_SECONDS);
  const struct receiver_note *note = receiver_note(&receiver, hook.path, 0);
  ck_assert_str_eq(note->signature, text("%s %s", signature_of(note, newer), signature_of(note, hook.secret)));
  sql_run(text("update webhooks set old_secret_until = now() where webhook_id = '%s'", hook.id));
  (void)hook_test(&hook);
  receiver_wait(&receiver, hook.path, 2, SOON_SECONDS);
  note = receiver_note(&receiver, hook.path, 1);
  ck_assert_str_eq(note->signature, signature_of(note, newer));
  hook_end(&hook);
}
END_TEST

// Answered 500 twice, and cut off without an answer: each is sent again as the same event, with a time and so a signature of its own.
START_TEST(what_fails_is_sent_again) {
  static const struct {
    const char *path, *status, *error;
  } FAILURES[] = {{"/again/error.1", "500", "answered 500: it's broken"}, {"/again/cut.1", "null", "~reply"}};
  struct hook hooks[COUNT_OF(FAILURES)];
  for (size_t i = 0; i < COUNT_OF(FAILURES); i++) {
    hooks[i] = hook_make(FAILURES[i].path);
    (void)hook_test(&hooks[i]);
    AWAIT(&hooks[i], "items.0.state = failed", "items.0.attempts = 1", text("items.0.status = %s", FAILURES[i].status),
          text("items.0.error = %s", FAILURES[i].error), "items.0.next_attempt_at = ~^20");
  }
  for (size_t i = 0; i < COUNT_OF(FAILURES); i++) {
    AWAIT(&hooks[i], "items.0.state = delivered", "items.0.attempts = 2", "items.0.status = 204", "items.0.error = null");
    const struct receiver_note *first = receiver_note(&receiver, hooks[i].path, 0), *second = receiver_note(&receiver, hooks[i].path, 1);
    ck_assert_str_eq(first->id, second->id);
    ck_assert_str_eq(first->body, second->body);
    ck_assert_int_gt(strtoll(second->timestamp, NULL, 10), strtoll(first->timestamp, NULL, 10));
    check_note(second, &hooks[i]);
    ck_assert_uint_eq(receiver_count(&receiver, hooks[i].path, NULL), 2);
    hook_end(&hooks[i]);
  }
}
END_TEST

START_TEST(a_delivery_is_sent_again_when_asked) {
  struct hook hook = hook_make("/asked/ok");
  const char *event = hook_test(&hook);
  AWAIT(&hook, "items.0.state = delivered");
  EXPECT(ask(&hook, "POST", text("/deliveries/%s/resend", event)), 202, text("id = %s", event), "state = pending", "attempts = 1");
  receiver_wait(&receiver, hook.path, 2, SOON_SECONDS);
  ck_assert_uint_eq(receiver_count(&receiver, hook.path, event), 2);
  ck_assert_str_eq(receiver_note(&receiver, hook.path, 0)->body, receiver_note(&receiver, hook.path, 1)->body);
  AWAIT(&hook, "items.0.state = delivered", "items.0.attempts = 2");
  EXPECT(ask(&hook, "POST", "/deliveries/01890000-0000-7000-8000-000000000000/resend"), 404, "status = 404");
  EXPECT(ask(&hook, "POST", "/deliveries/x/resend"), 404, "errors.0.pointer = delivery");
  hook_end(&hook);
}
END_TEST

START_TEST(a_receiver_that_is_gone_is_switched_off) {
  struct hook hook = hook_make("/left/gone.1");
  (void)hook_test(&hook);
  AWAIT(&hook, "items.0.state = dead", "items.0.status = 410", "items.0.error = answered 410", "items.0.next_attempt_at = null");
  EXPECT(ask(&hook, "GET", ""), 200, "enabled = false", "disabled_reason = gone");
  EXPECT(ask(&hook, "POST", "/test"), 409, "errors.0.rule = disabled");
  char event[40];
  (void)snprintf(event, sizeof event, "%s", answer_text(ask(&hook, "GET", "/deliveries"), "items.0.id"));
  EXPECT(ask(&hook, "POST", text("/deliveries/%s/resend", event)), 409, "errors.0.rule = disabled");
  EXPECT(hook_change(&hook, "{\"enabled\": true}"), 200, "enabled = true", "disabled_reason = null", "header ETag present");
  EXPECT(ask(&hook, "POST", text("/deliveries/%s/resend", event)), 202, "state = pending");
  AWAIT(&hook, "items.0.state = delivered");
  ck_assert_int_eq(sql_number("select count(*) from audit where action = 'webhook.disable' and actor = 'sender'"), 1);
  hook_end(&hook);
}
END_TEST

START_TEST(receivers_may_ask_for_time_but_not_lead_elsewhere) {
  struct hook later = hook_make("/asks/later");
  struct hook moved = hook_make("/asks/moved");
  struct hook big = hook_make("/asks/long");
  (void)hook_test(&later);
  (void)hook_test(&moved);
  (void)hook_test(&big);
  AWAIT(&later, "items.0.state = failed", "items.0.status = 503");
  AWAIT(&moved, "items.0.state = failed", "items.0.status = 302", "items.0.error = answered 302");
  AWAIT(&big, "items.0.state = delivered", "items.0.status = 200");
  ck_assert_uint_eq(receiver_count(&receiver, "/moved/ok", NULL), 0);
  long long pause =
      sql_number(text("select round(extract(epoch from next_attempt_at - attempted_at))::int8 from outbox where webhook_id = '%s'", later.id));
  ck_assert_int_ge(pause, 100);
  ck_assert_int_le(pause, 122);
  hook_end(&later);
  hook_end(&moved);
  hook_end(&big);
}
END_TEST

START_TEST(what_was_tried_for_three_days_is_given_up) {
  struct hook hook = hook_make("/old/error");
  (void)hook_test(&hook);
  AWAIT(&hook, "items.0.state = failed");
  sql_run(text("update outbox set begun_at = now() - interval '71 hours', next_attempt_at = now() where webhook_id = '%s'", hook.id));
  AWAIT(&hook, "items.0.state = dead", "items.0.attempts = 2", "items.0.next_attempt_at = null", "items.0.status = 500");
  char event[40];
  (void)snprintf(event, sizeof event, "%s", answer_text(ask(&hook, "GET", "/deliveries"), "items.0.id"));
  EXPECT(ask(&hook, "POST", text("/deliveries/%s/resend", event)), 202, "state = pending");
  AWAIT(&hook, "items.0.state = failed", "items.0.attempts = 3");
  hook_end(&hook);
}
END_TEST

// --- What a bad receiver can't do -----------------------------------------------------------------------------------

START_TEST(silent_receivers_delay_nobody) {
  struct hook silent = hook_make("/hangs/silent");
  struct hook prompt = hook_make("/hangs/ok");
  for (int i = 0; i < 8; i++) {
    (void)hook_test(&silent);
  }
  receiver_wait(&receiver, silent.path, 4, SOON_SECONDS);
  for (int i = 0; i < RESPONSES; i++) {
    const char *body = text("{\"ticket\": \"HANGS-%d\", \"create\": true, \"happiness\": 7}", i);
    EXPECT(request(PORTAL, "POST", "/v1/responses", NULL, body), 201, "happiness = 7");
  }
  (void)hook_test(&prompt);
  AWAIT(&prompt, "items.0.state = delivered");
  // Of one receiver four are under way at once, and these have not ended yet, or there would be more.
  ck_assert_uint_eq(receiver_count(&receiver, silent.path, NULL), 4);
  EXPECT(ask(&silent, "GET", "/deliveries?state=failed"), 200, "items.length = 0");
  AWAIT(&silent, "items.0.state = failed", "items.0.status = null", "items.0.error = ~[Tt]ime");
  hook_end(&silent);
  hook_end(&prompt);
}
END_TEST

START_TEST(private_receivers_are_refused_by_default) {
  static const char *const STRICT[] = {"XLAD_WEBHOOK_SECONDS=2", NULL};
  static const struct step story[] = {
      {.says = "A private address is refused",
       .key = ADMIN,
       .method = "POST",
       .path = "/v1/webhooks",
       .body = "{\"url\": \"https://10.0.0.1/\", \"events\": [\"xla.met\"]}",
       .status = 422,
       .expects = {"errors.0.pointer = /url", "errors.0.rule = private"}},
      {.says = "however it is written",
       .key = ADMIN,
       .method = "POST",
       .path = "/v1/webhooks",
       .body = "{\"url\": \"https://0x7f.1/\", \"events\": [\"xla.met\"]}",
       .status = 422,
       .expects = {"errors.0.rule = private"}},
      {.says = "and so is plain http",
       .key = ADMIN,
       .method = "POST",
       .path = "/v1/webhooks",
       .body = "{\"url\": \"http://example.com/\", \"events\": [\"xla.met\"]}",
       .status = 422,
       .expects = {"errors.0.rule = scheme"}},
  };
  struct hook named = hook_make("/hidden/ok");
  struct hook plain = hook_make("/hidden/ok");
  // A name that leads here is found out when it is connected to.
  sql_run(text("update webhooks set url = 'https://localhost:%d/hidden/ok' where webhook_id = '%s'", receiver.port, named.id));
  house_restart_with(STRICT);
  STEPS(story);
  (void)hook_test(&named);
  (void)hook_test(&plain);
  AWAIT(&named, "items.0.state = failed", "items.0.status = null", "items.0.error = the receiver's address is private");
  AWAIT(&plain, "items.0.state = failed", "items.0.status = null");
  ck_assert_uint_eq(receiver_count(&receiver, "/hidden/ok", NULL), 0);
  house_restart_with(NULL);
  hook_end(&named);
  hook_end(&plain);
}
END_TEST

// --- Daemons --------------------------------------------------------------------------------------------------------

// As if a daemon had put them there and gone: with ids that begin with their time, as all have.
static void put_events(const struct hook *hook, int count) {
  sql_run(text("insert into outbox (tenant_id, webhook_id, event_id, type, body, created_at) select tenant_id, webhook_id,"
               " (lpad(to_hex((extract(epoch from now()) * 1000)::int8), 12, '0') || '7000a' || substr(md5(n::text), 1, 15))::uuid,"
               " 'webhook.test', '{\"n\":' || n || '}', now() from webhooks, generate_series(1, %d) n where webhook_id = '%s'",
               count, hook->id));
}

static void await_delivered(const struct hook *hook) {
  long long end = clock_ms() + 1000LL * BACKLOG_SECONDS;
  const char *left = text("select count(*) from outbox where webhook_id = '%s' and state <> 'delivered'", hook->id);
  for (; sql_number(left) > 0; sleep_ms(100)) {
    ck_assert_msg(clock_ms() < end, "%lld are left", sql_number(left));
  }
}

// Repeats of an event are the same but for their time.
static void check_repeats(const struct hook *hook) {
  size_t count = receiver_count(&receiver, hook->path, NULL);
  for (size_t i = 0; i < count; i++) {
    const struct receiver_note *note = receiver_note(&receiver, hook->path, i);
    check_note(note, hook);
    const char *body = sql_text(text("select body from outbox where webhook_id = '%s' and event_id = '%s'", hook->id, note->id));
    ck_assert_str_eq(note->body, body);
  }
}

START_TEST(a_killed_daemon_loses_no_event) {
  struct hook hook = hook_make("/killed/ok");
  put_events(&hook, KILLED_BACKLOG);
  for (int i = 0; i < KILLED; i++) {
    (void)hook_test(&hook);
    if (i % (KILLED / 3) == KILLED / 6) {
      server_kill(house_server());
      server_start(house_server(), house_url(), SETTINGS);
    }
  }
  // What is under way then is claimed for a daemon that is gone.
  ck_assert_int_gt(sql_number(text("select count(*) from outbox where webhook_id = '%s' and state <> 'delivered'", hook.id)), 0);
  server_kill(house_server());
  server_start(house_server(), house_url(), SETTINGS);
  await_delivered(&hook);
  ck_assert_int_eq(sql_number(text("select count(*) from outbox where webhook_id = '%s'", hook.id)), KILLED + KILLED_BACKLOG);
  ck_assert_uint_eq(receiver_events(&receiver, hook.path), KILLED + KILLED_BACKLOG);
  check_repeats(&hook);
  hook_end(&hook);
}
END_TEST

START_TEST(daemons_share_the_work) {
  struct server other = {0};
  struct hook hook = hook_make("/shared/ok");
  server_stop(house_server());
  put_events(&hook, SHARED);
  server_launch(&other, house_url(), SETTINGS);
  server_start(house_server(), house_url(), SETTINGS);
  ck_assert(server_ready(&other, SOON_SECONDS));
  await_delivered(&hook);
  ck_assert_uint_eq(receiver_events(&receiver, hook.path), SHARED);
  check_repeats(&hook);
  // Nobody was killed, so nothing was sent twice.
  ck_assert_uint_eq(receiver_count(&receiver, hook.path, NULL), SHARED);
  server_stop(&other);
  server_release(&other);
  hook_end(&hook);
}
END_TEST

START_TEST(a_revoked_tenant_is_told_nothing) {
  struct hook mine = hook_make("/kept/ok"), theirs = hook_make("/revoked/ok");
  (void)cli_text("tenant", "create", "leavers", "--name", "Leavers", "--time-zone", "UTC");
  sql_run(text("update webhooks set tenant_id = (select tenant_id from tenants where slug = 'leavers') where webhook_id = '%s'", theirs.id));
  sql_run("update tenants set revoked_at = now() where slug = 'leavers'");
  server_stop(house_server());
  put_events(&mine, 5);
  put_events(&theirs, 5);
  server_start(house_server(), house_url(), SETTINGS);
  await_delivered(&mine);
  ck_assert_uint_eq(receiver_count(&receiver, theirs.path, NULL), 0);
  sql_run("update tenants set revoked_at = null where slug = 'leavers'");
  server_stop(house_server());
  server_start(house_server(), house_url(), SETTINGS);
  await_delivered(&theirs);
  hook_end(&mine);
}
END_TEST

START_TEST(what_waits_for_a_disabled_webhook_goes_when_it_is_enabled) {
  struct hook hook = hook_make("/paused/ok");
  EXPECT(hook_change(&hook, "{\"enabled\": false}"), 200, "enabled = false", "disabled_reason = null");
  put_events(&hook, 5);
  sleep_ms(NEVER_MS);
  ck_assert_uint_eq(receiver_count(&receiver, hook.path, NULL), 0);
  EXPECT(hook_change(&hook, "{\"enabled\": true}"), 200, "enabled = true");
  await_delivered(&hook);
  ck_assert_uint_eq(receiver_count(&receiver, hook.path, NULL), 5);
  EXPECT(ask(&hook, "GET", "/deliveries?limit=2"), 200, "items.length = 2", "next = ~^[0-9a-f]+$");
  hook_end(&hook);
}
END_TEST

// --- The resource ---------------------------------------------------------------------------------------------------

// clang-format off
START_TEST(webhooks_are_made_changed_and_ended) {
  static const struct step story[] = {
      {.says = "A webhook is made", .key = ADMIN, .method = "POST", .path = "/v1/webhooks", .headers = "Idempotency-Key: made",
       .body = "{\"url\": \"http://127.0.0.1:9/a\", \"events\": [\"xla.met\", \"xla.stale\"], \"enabled\": false}", .status = 201,
       .expects = {"label = null", "enabled = false", "events = [\"xla.met\",\"xla.stale\"]", "secret = ~^whsec_", "old_secret_until = null"},
       .saves = {"hook <- id", "secret <- secret", "place <- header Location"}},
      {.says = "once", .key = ADMIN, .method = "POST", .path = "/v1/webhooks", .headers = "Idempotency-Key: made",
       .body = "{\"url\": \"http://127.0.0.1:9/a\", \"events\": [\"xla.met\", \"xla.stale\"], \"enabled\": false}", .status = 201,
       .expects = {"id = ${hook}", "secret = null", "header Idempotency-Replayed = true"}},
      {.says = "It is read where it is said to be, without its secret", .key = ADMIN, .path = "${place}", .status = 200,
       .expects = {"id = ${hook}", "secret absent"}, .saves = {"tag <- header ETag"}},
      {.says = "and listed", .key = ADMIN, .path = "/v1/webhooks", .status = 200, .expects = {"items.0.id = ${hook}", "items.0.secret absent",
       "next = null"}},
      {.says = "A change needs to know what it changes", .key = ADMIN, .method = "PATCH", .path = "${place}", .body = "{\"label\": \"Chat\"}",
       .status = 428},
      {.says = "and is refused whole", .key = ADMIN, .method = "PATCH", .path = "${place}", .headers = "If-Match: ${tag}",
       .body = "{\"label\": \"Chat\", \"events\": [\"xla.lost\"], \"url\": null, \"secret\": \"x\"}", .status = 422},
      {.says = "It has another name and address now", .key = ADMIN, .method = "PATCH", .path = "${place}", .headers = "If-Match: ${tag}",
       .body = "{\"label\": \"Chat\", \"url\": \"http://127.0.0.1:9/b\"}", .status = 200,
       .expects = {"label = Chat", "url = http://127.0.0.1:9/b", "events = [\"xla.met\",\"xla.stale\"]", "enabled = false"}},
      {.says = "so what was read before is out of date", .key = ADMIN, .method = "PATCH", .path = "${place}", .headers = "If-Match: ${tag}",
       .body = "{\"label\": null}", .status = 412},
      {.says = "Its secret is replaced once for each key", .key = ADMIN, .method = "POST", .path = "${place}/rotate",
       .headers = "Idempotency-Key: turned", .status = 200, .expects = {"secret = ~^whsec_", "secret != ${secret}", "label = Chat"}},
      {.says = "and not again", .key = ADMIN, .method = "POST", .path = "${place}/rotate", .headers = "Idempotency-Key: turned", .status = 200,
       .expects = {"secret = null", "header Idempotency-Replayed = true"}},
      {.says = "Nobody but administrators sees it", .key = DASHBOARD, .path = "${place}", .status = 403},
      {.says = "or makes one", .key = PORTAL, .method = "POST", .path = "/v1/webhooks", .body = "{}", .status = 403},
      {.says = "It ends", .key = ADMIN, .method = "DELETE", .path = "${place}", .status = 204},
      {.says = "once", .key = ADMIN, .method = "DELETE", .path = "${place}", .status = 404},
      {.says = "and is gone", .key = ADMIN, .path = "${place}", .status = 404},
      {.says = "with its deliveries", .key = ADMIN, .path = "${place}/deliveries", .status = 404},
      {.says = "so that nothing can be sent", .key = ADMIN, .method = "POST", .path = "${place}/test", .status = 404},
  };
  STEPS(story);
  ck_assert_str_eq(sql_text(text("select string_agg(action, ' ' order by audit_id) from audit where subject = '%s'", saved("hook"))),
                   "webhook.create webhook.change webhook.rotate webhook.delete");
}
END_TEST
// clang-format on

START_TEST(a_tenant_has_so_many_webhooks_and_no_others) {
  enum { WEBHOOKS = 32 };
  (void)cli_text("tenant", "create", "webbers", "--name", "Webbers", "--time-zone", "UTC");
  const char *as = text("Authorization: Bearer %s", cli_text("key", "create", "--tenant", "webbers", "--role", "admin"));
  const char *body = "{\"url\": \"http://127.0.0.1:9/\", \"events\": [\"xla.met\"]}";
  for (int i = 0; i < WEBHOOKS; i++) {
    EXPECT(request(NO_KEY, "POST", "/v1/webhooks", as, body), 201, "enabled = true");
  }
  EXPECT(request(NO_KEY, "POST", "/v1/webhooks", as, body), 409, "errors.0.rule = count");
  const struct answer *answer = request(NO_KEY, "GET", "/v1/webhooks?limit=30", as, NULL);
  EXPECT(answer, 200, "items.length = 30", "next = ~^[0-9a-f]+$");
  const char *id = text("%s", answer_text(answer, "items.0.id")), *next = text("%s", answer_text(answer, "next"));
  EXPECT(request(NO_KEY, "GET", text("/v1/webhooks?cursor=%s", next), as, NULL), 200, "items.length = 2", "next = null");
  EXPECT(request(ADMIN, "GET", text("/v1/webhooks/%s", id), NULL, NULL), 404, "status = 404");
  EXPECT(request(ADMIN, "POST", text("/v1/webhooks/%s/test", id), NULL, NULL), 404, "status = 404");
  EXPECT(request(ADMIN, "DELETE", text("/v1/webhooks/%s", id), NULL, NULL), 404, "status = 404");
}
END_TEST

START_TEST(deliveries_are_counted) {
  const struct answer *answer = request(NO_KEY, "GET", "/metrics", NULL, NULL);
  EXPECT(answer, 200, "(body) = ~xlad_webhook_delivered_total [1-9]", "(body) = ~xlad_webhook_outbox [0-9]",
         "(body) = ~xlad_webhook_failed_total [0-9]", "(body) = ~xlad_webhook_dead_total [0-9]");
}
END_TEST

int main(void) {
  receiver_start(&receiver);
  house_start(&(struct house_plan){.settings = SETTINGS});
  Suite *suite = suite_create("webhooks");
  TCase *tests = tcase_create("webhooks");
  tcase_set_timeout(tests, 300);
  tcase_add_test(tests, webhooks_are_made_changed_and_ended);
  tcase_add_test(tests, an_event_is_delivered_and_signed);
  tcase_add_test(tests, another_secret_signs_beside_the_old_one);
  tcase_add_test(tests, what_fails_is_sent_again);
  tcase_add_test(tests, a_delivery_is_sent_again_when_asked);
  tcase_add_test(tests, a_receiver_that_is_gone_is_switched_off);
  tcase_add_test(tests, receivers_may_ask_for_time_but_not_lead_elsewhere);
  tcase_add_test(tests, what_was_tried_for_three_days_is_given_up);
  tcase_add_test(tests, silent_receivers_delay_nobody);
  tcase_add_test(tests, what_waits_for_a_disabled_webhook_goes_when_it_is_enabled);
  tcase_add_test(tests, deliveries_are_counted);
  tcase_add_test(tests, private_receivers_are_refused_by_default);
  tcase_add_test(tests, a_killed_daemon_loses_no_event);
  tcase_add_test(tests, daemons_share_the_work);
  tcase_add_test(tests, a_revoked_tenant_is_told_nothing);
  tcase_add_test(tests, a_tenant_has_so_many_webhooks_and_no_others);
  suite_add_tcase(suite, tests);
  int code = house_run(suite);
  receiver_stop(&receiver);
  return code;
}

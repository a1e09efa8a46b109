// The invented organisation: the same plan gives the same data, every ticket is possible, and it tells the story it is meant to tell.
#include "command/demo_data.h"

#include <string.h>

#include "base/arena.h"
#include "base/instant.h"
#include "domain/dimension.h"
#include "unit.h"

#define NOW (INT64_C(20780) * MICROS_PER_DAY + 9 * 3600 * MICROS_PER_SECOND)  // 2026-11-23, a Monday

enum { TICKETS = 6000, DAYS = 180 };

static struct demo_plan plan;
static struct demo_ticket ticket;

static bool context_has(const struct demo_ticket *made, const char *dimension, const char *value) {
  for (size_t i = 0; i < DEMO_PAIRS; i++) {
    if (strcmp(made->context[i].dimension, dimension) == 0) return strcmp(made->context[i].value, value) == 0;
  }
  return false;
}

START_TEST(gives_the_same_ticket_for_the_same_seed_and_number) {
  struct demo_ticket again;
  demo_plan_init(&plan, 7, TICKETS, DAYS, NOW);
  for (size_t i = 0; i < TICKETS; i += 997) {
    demo_make(&plan, i, &ticket);
    demo_make(&plan, TICKETS - 1 - i, &again);
    demo_make(&plan, i, &again);
    ck_assert_mem_eq(&ticket, &again, sizeof ticket);
  }
}
END_TEST

START_TEST(gives_other_tickets_for_another_seed) {
  struct demo_plan other;
  struct demo_ticket with_other;
  size_t same = 0;
  demo_plan_init(&plan, 1, TICKETS, DAYS, NOW);
  demo_plan_init(&other, 2, TICKETS, DAYS, NOW);
  for (size_t i = 0; i < TICKETS; i++) {
    demo_make(&plan, i, &ticket);
    demo_make(&other, i, &with_other);
    same += strcmp(ticket.context[0].value, with_other.context[0].value) == 0;
  }
  ck_assert_uint_lt(same, TICKETS / 4);
}
END_TEST

// What ticket_check and response_check_* of the domain would refuse.
static void check_possible(const struct demo_ticket *made, struct arena *arena) {
  struct issues issues;
  issues_init(&issues, arena);
  ticket_check(&made->facts, NOW - FUTURE_SECONDS_MAX * MICROS_PER_SECOND, &issues);
  for (size_t i = 0; made->has_response && i < made->factors_count; i++) {
    for (size_t k = 0; k < i; k++)
      ck_assert_str_ne(made->factors[i], made->factors[k]);
  }
  if (made->has_response) {
    response_check_answered(&made->answers, text_of(made->comment), &issues);
    response_check_submitted(made->submitted_at, NOW - FUTURE_SECONDS_MAX * MICROS_PER_SECOND, &issues);
    ck_assert_int_gt(made->submitted_at, made->facts.resolved_at);
  }
  if (issues.total == 0) return;
  ck_abort_msg("%s: %.*s %.*s", made->ref, (int)issues.list[0].pointer.length, issues.list[0].pointer.at, (int)issues.list[0].detail.length,
               issues.list[0].detail.at);
}

START_TEST(makes_possible_tickets_in_order_of_time) {
  static const struct {
    size_t tickets;
    int32_t days;
  } plans[] = {{TICKETS, DAYS}, {1, 1}, {500, 1}, {3, DEMO_DAYS_MAX}, {200, 7}};
  struct arena arena;
  arena_init(&arena, 1024 * 1024);
  EACH(row, plans) {
    demo_plan_init(&plan, 3, row->tickets, row->days, NOW);
    int64_t last = (NOW / MICROS_PER_DAY - row->days - 1) * MICROS_PER_DAY;
    for (size_t i = 0; i < row->tickets; i++) {
      demo_make(&plan, i, &ticket);
      check_possible(&ticket, &arena);
      ck_assert_int_ge(ticket.facts.opened_at, last);
      last = ticket.facts.opened_at;
      arena_clear(&arena);
    }
    ck_assert_int_lt(last, NOW);
  }
  arena_release(&arena);
}
END_TEST

START_TEST(makes_the_largest_plan_without_overflow) {
  demo_plan_init(&plan, UINT64_MAX, DEMO_TICKETS_MAX, DEMO_DAYS_MAX, NOW);
  int64_t first = NOW, last = 0;
  for (size_t i = 0; i < DEMO_TICKETS_MAX; i += 49999) {
    demo_make(&plan, i, &ticket);
    if (ticket.facts.opened_at < first) first = ticket.facts.opened_at;
    ck_assert_int_ge(ticket.facts.opened_at, last);
    last = ticket.facts.opened_at;
  }
  ck_assert_int_lt(first, NOW - (DEMO_DAYS_MAX - 10) * MICROS_PER_DAY);
  ck_assert_int_gt(last, NOW - 40 * MICROS_PER_DAY);
}
END_TEST

START_TEST(marks_itself_as_invented) {
  demo_plan_init(&plan, 1, TICKETS, DAYS, NOW);
  size_t comments = 0;
  for (size_t i = 0; i < TICKETS; i++) {
    demo_make(&plan, i, &ticket);
    ck_assert(strncmp(ticket.ref, "DEMO-", 5) == 0);
    ck_assert_ptr_nonnull(strstr(ticket.requester, "@demo.example"));
    if (ticket.comment[0] == '\0') continue;
    ck_assert(strncmp(ticket.comment, "[invented] ", 11) == 0);
    comments++;
  }
  ck_assert_uint_gt(comments, 200);
}
END_TEST

// One service before or after a moment: its SLA share, and its happiness as a net score, in percent.
struct figures {
  long tickets, settled, met, answers, positive, negative;
};

static struct figures figures_of(const char *service, int64_t from, int64_t to) {
  struct figures figures = {0};
  for (size_t i = 0; i < TICKETS; i++) {
    demo_make(&plan, i, &ticket);
    if (!context_has(&ticket, "service", service) || ticket.facts.opened_at < from || ticket.facts.opened_at >= to) continue;
    figures.tickets++;
    figures.settled += ticket.facts.sla_met != ABSENT;
    figures.met += ticket.facts.sla_met == 1;
    if (!ticket.has_response) continue;
    figures.answers++;
    figures.positive += ticket.answers.happiness >= 9;
    figures.negative += ticket.answers.happiness <= 6;
  }
  return figures;
}

static long net(const struct figures *figures) { return 100 * (figures->positive - figures->negative) / figures->answers; }

START_TEST(has_a_watermelon_and_a_service_that_improves_with_every_seed) {
  for (uint64_t seed = 1; seed <= 5; seed++) {
    demo_plan_init(&plan, seed, TICKETS, DAYS, NOW);
    int64_t change = plan.change_day * MICROS_PER_DAY;
    struct figures vpn = figures_of("vpn", 0, NOW), mail = figures_of("mail", 0, NOW), erp = figures_of("erp", 0, NOW);
    struct figures before = figures_of("workplace", 0, change), after = figures_of("workplace", change, NOW);
    ck_assert_msg(100 * vpn.met >= 93 * vpn.settled, "the vpn's SLA is not green: %ld of %ld", vpn.met, vpn.settled);
    ck_assert_msg(net(&vpn) < net(&mail) - 60 && net(&vpn) < -40, "people like the vpn: %ld", net(&vpn));
    ck_assert_msg(100 * erp.met < 85 * erp.settled, "the erp's SLA is not red: %ld of %ld", erp.met, erp.settled);
    ck_assert_msg(net(&after) > net(&before) + 30, "the workplace went from %ld to %ld", net(&before), net(&after));
    ck_assert_int_gt(before.answers, 100);
    ck_assert_int_gt(after.answers, 80);
  }
}
END_TEST

START_TEST(knows_weekends_and_nights) {
  long by_weekday[7] = {0}, by_night = 0;
  demo_plan_init(&plan, 1, TICKETS, DAYS, NOW);
  for (size_t i = 0; i < TICKETS; i++) {
    demo_make(&plan, i, &ticket);
    int64_t hour = ticket.facts.opened_at % MICROS_PER_DAY / (3600 * MICROS_PER_SECOND);
    by_weekday[day_weekday((int32_t)(ticket.facts.opened_at / MICROS_PER_DAY))]++;
    by_night += hour < 4 || hour >= 20;
  }
  ck_assert_int_gt(by_weekday[0], by_weekday[4]);
  ck_assert_int_gt(by_weekday[4], 4 * by_weekday[5]);
  ck_assert_int_lt(by_night, TICKETS / 20);
}
END_TEST

START_TEST(uses_preset_dimensions_only) {
  demo_plan_init(&plan, 1, TICKETS, DAYS, NOW);
  demo_make(&plan, 0, &ticket);
  for (size_t i = 0; i < DEMO_PAIRS; i++) {
    bool known = false;
    for (size_t k = 0; PRESET_DIMENSIONS[k] != NULL; k++)
      known |= strcmp(PRESET_DIMENSIONS[k], ticket.context[i].dimension) == 0;
    ck_assert_msg(known, "%s is no preset", ticket.context[i].dimension);
  }
}
END_TEST

int main(void) {
  return unit_tests("demo_data", (const TTest *[]){gives_the_same_ticket_for_the_same_seed_and_number, gives_other_tickets_for_another_seed,
                                                   makes_possible_tickets_in_order_of_time, makes_the_largest_plan_without_overflow,
                                                   marks_itself_as_invented, has_a_watermelon_and_a_service_that_improves_with_every_seed,
                                                   knows_weekends_and_nights, uses_preset_dimensions_only, NULL});
}

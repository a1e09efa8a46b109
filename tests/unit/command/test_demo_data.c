// The invented organisations: the same plan gives the same data, every ticket is possible, and they tell the stories they are meant to tell.
#include "command/demo_data.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/instant.h"
#include "domain/dimension.h"
#include "unit.h"

#define NOW (INT64_C(20780) * MICROS_PER_DAY + 9 * 3600 * MICROS_PER_SECOND)  // 2026-11-23, a Monday

enum { TICKETS = 6000, DAYS = 180, ALL_TICKETS = 48000, ALL_DAYS = 548, WEEKS_MAX = ALL_DAYS / 7 + 2, SERVICES_MAX = 16 };

static struct demo_plan plan;
static struct demo_ticket ticket;

static const struct demo_organisation *const DEMO = &DEMO_ORGANISATION[0], *const HARBOUR = &DEMO_ORGANISATION[1];

static const char *context_of(const struct demo_ticket *made, const char *dimension) {
  for (size_t i = 0; i < DEMO_PAIRS; i++)
    if (strcmp(made->context[i].dimension, dimension) == 0) return made->context[i].value;
  ck_abort_msg("%s has no %s", made->ref, dimension);
}

// A fifth of its tickets have a response, as by default.
static void make_plan(struct demo_plan *made, const struct demo_organisation *organisation, uint64_t seed, size_t tickets, int32_t days) {
  const struct demo_size size = {tickets, tickets / 5, days};
  demo_plan_init(made, organisation, &size, seed, NOW);
}

START_TEST(gives_the_same_ticket_for_the_same_seed_and_number) {
  struct demo_ticket again;
  make_plan(&plan, DEMO, 7, TICKETS, DAYS);
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
  make_plan(&plan, DEMO, 1, TICKETS, DAYS);
  make_plan(&other, DEMO, 2, TICKETS, DAYS);
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
    bool harbour;
    size_t tickets;
    int32_t days;
  } plans[] = {{false, TICKETS, DAYS}, {true, TICKETS, DAYS}, {false, ALL_TICKETS, 400}, {true, ALL_TICKETS, 400},
               {false, 1, 1},          {true, 1, 1},          {false, 500, 1},           {false, 3, DEMO_DAYS_MAX},
               {true, 200, 7}};
  struct arena arena;
  arena_init(&arena, 1024 * 1024);
  EACH(row, plans) {
    make_plan(&plan, row->harbour ? HARBOUR : DEMO, 3, row->tickets, row->days);
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
  make_plan(&plan, DEMO, UINT64_MAX, DEMO_TICKETS_MAX, DEMO_DAYS_MAX);
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
  make_plan(&plan, DEMO, 1, TICKETS, DAYS);
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

// What an organisation went through: each service before and after the change, and the weeks of one of them.
struct figures {
  long tickets, settled, met, answers, positive, negative, lost_answers, lost_minutes;
};

struct story {
  struct figures services[SERVICES_MAX][2];  // before and after the change
  struct figures weeks[WEEKS_MAX];           // of `followed`, from the first day on
  long months[SERVICES_MAX][13];             // tickets by month of opening, January 1
};

static size_t service_number(const struct demo_organisation *organisation, const char *name) {
  for (size_t i = 0; i < organisation->services_count; i++)
    if (strcmp(organisation->services[i].name, name) == 0) return i;
  ck_abort_msg("%s has no %s", organisation->slug, name);
}

static void count(struct figures *figures, const struct demo_ticket *made) {
  figures->tickets++;
  figures->settled += made->facts.sla_met != ABSENT;
  figures->met += made->facts.sla_met == 1;
  if (!made->has_response) return;
  figures->answers++;
  figures->positive += made->answers.happiness >= 9;
  figures->negative += made->answers.happiness <= 6;
  if (made->answers.lost_minutes == ABSENT) return;
  figures->lost_answers++;
  figures->lost_minutes += made->answers.lost_minutes;
}

static void tell(struct story *story, const char *followed) {
  memset(story, 0, sizeof *story);
  for (size_t i = 0; i < plan.tickets; i++) {
    demo_make(&plan, i, &ticket);
    const char *service = context_of(&ticket, "service");
    size_t number = service_number(plan.organisation, service);
    int year, month, day;
    day_to_civil((int32_t)(ticket.facts.opened_at / MICROS_PER_DAY), &year, &month, &day);
    story->months[number][month]++;
    count(&story->services[number][ticket.facts.opened_at >= plan.change_day * MICROS_PER_DAY], &ticket);
    if (ticket.has_response && strcmp(service, followed) == 0)
      count(&story->weeks[(ticket.submitted_at / MICROS_PER_DAY - plan.first_day) / 7], &ticket);
  }
}

static struct figures sum(const struct figures *a, const struct figures *b) {
  return (struct figures){a->tickets + b->tickets,           a->settled + b->settled,          a->met + b->met,
                          a->answers + b->answers,           a->positive + b->positive,        a->negative + b->negative,
                          a->lost_answers + b->lost_answers, a->lost_minutes + b->lost_minutes};
}

static struct figures of_service(const struct story *story, const char *name) {
  const struct figures *figures = story->services[service_number(plan.organisation, name)];
  return sum(&figures[0], &figures[1]);
}

static struct figures of_others(const struct story *story, const char *name) {
  struct figures figures = {0};
  for (size_t i = 0; i < plan.organisation->services_count; i++) {
    if (i == service_number(plan.organisation, name)) continue;
    figures = sum(&figures, &story->services[i][0]);
    figures = sum(&figures, &story->services[i][1]);
  }
  return figures;
}

static long net(const struct figures *figures) { return figures->answers > 0 ? 100 * (figures->positive - figures->negative) / figures->answers : 0; }

static long mean_lost(const struct figures *figures) { return figures->lost_answers > 0 ? figures->lost_minutes / figures->lost_answers : 0; }

static struct story story;

// Its SLA would pass any review, yet people lose hours with it.
static void check_watermelon(const char *service) {
  struct figures it = of_service(&story, service), rest = of_others(&story, service);
  ck_assert_msg(100 * it.met >= 94 * it.settled, "the SLA of %s is not green: %ld of %ld", service, it.met, it.settled);
  ck_assert_msg(net(&it) < net(&rest) - 40, "people like %s: %ld, others %ld", service, net(&it), net(&rest));
  ck_assert_msg(mean_lost(&it) > 120 && mean_lost(&it) > 4 * mean_lost(&rest), "%s costs %ld minutes, others %ld", service, mean_lost(&it),
                mean_lost(&rest));
}

START_TEST(has_a_watermelon_in_each_organisation_with_every_seed) {
  for (uint64_t seed = 1; seed <= 3; seed++) {
    make_plan(&plan, DEMO, seed, ALL_TICKETS, ALL_DAYS);
    tell(&story, "vpn");
    check_watermelon("vpn");
    struct figures erp = of_service(&story, "erp");
    ck_assert_msg(100 * erp.met < 85 * erp.settled, "the erp's SLA is not red: %ld of %ld", erp.met, erp.settled);
    make_plan(&plan, HARBOUR, seed, ALL_TICKETS / 4, ALL_DAYS);
    tell(&story, "radio");
    check_watermelon("terminal-system");
  }
}
END_TEST

// Happiness before and after the change, and that nothing else changed by half as much.
static void check_change(const char *service, long least, long most) {
  const struct demo_organisation *organisation = plan.organisation;
  for (size_t i = 0; i < organisation->services_count; i++) {
    const struct figures *figures = story.services[i];
    long change = net(&figures[1]) - net(&figures[0]);
    const char *name = organisation->services[i].name;
    if (strcmp(name, service) == 0)
      ck_assert_msg(change >= least && change <= most, "%s changed by %ld", name, change);
    else if (figures[0].answers > 200 && figures[1].answers > 200)
      ck_assert_msg(change > -20 && change < 20, "%s changed by %ld", name, change);
  }
}

START_TEST(has_a_service_that_gets_better_and_one_that_gets_worse_with_every_seed) {
  for (uint64_t seed = 1; seed <= 3; seed++) {
    make_plan(&plan, DEMO, seed, ALL_TICKETS, ALL_DAYS);
    tell(&story, "workplace");
    check_change("workplace", 45, 110);
    make_plan(&plan, HARBOUR, seed, ALL_TICKETS / 4, ALL_DAYS);
    tell(&story, "handhelds");
    check_change("handhelds", -110, -45);
  }
}
END_TEST

// The first of eight weeks in a row above (side 1) or below (−1) the mean of all, as a control chart sees it; only weeks with enough answers.
static int find_run(double mean, int side) {
  int run = 0, first = 0;
  for (int week = 0; week < WEEKS_MAX; week++) {
    const struct figures *figures = &story.weeks[week];
    if (figures->answers < 20) continue;
    if (side * ((double)net(figures) - mean) <= 0) {
      run = 0;
      continue;
    }
    if (run == 0) first = week;
    if (++run == 8) return first;
  }
  return -1;
}

START_TEST(shows_the_change_on_a_weekly_control_chart_with_every_seed) {
  for (uint64_t seed = 1; seed <= 5; seed++) {
    make_plan(&plan, DEMO, seed, ALL_TICKETS, ALL_DAYS);
    tell(&story, "workplace");
    double total = 0;
    int weeks = 0;
    for (int week = 0; week < WEEKS_MAX; week++) {
      if (story.weeks[week].answers < 20) continue;
      total += (double)net(&story.weeks[week]);
      weeks++;
    }
    ck_assert_int_gt(weeks, 52);
    int run = find_run(total / weeks, 1), change = (plan.change_day - plan.first_day) / 7;
    ck_assert_msg(run >= change - 2 && run <= change + 4, "seed %d: the change is in week %d, the run begins in week %d", (int)seed, change, run);
    ck_assert_int_eq(change, ALL_DAYS * 6 / 10 / 7);
  }
}
END_TEST

// Tickets of a service in three months of the year, against its tickets in three others.
static void check_season(const char *service, const int *busy, const int *quiet) {
  const long *months = story.months[service_number(plan.organisation, service)];
  long many = 0, few = 0;
  for (int i = 0; i < 3; i++) {
    many += months[busy[i]];
    few += months[quiet[i]];
  }
  ck_assert_msg(2 * many > 3 * few, "%s: %ld against %ld", service, many, few);
}

START_TEST(has_its_trouble_with_the_network_in_winter) {
  // Two whole years.
  make_plan(&plan, DEMO, 1, ALL_TICKETS, 2 * 365);
  tell(&story, "network");
  check_season("network", (const int[]){12, 1, 2}, (const int[]){5, 6, 8});
  check_season("identity", (const int[]){8, 8, 8}, (const int[]){7, 7, 7});
  check_season("vpn", (const int[]){8, 9, 10}, (const int[]){7, 7, 7});
  make_plan(&plan, HARBOUR, 1, ALL_TICKETS, 2 * 365);
  tell(&story, "network");
  check_season("network", (const int[]){6, 7, 8}, (const int[]){11, 12, 2});
  check_season("mail", (const int[]){3, 5, 7}, (const int[]){1, 1, 1});
}
END_TEST

START_TEST(knows_weekends_nights_and_holidays) {
  long by_weekday[7] = {0}, by_night = 0, christmas = 0, january = 0;
  make_plan(&plan, DEMO, 1, ALL_TICKETS, 365);
  for (size_t i = 0; i < ALL_TICKETS; i++) {
    demo_make(&plan, i, &ticket);
    int64_t hour = ticket.facts.opened_at % MICROS_PER_DAY / (3600 * MICROS_PER_SECOND);
    int32_t day = (int32_t)(ticket.facts.opened_at / MICROS_PER_DAY);
    by_weekday[day_weekday(day)]++;
    by_night += hour < 4 || hour >= 20;
    christmas += day >= day_from_civil(2025, 12, 22) && day < day_from_civil(2025, 12, 29);
    january += day >= day_from_civil(2026, 1, 12) && day < day_from_civil(2026, 1, 19);
  }
  ck_assert_int_gt(by_weekday[0], by_weekday[4]);
  ck_assert_int_gt(by_weekday[4], 4 * by_weekday[5]);
  ck_assert_int_lt(by_night, ALL_TICKETS / 20);
  ck_assert_int_gt(january, 2 * christmas);
}
END_TEST

START_TEST(counts_more_invoices_when_a_month_turns) {
  long turning = 0, others = 0;
  make_plan(&plan, DEMO, 1, ALL_TICKETS, 365);
  for (size_t i = 0; i < ALL_TICKETS; i++) {
    demo_make(&plan, i, &ticket);
    if (strcmp(context_of(&ticket, "service"), "erp") != 0) continue;
    int year, month, day, later_month, later;
    int32_t opened = (int32_t)(ticket.facts.opened_at / MICROS_PER_DAY);
    day_to_civil(opened, &year, &month, &day);
    day_to_civil(opened + 3, &year, &later_month, &later);
    if (day == 1 || later_month != month)
      turning++;
    else
      others++;
  }
  // Four days of thirty.
  ck_assert_msg(turning * 26 > others * 4 * 2, "%ld against %ld", turning, others);
}
END_TEST

START_TEST(keeps_to_the_clock_of_the_organisation) {
  static const struct {
    size_t organisation;
    int from, to, percent;  // hours of UTC, and how many call at least in them
  } rows[] = {{0, 6, 15, 80}, {1, 19, 7, 62}};
  EACH(row, rows) {
    long inside = 0, all = 0;
    make_plan(&plan, &DEMO_ORGANISATION[row->organisation], 1, TICKETS, ALL_DAYS);
    for (size_t i = 0; i < TICKETS; i++) {
      demo_make(&plan, i, &ticket);
      int hour = (int)(ticket.facts.opened_at % MICROS_PER_DAY / (3600 * MICROS_PER_SECOND));
      inside += row->from < row->to ? hour >= row->from && hour < row->to : hour >= row->from || hour < row->to;
      all++;
    }
    ck_assert_msg(100 * inside > row->percent * all, "%ld of %ld", inside, all);
  }
}
END_TEST

START_TEST(has_about_as_many_responses_as_asked) {
  static const struct { size_t responses; } rows[] = {{0}, {500}, {ALL_TICKETS / 5}, {ALL_TICKETS / 2}, {ALL_TICKETS / 10 * 9}};
  for (size_t k = 0; k < DEMO_ORGANISATIONS; k++) {
    EACH(row, rows) {
      const struct demo_size size = {ALL_TICKETS, row->responses, ALL_DAYS};
      size_t made = 0;
      demo_plan_init(&plan, &DEMO_ORGANISATION[k], &size, 1, NOW);
      for (size_t i = 0; i < ALL_TICKETS; i++) {
        demo_make(&plan, i, &ticket);
        made += ticket.has_response;
      }
      ck_assert_msg(10 * made >= 9 * row->responses && 10 * made <= 11 * row->responses, "%zu instead of %zu", made, row->responses);
    }
  }
}
END_TEST

START_TEST(hears_the_same_people_several_times) {
  static unsigned short answers[ALL_TICKETS];
  make_plan(&plan, DEMO, 1, ALL_TICKETS, ALL_DAYS);
  memset(answers, 0, sizeof answers);
  size_t people = 0, again = 0;
  for (size_t i = 0; i < ALL_TICKETS; i++) {
    demo_make(&plan, i, &ticket);
    size_t person = (size_t)strtoul(ticket.requester + strlen("person-"), NULL, 10);
    ck_assert_uint_le(person, plan.people);
    if (!ticket.has_response) continue;
    people += answers[person] == 0;
    again += answers[person]++ == 1;
  }
  ck_assert_uint_gt(people, 1000);
  ck_assert_uint_gt(again, people * 3 / 4);
}
END_TEST

START_TEST(invents_each_organisation_apart_from_the_other) {
  struct demo_plan harbour;
  struct demo_ticket other;
  size_t alike = 0;
  make_plan(&plan, DEMO, 1, TICKETS, DAYS);
  make_plan(&harbour, HARBOUR, 1, TICKETS, DAYS);
  for (size_t i = 0; i < TICKETS; i++) {
    demo_make(&plan, i, &ticket);
    demo_make(&harbour, i, &other);
    ck_assert_str_ne(ticket.requester, other.requester);
    ck_assert_str_ne(context_of(&ticket, "location"), context_of(&other, "location"));
    alike += ticket.facts.opened_at == other.facts.opened_at;
  }
  ck_assert_uint_lt(alike, TICKETS / 100);
}
END_TEST

START_TEST(uses_preset_dimensions_only) {
  make_plan(&plan, DEMO, 1, TICKETS, DAYS);
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
                                                   marks_itself_as_invented, has_a_watermelon_in_each_organisation_with_every_seed,
                                                   has_a_service_that_gets_better_and_one_that_gets_worse_with_every_seed,
                                                   shows_the_change_on_a_weekly_control_chart_with_every_seed,
                                                   has_its_trouble_with_the_network_in_winter, knows_weekends_nights_and_holidays,
                                                   counts_more_invoices_when_a_month_turns, keeps_to_the_clock_of_the_organisation,
                                                   has_about_as_many_responses_as_asked, hears_the_same_people_several_times,
                                                   invents_each_organisation_apart_from_the_other, uses_preset_dimensions_only, NULL});
}

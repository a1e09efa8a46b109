// Invents the tickets and responses of an organisation: when people call, about what, how it goes, and what they think of it.
#include "command/demo_data.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/instant.h"

#define COUNT_OF(array)   (sizeof(array) / sizeof *(array))
#define MICROS_PER_MINUTE (60 * MICROS_PER_SECOND)
#define MICROS_PER_HOUR   (60 * MICROS_PER_MINUTE)

enum { TICKETS_PER_PERSON = 20, PEOPLE_MIN = 40, THOUSAND = 1000, MILLION = 1000000, RATING_MAX = 10, MEAN_SHARE = 500, REASSIGNMENTS_SEEN_MAX = 5 };

// Priority 1 is the most urgent; its rating also stands for how good it feels that everybody comes running.
static const struct demo_choice PRIORITIES[] = {{"1", 20, 20}, {"2", 110, 10}, {"3", 590, 0}, {"4", 280, -20}};
static const int64_t TARGET_MINUTES[COUNT_OF(PRIORITIES)] = {240, 480, 1440, 4320};

// People give round numbers.
static const int64_t LOST_MINUTES[] = {0, 0, 0, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 480, 960, 2400, 4800};

static const char *const POSITIVE_FACTORS[] = {"fast", "kept-informed", "competent", "friendly", "solved-first-time", "easy-to-reach"};
static const char *const NEUTRAL_FACTORS[] = {"took-a-while", "partly-solved", "had-to-follow-up", "friendly", "kept-informed"};
static const char *const NEGATIVE_FACTORS[] = {"slow",       "not-kept-informed",    "passed-around",
                                               "not-solved", "had-to-explain-again", "cumbersome-process"};

enum band { BAND_POSITIVE, BAND_NEUTRAL, BAND_NEGATIVE, BANDS };
static const struct {
  const char *const *factors;
  size_t count;
} FACTORS[BANDS] = {
    {POSITIVE_FACTORS, COUNT_OF(POSITIVE_FACTORS)}, {NEUTRAL_FACTORS, COUNT_OF(NEUTRAL_FACTORS)}, {NEGATIVE_FACTORS, COUNT_OF(NEGATIVE_FACTORS)}};

// %s stands for the service.
static const char *const COMMENTS[BANDS][4] = {
    {"Solved before my coffee was cold. Thank you for looking after %s so quickly.",
     "Somebody called me back and explained it. This is how %s should work.", "Friendly, and it simply works again: %s is fine.",
     "I didn't have to explain anything twice about %s."},
    {"%s works again, but I had to ask twice.", "It took most of the day until %s was usable.",
     "Fine in the end; an update on %s in between would have helped.", "%s works at my desk, not yet in the meeting rooms."},
    {"The ticket was closed, %s still fails every morning.", "Third ticket about %s this month, and each time I begin from the start.",
     "Half a day lost because of %s, and nobody told me anything.", "I was sent from one team to the next while %s was down."},
};

// --- Chance

// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014): every state gives a good next number, so that each ticket
// can have a sequence of its own.
static uint64_t chance_next(uint64_t *chance) {
  uint64_t z = *chance += UINT64_C(0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return z ^ (z >> 31);
}

// From 0 to limit − 1. The bias is below limit / 2^32, which no chart shows.
static uint64_t chance_below(uint64_t *chance, uint64_t limit) { return ((chance_next(chance) >> 32) * limit) >> 32; }

static bool chance_of(uint64_t *chance, unsigned thousandths) { return chance_below(chance, THOUSAND) < thousandths; }

// About normal, in thousandths of a standard deviation: the sum of twelve uniform numbers has variance 1.
static int chance_normal(uint64_t *chance) {
  int sum = 0;
  for (int i = 0; i < 12; i++)
    sum += (int)chance_below(chance, THOUSAND + 1) - MEAN_SHARE;
  return sum;
}

static size_t chance_pick(uint64_t *chance, const struct demo_choices *choices) {
  unsigned total = 0;
  for (size_t i = 0; i < choices->count; i++)
    total += choices->list[i].weight;
  unsigned at = (unsigned)chance_below(chance, total);
  size_t i = 0;
  for (; i + 1 < choices->count && at >= choices->list[i].weight; i++)
    at -= choices->list[i].weight;
  return i;
}

// --- Time

static unsigned service_weight(const struct demo_service *service, const struct demo_day *day) {
  unsigned season = service->season ? service->season[day->month] : 100, turn = day->month_end && service->month_end ? service->month_end : 100;
  return service->weight * season * turn / (100 * 100);
}

static unsigned services_weight(const struct demo_organisation *organisation, const struct demo_day *day) {
  unsigned total = 0;
  for (size_t i = 0; i < organisation->services_count; i++)
    total += service_weight(&organisation->services[i], day);
  return total;
}

static const struct demo_service *pick_service(const struct demo_organisation *organisation, int32_t local_day, uint64_t *chance) {
  struct demo_day day = demo_day_of(&organisation->calendar, local_day);
  unsigned at = (unsigned)chance_below(chance, services_weight(organisation, &day));
  size_t i = 0;
  for (unsigned weight; i + 1 < organisation->services_count; i++, at -= weight) {
    weight = service_weight(&organisation->services[i], &day);
    if (at < weight) break;
  }
  return &organisation->services[i];
}

void demo_plan_init(struct demo_plan *plan, const struct demo_organisation *organisation, const struct demo_size *size, uint64_t seed, int64_t now) {
  assert(size->tickets <= DEMO_TICKETS_MAX && size->responses <= size->tickets && size->days > 0 && size->days <= DEMO_DAYS_MAX && now > 0);
  // Of several organisations with one seed, each has its own chances.
  seed ^= text_hash(TEXT_HASH, text_of(organisation->slug));
  *plan = (struct demo_plan){.organisation = organisation, .seed = seed, .tickets = size->tickets, .days = size->days, .now = now};
  plan->people = size->tickets / TICKETS_PER_PERSON;
  if (plan->people < PEOPLE_MIN) plan->people = PEOPLE_MIN;
  if (size->tickets > 0) plan->answered = (unsigned)((uint64_t)size->responses * MILLION / size->tickets);
  const struct demo_calendar *calendar = &organisation->calendar;
  // The last day is yesterday, which has passed whole.
  plan->first_day = (int32_t)((now + demo_utc_offset(&calendar->clock, (int32_t)(now / MICROS_PER_DAY))) / MICROS_PER_DAY) - size->days;
  plan->change_day = plan->first_day + (int32_t)((int64_t)size->days * organisation->change / THOUSAND);
  for (int32_t i = 0; i < size->days; i++) {
    struct demo_day day = demo_day_of(calendar, plan->first_day + i);
    plan->weights[i + 1] = plan->weights[i] + 1 + day.weight * services_weight(organisation, &day) / THOUSAND;
  }
}

// Tickets come in order of time: each has an equal part of all the calls there are. Gives the local day too.
static int64_t opened_at(const struct demo_plan *plan, size_t number, uint64_t *chance, int32_t *local_day) {
  uint64_t total = plan->weights[plan->days], place = chance_below(chance, THOUSAND);
  uint64_t whole = (uint64_t)plan->tickets * THOUSAND, part = ((uint64_t)number * THOUSAND + place) * total;
  int32_t low = 0, high = plan->days - 1;
  while (low < high) {
    int32_t middle = (low + high) / 2;
    if (plan->weights[middle + 1] * whole > part)
      high = middle;
    else
      low = middle + 1;
  }
  uint64_t weight = plan->weights[low + 1] - plan->weights[low];
  // In steps that neither overflow nor show.
  uint64_t fine = (part - plan->weights[low] * whole) / (whole / THOUSAND);
  const struct demo_calendar *calendar = &plan->organisation->calendar;
  int32_t day = *local_day = plan->first_day + low;
  return demo_instant(&calendar->clock, day, demo_moment(calendar, fine, weight * THOUSAND));
}

// --- A ticket

// A person stays where they are, and is as strict as they are.
struct person {
  size_t number, location, department;
  int rating;
};

static struct person make_person(const struct demo_plan *plan, uint64_t *chance) {
  // The smaller of two: some people call often.
  uint64_t a = chance_below(chance, plan->people), b = chance_below(chance, plan->people);
  struct person person = {.number = (size_t)(a < b ? a : b)};
  uint64_t own = plan->seed ^ ((uint64_t)person.number + 1) * UINT64_C(0xd1342543de82ef95);
  person.location = chance_pick(&own, &plan->organisation->locations);
  person.department = chance_pick(&own, &plan->organisation->departments);
  person.rating = chance_normal(&own) / 12;
  return person;
}

static void make_names(const struct demo_plan *plan, size_t number, const struct demo_service *service, const struct person *person, uint64_t *chance,
                       struct demo_ticket *ticket) {
  const char *domain = plan->organisation->mail_domain;
  (void)snprintf(ticket->ref, sizeof ticket->ref, "%s-%07zu", plan->organisation->ref_prefix, number + 1);
  (void)snprintf(ticket->requester, sizeof ticket->requester, "person-%04zu@%s", person->number + 1, domain);
  int64_t hands = ticket->facts.reassignments + 1;
  ticket->agents_count = hands < DEMO_AGENTS_MAX ? (size_t)hands : DEMO_AGENTS_MAX;
  for (size_t i = 0; i < ticket->agents_count; i++) {
    (void)snprintf(ticket->agents[i], DEMO_NAME_CHARS, "%s-%zu-%u@%s", i == 0 ? "service-desk" : service->group, i + 1,
                   (unsigned)chance_below(chance, 9) + 1, domain);
  }
}

// First whether the SLA is met, then a time to resolve that fits.
static void make_times(const struct demo_plan *plan, const struct demo_service *service, size_t priority, uint64_t *chance,
                       struct ticket_facts *facts) {
  int64_t target = TARGET_MINUTES[priority], part = (int64_t)chance_below(chance, THOUSAND);
  bool met = chance_of(chance, service->sla_met);
  // Most of those in time are resolved early; the others are late by anything up to three times the target.
  int64_t minutes = met ? 6 + target * part / THOUSAND * part / THOUSAND : target + 1 + 3 * target * part / THOUSAND * part / THOUSAND;
  int64_t responded = facts->opened_at + (2 + (int64_t)chance_below(chance, (uint64_t)(minutes / 3 + 1))) * MICROS_PER_MINUTE;
  int64_t late = (int64_t)chance_below(chance, 90 * 60) * MICROS_PER_SECOND;
  int64_t resolved = demo_working_time(&plan->organisation->calendar, facts->opened_at + minutes * MICROS_PER_MINUTE, late);
  if (responded > resolved) responded = resolved;
  if (responded <= plan->now) facts->responded_at = responded;
  if (resolved > plan->now) return;
  facts->resolved_at = resolved;
  facts->sla_met = met;
  if (facts->kind == 0) facts->repaired_at = responded + (resolved - responded) / 10 * 8;
  int64_t closed = resolved + (2 * 24 + (int64_t)chance_below(chance, 24)) * MICROS_PER_HOUR;
  if (closed <= plan->now) facts->closed_at = closed;
}

static void make_facts(const struct demo_plan *plan, const struct demo_service *service, size_t priority, uint64_t *chance,
                       struct ticket_facts *facts) {
  unsigned passed = service->sla_met > 950 && service->reopened < 100 ? 120 : 330;
  facts->reassignments = chance_of(chance, passed);
  while (facts->reassignments > 0 && facts->reassignments < REASSIGNMENTS_SEEN_MAX && chance_of(chance, 300))
    facts->reassignments++;
  facts->handle_minutes = 4 + (int64_t)(chance_below(chance, 40) * chance_below(chance, 40) / 16) + 12 * facts->reassignments;
  facts->known_problem = facts->kind == 0 ? chance_of(chance, service->known_problem) : ABSENT;
  facts->level0_solvable = chance_of(chance, service->level0);
  facts->miscategorised = chance_of(chance, 65);
  if (facts->kind == 0) facts->business_impact = 5 - (int64_t)priority - (int64_t)chance_below(chance, 2);
  if (facts->resolved_at == ABSENT) return;
  facts->reopens = chance_of(chance, service->reopened) ? 1 + chance_of(chance, 150) : 0;
  facts->first_level_resolved = facts->reassignments == 0 && chance_of(chance, 820);
  facts->known_resolution = chance_of(chance, 300);
  facts->cost = facts->handle_minutes * plan->organisation->cents_per_minute + 400 * facts->reassignments;
}

// --- Its response

static int64_t clamp(int64_t value, int64_t low, int64_t high) { return value < low ? low : value > high ? high : value; }

// Hundredths to the nearest whole.
static int64_t nearest(int64_t hundredths) { return (hundredths + (hundredths < 0 ? -50 : 50)) / 100; }

static void make_answers(const struct demo_mood *mood, int64_t feeling, bool sla_met, uint64_t *chance, struct answers *answers) {
  int64_t happiness = clamp(nearest(feeling), 0, RATING_MAX);
  answers->happiness = happiness;
  if (chance_of(chance, 880)) {
    int64_t steps = 4 + mood->lost + (RATING_MAX - happiness) * 6 / 10 + chance_normal(chance) * 2 / THOUSAND;
    answers->lost_minutes = LOST_MINUTES[clamp(steps, 0, (int64_t)COUNT_OF(LOST_MINUTES) - 1)];
  }
  if (chance_of(chance, 700)) answers->csat = clamp(nearest(feeling / 2 + chance_normal(chance) / 15), 1, 5);
  if (chance_of(chance, 450)) answers->ces = clamp(nearest(feeling * 7 / RATING_MAX + chance_normal(chance) / 9), 1, 7);
  if (chance_of(chance, 300)) answers->nps = clamp(nearest(feeling - 60 + chance_normal(chance) / 8), 0, RATING_MAX);
  if (chance_of(chance, 350)) answers->expectation = clamp(nearest((feeling - 800) / 2 + chance_normal(chance) / 16), -2, 2);
  if (chance_of(chance, 250)) answers->promise_kept = clamp(nearest((feeling - 820) / 3 + (sla_met ? 60 : -90)), -2, 2);
  if (chance_of(chance, 150)) answers->brand_promise = clamp(nearest((feeling - 800) / 3), -2, 2);
}

static void make_reasons(const struct demo_service *service, uint64_t *chance, struct demo_ticket *ticket) {
  int64_t happiness = ticket->answers.happiness;
  enum band band = happiness >= 9 ? BAND_POSITIVE : happiness >= 7 ? BAND_NEUTRAL : BAND_NEGATIVE;
  size_t wanted = chance_of(chance, 750) ? 1 + (size_t)chance_below(chance, DEMO_FACTORS_MAX) : 0, count = FACTORS[band].count;
  // Neighbours from a place that leans to the front, so that some reasons lead.
  uint64_t a = chance_below(chance, count), b = chance_below(chance, count);
  size_t from = (size_t)(a < b ? a : b);
  for (size_t i = 0; i < wanted; i++)
    ticket->factors[ticket->factors_count++] = FACTORS[band].factors[(from + i * 2) % count];
  // Two steps on an even count may come back to the beginning.
  for (size_t i = 1; i < ticket->factors_count; i++) {
    if (ticket->factors[i] == ticket->factors[0]) ticket->factors_count = i;
  }
  if (!chance_of(chance, band == BAND_NEUTRAL ? 180 : 340)) return;
  char sentence[DEMO_COMMENT_CHARS];
  const char *pattern = COMMENTS[band][chance_below(chance, COUNT_OF(COMMENTS[band]))], *gap = strstr(pattern, "%s");
  (void)snprintf(sentence, sizeof sentence, "%.*s%s%s", (int)(gap - pattern), pattern, service->name, gap + 2);
  (void)snprintf(ticket->comment, sizeof ticket->comment, "[invented] %.*s", DEMO_COMMENT_CHARS - 20, sentence);
}

static void make_response(const struct demo_plan *plan, const struct demo_service *service, int base, uint64_t *chance, struct demo_ticket *ticket) {
  const struct ticket_facts *facts = &ticket->facts;
  if (facts->resolved_at == ABSENT) return;
  // Half of the answers come within hours.
  int64_t hours = (int64_t)(chance_of(chance, MEAN_SHARE) ? chance_below(chance, 4) : chance_below(chance, 60));
  ticket->submitted_at = facts->resolved_at + hours * MICROS_PER_HOUR + (int64_t)(5 + chance_below(chance, 55)) * MICROS_PER_MINUTE;
  if (ticket->submitted_at > plan->now || chance_below(chance, MILLION) >= plan->answered) return;
  const struct demo_mood *mood = facts->resolved_at / MICROS_PER_DAY >= plan->change_day ? &service->after : &service->before;
  int64_t days = (facts->resolved_at - facts->opened_at) / MICROS_PER_DAY;
  int64_t feeling = base + mood->rating - 75 * facts->reassignments - 130 * facts->reopens - 20 * clamp(days, 0, 8) +
                    (facts->sla_met == 1 ? 10 : -60) + chance_normal(chance) * 18 / 100;
  ticket->has_response = true;
  make_answers(mood, feeling, facts->sla_met == 1, chance, &ticket->answers);
  make_reasons(service, chance, ticket);
}

void demo_make(const struct demo_plan *plan, size_t number, struct demo_ticket *ticket) {
  static const struct ticket_facts NO_FACTS = {ABSENT, ABSENT, ABSENT, ABSENT, ABSENT, ABSENT, ABSENT, ABSENT, ABSENT,
                                               ABSENT, ABSENT, ABSENT, ABSENT, ABSENT, ABSENT, ABSENT, ABSENT};
  static const struct answers NO_ANSWERS = {ABSENT, ABSENT, ABSENT, ABSENT, ABSENT, ABSENT, ABSENT, ABSENT};
  uint64_t chance = plan->seed * UINT64_C(0xa0761d6478bd642f) + (uint64_t)number;
  // The first number mixes the state, as neighbours begin alike.
  chance = chance_next(&chance);
  memset(ticket, 0, sizeof *ticket);
  ticket->facts = NO_FACTS;
  ticket->answers = NO_ANSWERS;
  struct ticket_facts *facts = &ticket->facts;
  const struct demo_organisation *organisation = plan->organisation;
  int32_t local_day;
  facts->opened_at = opened_at(plan, number, &chance, &local_day);
  const struct demo_service *service = pick_service(organisation, local_day, &chance);
  struct person person = make_person(plan, &chance);
  const struct demo_choice *channel = &organisation->channels.list[chance_pick(&chance, &organisation->channels)];
  const struct demo_choice *location = &organisation->locations.list[person.location];
  const struct demo_choice *department = &organisation->departments.list[person.department];
  size_t priority = chance_pick(&chance, &(struct demo_choices){PRIORITIES, COUNT_OF(PRIORITIES)});
  facts->kind = chance_of(&chance, service->requests);
  make_times(plan, service, priority, &chance, facts);
  make_facts(plan, service, priority, &chance, facts);
  make_names(plan, number, service, &person, &chance, ticket);
  const struct demo_pair context[DEMO_PAIRS] = {
      {"service", service->name},          {"category", service->categories[chance_below(&chance, COUNT_OF(service->categories))]},
      {"channel", channel->value},         {"assignment_group", facts->reassignments > 0 ? service->group : "service-desk"},
      {"location", location->value},       {"department", department->value},
      {"supplier", service->supplier},     {"priority", PRIORITIES[priority].value},
      {"kind", TICKET_KINDS[facts->kind]},
  };
  memcpy(ticket->context, context, sizeof context);
  int base = person.rating + channel->rating + location->rating + department->rating + PRIORITIES[priority].rating;
  make_response(plan, service, base, &chance, ticket);
}

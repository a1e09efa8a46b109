// The tables of the invented organisations: complete, and acceptable to what they are written through.
#include "command/demo_organisation.h"

#include <string.h>

#include "domain/tenant.h"
#include "unit.h"

START_TEST(names_tenants_that_can_be_made_and_told_apart) {
  for (size_t i = 0; i < DEMO_ORGANISATIONS; i++) {
    const struct demo_organisation *organisation = &DEMO_ORGANISATION[i];
    ck_assert(tenant_slug_valid(text_of(organisation->slug)));
    ck_assert_uint_eq(strlen(organisation->currency), CURRENCY_CHARS);
    ck_assert_ptr_nonnull(strstr(organisation->name, "invented"));
    for (size_t k = 0; k < i; k++) {
      ck_assert_str_ne(organisation->slug, DEMO_ORGANISATION[k].slug);
      ck_assert_str_ne(organisation->time_zone, DEMO_ORGANISATION[k].time_zone);
      ck_assert_str_ne(organisation->currency, DEMO_ORGANISATION[k].currency);
      ck_assert_str_ne(organisation->mail_domain, DEMO_ORGANISATION[k].mail_domain);
    }
  }
  ck_assert_str_eq(DEMO_ORGANISATION[0].slug, "demo");
}
END_TEST

START_TEST(shares_all_tickets_out) {
  unsigned shares = 0;
  for (size_t i = 0; i < DEMO_ORGANISATIONS; i++)
    shares += DEMO_ORGANISATION[i].share;
  ck_assert_uint_eq(shares, 1000);
}
END_TEST

static void check_choices(const struct demo_choices *choices) {
  ck_assert_uint_ge(choices->count, 4);
  for (size_t i = 0; i < choices->count; i++) {
    ck_assert_uint_gt(choices->list[i].weight, 0);
    for (size_t k = 0; k < i; k++)
      ck_assert_str_ne(choices->list[i].value, choices->list[k].value);
  }
}

START_TEST(fills_every_table) {
  EACH(organisation, DEMO_ORGANISATION) {
    unsigned hours = 0;
    for (size_t i = 0; i < 24; i++)
      hours += organisation->calendar.hours[i];
    ck_assert_uint_gt(hours, 0);
    for (size_t i = 0; i < 12; i++)
      ck_assert_uint_gt(organisation->calendar.months[i], 0);
    check_choices(&organisation->channels);
    check_choices(&organisation->locations);
    check_choices(&organisation->departments);
    for (size_t i = 0; i < organisation->services_count; i++) {
      const struct demo_service *service = &organisation->services[i];
      ck_assert_uint_gt(service->weight, 0);
      ck_assert_int_ge(service->after.rating, 0);
      ck_assert_ptr_nonnull(service->supplier);
      for (size_t k = 0; k < DEMO_CATEGORIES; k++)
        ck_assert_ptr_nonnull(service->categories[k]);
    }
  }
}
END_TEST

int main(void) {
  return unit_tests("demo_organisation",
                    (const TTest *[]){names_tenants_that_can_be_made_and_told_apart, shares_all_tickets_out, fills_every_table, NULL});
}

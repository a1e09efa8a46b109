// Invitations: their states, tokens that nobody guesses, and samples that stay the same.
#include "domain/invitation.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

enum { SECRET = 32 };
static const char ONE[SECRET] = "one secret of a tenant", OTHER[SECRET] = "another";

static struct text secret_of(const char *bytes) { return (struct text){bytes, SECRET}; }

static const struct uuid ID = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};

static const struct {
  struct invitation_life life;
  enum invitation_state state;
} LIVES[] = {
    {{ABSENT, 1001, ABSENT, ABSENT}, INVITATION_DUE},
    {{ABSENT, 1000, ABSENT, ABSENT}, INVITATION_EXPIRED},
    {{ABSENT, 999, ABSENT, ABSENT}, INVITATION_EXPIRED},
    {{ABSENT, 1001, 500, ABSENT}, INVITATION_ANSWERED},
    {{ABSENT, 900, 500, ABSENT}, INVITATION_ANSWERED},
    {{ABSENT, 1001, ABSENT, 500}, INVITATION_VOIDED},
    {{ABSENT, 900, ABSENT, 500}, INVITATION_VOIDED},
    {{REFUSED_NO_SURVEY, ABSENT, ABSENT, ABSENT}, INVITATION_REFUSED},
    {{REFUSED_SAMPLE, ABSENT, ABSENT, ABSENT}, INVITATION_REFUSED},
};

START_TEST(an_invitation_is_in_one_state) {
  for (size_t i = 0; i < sizeof LIVES / sizeof *LIVES; i++)
    ck_assert_msg(invitation_state(&LIVES[i].life, 1000) == LIVES[i].state, "row %zu is %s", i,
                  INVITATION_STATE_NAMES[invitation_state(&LIVES[i].life, 1000)]);
}
END_TEST

START_TEST(every_state_and_refusal_has_a_name) {
  for (int i = 0; i < INVITATION_STATES; i++)
    ck_assert_ptr_nonnull(INVITATION_STATE_NAMES[i]);
  for (int i = 0; i < REFUSALS; i++)
    ck_assert_ptr_nonnull(REFUSAL_NAMES[i]);
  ck_assert_ptr_null(INVITATION_STATE_NAMES[INVITATION_STATES]);
  ck_assert_ptr_null(REFUSAL_NAMES[REFUSALS]);
}
END_TEST

START_TEST(a_token_is_the_same_again_and_another_of_another_secret_or_id) {
  struct uuid next = ID;
  char first[INVITATION_TOKEN_CHARS], again[INVITATION_TOKEN_CHARS], foreign[INVITATION_TOKEN_CHARS], later[INVITATION_TOKEN_CHARS];
  next.bytes[15]++;
  invitation_token(secret_of(ONE), &ID, first);
  invitation_token(secret_of(ONE), &ID, again);
  invitation_token(secret_of(OTHER), &ID, foreign);
  invitation_token(secret_of(ONE), &next, later);
  ck_assert_mem_eq(first, again, sizeof first);
  ck_assert_mem_ne(first, foreign, sizeof first);
  ck_assert_mem_ne(first, later, sizeof first);
}
END_TEST

START_TEST(every_token_is_taken_as_one) {
  struct uuid id = ID;
  for (int i = 0; i < 2000; i++) {
    char token[INVITATION_TOKEN_CHARS];
    uint8_t hash[DIGEST_BYTES];
    id.bytes[0] = (uint8_t)i;
    id.bytes[1] = (uint8_t)(i >> 8);
    invitation_token(secret_of(ONE), &id, token);
    ck_assert_msg(invitation_token_hash((struct text){token, sizeof token}, hash), "%.*s", (int)sizeof token, token);
  }
}
END_TEST

static const char *const NO_TOKENS[] = {"",
                                        "abc",
                                        "abcdefghijklmnopqrstuvwxyz",
                                        "abcdefghijklmnopqrstuvwxyz01",
                                        "abcdefghijklmnopqrstuvwxyz+",
                                        "abcdefghijklmnopqrstuvwxyz/",
                                        "abcdefghijklmnopqrstuvwxyz=",
                                        "abcdefghijklmnopqrstuvwxy\xc3\xa9"};

START_TEST(what_can_be_no_token_is_refused) {
  uint8_t hash[DIGEST_BYTES];
  for (size_t i = 0; i < sizeof NO_TOKENS / sizeof *NO_TOKENS; i++)
    ck_assert_msg(!invitation_token_hash(text_of(NO_TOKENS[i]), hash), "%s", NO_TOKENS[i]);
  ck_assert(!invitation_token_hash(TEXT_NONE, hash));
}
END_TEST

START_TEST(a_sample_stays_the_same_and_is_as_large_as_it_should) {
  int below[3] = {0, 0, 0}, differ = 0;
  for (int i = 0; i < 20000; i++) {
    char chars[16];
    int length = snprintf(chars, sizeof chars, "INC%d", i);
    struct text ref = {chars, (size_t)length};
    int draw = invitation_draw(secret_of(ONE), ref);
    ck_assert_int_eq(draw, invitation_draw(secret_of(ONE), ref));
    ck_assert(draw >= 0 && draw < 100);
    below[0] += draw < 1;
    below[1] += draw < 25;
    below[2] += draw < 99;
    differ += draw != invitation_draw(secret_of(OTHER), ref);
  }
  ck_assert_msg(below[0] > 100 && below[0] < 300, "%d", below[0]);
  ck_assert_msg(below[1] > 4700 && below[1] < 5300, "%d", below[1]);
  ck_assert_msg(below[2] > 19700 && below[2] < 19900, "%d", below[2]);
  ck_assert_int_gt(differ, 19000);
}
END_TEST

int main(void) {
  return unit_tests("domain/invitation", (const TTest *[]){
                                             an_invitation_is_in_one_state,
                                             every_state_and_refusal_has_a_name,
                                             a_token_is_the_same_again_and_another_of_another_secret_or_id,
                                             every_token_is_taken_as_one,
                                             what_can_be_no_token_is_refused,
                                             a_sample_stays_the_same_and_is_as_large_as_it_should,
                                             NULL,
                                         });
}

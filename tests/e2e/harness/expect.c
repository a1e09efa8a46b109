// Holds answers against expectations ("items.0.ref = INC1").
#include "steps.h"

#include "value.h"

#include <regex.h>
#include <stdio.h>
#include <string.h>

enum { TEXT_SLOTS = 4 };

enum relation { EQUAL, DIFFERENT, ABSENT, PRESENT };

struct expectation {
  struct bytes what;
  enum relation relation;
  const char *literal;
};

// What was found at a place: text, and whether it was a JSON string (headers and bodies are).
struct finding {
  bool present;
  bool string;
  struct bytes text;
  struct bytes compact;  // of the JSON value
};

static void expectation_read(const char *line, struct expectation *expectation) {
  static const struct {
    const char *sign;
    enum relation relation;
  } signs[] = {{" != ", DIFFERENT}, {" = ", EQUAL}};
  const char *place = NULL;
  for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
    const char *found = strstr(line, signs[i].sign);
    if (found != NULL && (place == NULL || found < place)) {
      place = found;
      expectation->relation = signs[i].relation;
      expectation->literal = found + strlen(signs[i].sign);
    }
  }
  static const char absent[] = " absent";
  static const char present[] = " present";
  size_t length = strlen(line);
  if (place == NULL && length > strlen(absent) && strcmp(line + length - strlen(absent), absent) == 0) {
    place = line + length - strlen(absent);
    expectation->relation = ABSENT;
  } else if (place == NULL && length > strlen(present) && strcmp(line + length - strlen(present), present) == 0) {
    place = line + length - strlen(present);
    expectation->relation = PRESENT;
  }
  if (place == NULL) {
    harness_fail("not an expectation: '%s'", line);
  }
  bytes_add(&expectation->what, line, (size_t)(place - line));
}

// Fills the finding; false with a reason where the body should be JSON and is not.
static bool finding_read(const struct answer *answer, const char *what, struct finding *finding, const char **reason) {
  static const char header[] = "header ";
  if (strncmp(what, header, strlen(header)) == 0 || strcmp(what, "(body)") == 0) {
    const char *text = what[0] == '(' ? bytes_text(&answer->body) : answer_header(answer, what + strlen(header));
    finding->present = text != NULL;
    finding->string = true;
    bytes_add_text(&finding->text, text == NULL ? "" : text);
    return true;
  }
  struct value value = {0};
  struct bytes count = {0};
  enum value_state state = value_find(bytes_text(&answer->body), answer->body.length, what, &value, &count);
  finding->present = state == VALUE_FOUND;
  if (finding->present) {
    finding->string = value_is_string(value);
    value_text(value, &finding->text);
    value_compact(value, &finding->compact);
  }
  bytes_release(&count);
  *reason = "the body is not JSON";
  return state != VALUE_NOT_JSON;
}

static bool matches(const char *text, const char *pattern) {
  regex_t regex;
  if (regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB) != 0) {
    harness_fail("not a regular expression: '%s'", pattern);
  }
  bool is_match = regexec(&regex, text, 0, NULL, 0) == 0;
  regfree(&regex);
  return is_match;
}

static bool equals(const struct finding *finding, const char *literal) {
  if (literal[0] == '~') {
    return matches(bytes_text(&finding->text), literal + 1);
  }
  struct value wanted = {literal, strlen(literal)};
  if (!value_is_json(literal, wanted.length)) {
    return finding->string && strcmp(bytes_text(&finding->text), literal) == 0;
  }
  struct bytes text = {0};
  bool is_equal = false;
  if (value_is_string(wanted)) {
    value_text(wanted, &text);
    is_equal = finding->string && text.length == finding->text.length && memcmp(bytes_text(&text), bytes_text(&finding->text), text.length) == 0;
  } else {
    value_compact(wanted, &text);
    // A header or a plain body has no JSON value: "header Content-Length = 12" compares texts.
    const struct bytes *found = finding->compact.length == 0 ? &finding->text : &finding->compact;
    is_equal = strcmp(bytes_text(&text), bytes_text(found)) == 0;
  }
  bytes_release(&text);
  return is_equal;
}

bool answer_meets(const struct answer *answer, const char *expectation, struct bytes *finding_text) {
  struct expectation wanted = {0};
  struct finding finding = {0};
  const char *reason = NULL;
  expectation_read(expectation, &wanted);
  bool met = false;
  if (!finding_read(answer, wanted.what.at, &finding, &reason)) {
    bytes_add_text(finding_text, reason);
  } else {
    bool same = finding.present && (wanted.literal != NULL) && equals(&finding, wanted.literal);
    const bool holds[] = {
        [EQUAL] = same,
        [DIFFERENT] = finding.present && !same,
        [ABSENT] = !finding.present,
        [PRESENT] = finding.present,
    };
    met = holds[wanted.relation];
    const struct bytes *shown = finding.compact.length > 0 ? &finding.compact : &finding.text;
    bytes_format(finding_text, "%.500s", finding.present ? bytes_text(shown) : "(absent)");
  }
  bytes_release(&wanted.what);
  bytes_release(&finding.text);
  bytes_release(&finding.compact);
  return met;
}

const char *answer_text(const struct answer *answer, const char *what) {
  static struct bytes slots[TEXT_SLOTS];
  static size_t turn;
  struct bytes *slot = &slots[turn++ % TEXT_SLOTS];
  struct finding finding = {0};
  const char *reason = NULL;
  bool readable = finding_read(answer, what, &finding, &reason);
  bytes_clear(slot);
  bytes_add(slot, bytes_text(&finding.text), finding.text.length);
  bytes_release(&finding.text);
  bytes_release(&finding.compact);
  return readable && finding.present ? slot->at : NULL;
}

void answer_expect(const struct answer *answer, int status, const char *const *expectations) {
  if (status != 0 && answer->status != status) {
    harness_fail("status %d instead of %d: %.1000s", answer->status, status, bytes_text(&answer->body));
  }
  for (size_t i = 0; expectations[i] != NULL; i++) {
    struct bytes finding = {0};
    if (!answer_meets(answer, expectations[i], &finding)) {
      harness_fail("expected %s, found %s; answer: %.1000s", expectations[i], bytes_text(&finding), bytes_text(&answer->body));
    }
    bytes_release(&finding);
  }
}

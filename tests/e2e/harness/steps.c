// Runs step tables and prints what a failing step needs to be understood and repeated by hand.
#include "steps.h"

#include "process.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES_MAX = 256, REPEAT_MS = 100, BODY_SHOWN_BYTES_MAX = 4000 };

static struct {
  char name[64];
  struct bytes value;
} names[NAMES_MAX];

void steps_set(const char *name, const char *value) {
  for (size_t i = 0; i < NAMES_MAX; i++) {
    if (names[i].name[0] != '\0' && strcmp(names[i].name, name) != 0) {
      continue;
    }
    (void)snprintf(names[i].name, sizeof names[i].name, "%s", name);
    bytes_clear(&names[i].value);
    bytes_add_text(&names[i].value, value);
    return;
  }
  harness_fail("more than %d saved names", NAMES_MAX);
}

const char *saved(const char *name) {
  for (size_t i = 0; i < NAMES_MAX && names[i].name[0] != '\0'; i++) {
    if (strcmp(names[i].name, name) == 0) {
      return bytes_text(&names[i].value);
    }
  }
  harness_fail("nothing was saved as ${%s}", name);
}

// Puts the saved values in; NULL stays NULL.
static const char *expand(const char *text, struct bytes *into) {
  if (text == NULL) {
    return NULL;
  }
  bytes_clear(into);
  for (const char *mark = strstr(text, "${"); mark != NULL; mark = strstr(text, "${")) {
    const char *end = strchr(mark, '}');
    char name[64];
    if (end == NULL || (size_t)(end - mark) - 2 >= sizeof name) {
      break;
    }
    (void)snprintf(name, sizeof name, "%.*s", (int)(end - mark - 2), mark + 2);
    bytes_add(into, text, (size_t)(mark - text));
    bytes_add_text(into, saved(name));
    text = end + 1;
  }
  bytes_add_text(into, text);
  return into->at;
}

// A step with everything put in.
struct asked {
  const char *method;
  const char *path;
  const char *headers;
  const char *body;
  struct bytes memory[3];
};

static void asked_fill(const struct step *step, struct asked *asked) {
  asked->method = step->method == NULL ? "GET" : step->method;
  asked->path = expand(step->path, &asked->memory[0]);
  asked->headers = expand(step->headers, &asked->memory[1]);
  asked->body = expand(step->body, &asked->memory[2]);
}

static void asked_release(struct asked *asked) {
  for (size_t i = 0; i < sizeof asked->memory / sizeof asked->memory[0]; i++) {
    bytes_release(&asked->memory[i]);
  }
}

static void shell_quote(const char *text, size_t length, struct bytes *line) {
  bytes_add_text(line, "'");
  for (size_t i = 0; i < length; i++) {
    if (text[i] == '\'') {
      bytes_add_text(line, "'\\''");
    } else {
      bytes_add(line, &text[i], 1);
    }
  }
  bytes_add_text(line, "'");
}

static void curl_line(const struct step *step, const struct asked *asked, struct bytes *line) {
  bool to_head = strcmp(asked->method, "HEAD") == 0;
  bytes_format(line, "curl %s%s", to_head ? "--head" : "-i -X ", to_head ? "" : asked->method);
  if (step->key != NO_KEY) {
    bytes_format(line, " -H 'Authorization: Bearer %s'", house_key(step->key));
  }
  if (asked->body != NULL && (asked->headers == NULL || strcasestr(asked->headers, "Content-Type:") == NULL)) {
    bytes_add_text(line, " -H 'Content-Type: application/json'");
  }
  for (const char *header = asked->headers; header != NULL && *header != '\0';) {
    size_t length = strcspn(header, "\r\n");
    bytes_add_text(line, " -H ");
    shell_quote(header, length, line);
    header += length + strspn(header + length, "\r\n");
  }
  if (asked->body != NULL) {
    bytes_add_text(line, " --data-binary ");
    shell_quote(asked->body, strlen(asked->body), line);
  }
  bytes_format(line, " '%s%s'", house_server()->address, asked->path);
}

// Appends a line for each thing that does not hold.
static void step_judge(const struct step *step, const struct answer *answer, struct bytes *problems) {
  if (step->status != 0 && answer->status != step->status) {
    bytes_format(problems, "    expected status %d\n       found %d\n", step->status, answer->status);
  }
  struct bytes memory = {0};
  for (size_t i = 0; i < STEP_LINES_MAX && step->expects[i] != NULL; i++) {
    struct bytes finding = {0};
    const char *expectation = expand(step->expects[i], &memory);
    if (!answer_meets(answer, expectation, &finding)) {
      bytes_format(problems, "    expected %s\n       found %s\n", expectation, bytes_text(&finding));
    }
    bytes_release(&finding);
  }
  bytes_release(&memory);
}

static void step_save(const struct step *step, const struct answer *answer, struct bytes *problems) {
  static const char arrow[] = " <- ";
  for (size_t i = 0; i < sizeof step->saves / sizeof step->saves[0] && step->saves[i] != NULL; i++) {
    const char *place = strstr(step->saves[i], arrow);
    char name[64];
    if (place == NULL || (size_t)(place - step->saves[i]) >= sizeof name) {
      harness_fail("not \"name <- what\": '%s'", step->saves[i]);
    }
    (void)snprintf(name, sizeof name, "%.*s", (int)(place - step->saves[i]), step->saves[i]);
    const char *text = answer_text(answer, place + strlen(arrow));
    if (text == NULL) {
      bytes_format(problems, "    nothing to save: %s\n", step->saves[i]);
    } else {
      steps_set(name, text);
    }
  }
}

_Noreturn static void step_fail(const struct step *step, size_t number, const struct asked *asked, const struct answer *answer,
                                const struct bytes *problems) {
  struct bytes line = {0};
  curl_line(step, asked, &line);
  (void)fprintf(stderr, "\nstep %zu: %s\n  %s\n\n%s\n", number, step->says, bytes_text(&line), bytes_text(&answer->head));
  (void)fprintf(stderr, "%.*s\n\n%s\n", BODY_SHOWN_BYTES_MAX, bytes_text(&answer->body), bytes_text(problems));
  bytes_release(&line);
  harness_fail("step %zu: %s:\n%s", number, step->says, bytes_text(problems));
}

static void step_run(const struct step *step, size_t number) {
  struct asked asked = {0};
  struct bytes problems = {0};
  asked_fill(step, &asked);
  long long end = clock_ms() + 1000LL * step->within_seconds;
  const struct answer *answer = NULL;
  do {
    if (answer != NULL) {
      sleep_ms(REPEAT_MS);
    }
    bytes_clear(&problems);
    answer = request(step->key, asked.method, asked.path, asked.headers, asked.body);
    step_judge(step, answer, &problems);
  } while (problems.length > 0 && clock_ms() < end);
  if (problems.length == 0) {
    step_save(step, answer, &problems);
  }
  if (problems.length > 0) {
    step_fail(step, number, &asked, answer, &problems);
  }
  asked_release(&asked);
  bytes_release(&problems);
}

void steps_run(const struct step *steps, size_t count) {
  for (size_t i = 0; i < count; i++) {
    step_run(&steps[i], i + 1);
  }
}

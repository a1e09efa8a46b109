// Tests written as a transcript: a table of steps, each a sentence, a request, and what the answer must say.
//
//   static const struct step story[] = {
//       {.says = "The portal reports a ticket", .key = PORTAL, .method = "PUT", .path = "/v1/tickets/INC1",
//        .body = "{\"kind\": \"incident\", …}", .status = 201, .expects = {"ref = INC1", "context.service = vpn"}},
//       {.says = "and posts a response", .key = PORTAL, .method = "POST", .path = "/v1/responses",
//        .body = "{\"ticket\": \"INC1\", \"happiness\": 9}", .status = 201, .saves = {"response <- id"}},
//       {.says = "which the administrator reads", .key = ADMIN, .path = "/v1/responses/${response}", .status = 200,
//        .expects = {"happiness = 9", "comment = null", "header Content-Type = ~^application/json"}},
//   };
//   steps_run(story, sizeof story / sizeof story[0]);
//
// An expectation is "what = literal", "what != literal", "what absent" or "what present", where what is a path into the JSON
// body (value.h: "metrics.happiness.value", "items.0.ref", "items.length"), "header Name", or "(body)" for the whole
// body as text. A literal that is a JSON number, true, false or null is compared with the printed token (16.67 is not
// 16.670, nor "16.67"); one in quotes with a string; {…} and […] with the value without white space; ~… is a POSIX
// extended regular expression that a string's text or a token must match; any other text must equal a string.
#ifndef XLAD_E2E_STEPS_H
#define XLAD_E2E_STEPS_H

#include <stddef.h>

#include "house.h"

enum { STEP_LINES_MAX = 24 };

struct step {
  const char *says;
  enum key key;
  const char *method;  // NULL: GET
  const char *path;
  const char *headers;  // NULL, or lines separated by '\n'
  const char *body;
  int status;  // 0: any
  const char *expects[STEP_LINES_MAX];
  const char *saves[8];  // "name <- what": ${name} stands for it in later paths, headers, bodies and expectations
  int within_seconds;    // more than 0: asked again until all holds, or the time is over
};

// Runs the steps in order; the first that fails ends the test, after its sentence, the request as a curl line, the answer, and
// each expectation that failed were printed.
void steps_run(const struct step *steps, size_t count);
#define STEPS(table) steps_run(table, sizeof(table) / sizeof((table)[0]))

// What ${name} stands for, from saves or from steps_set. saved() fails when there is no such name.
void steps_set(const char *name, const char *value);
const char *saved(const char *name);

// Whether the answer meets the expectation; where not, appends what it found to `finding`.
bool answer_meets(const struct answer *answer, const char *expectation, struct bytes *finding);
// What an answer holds at the place, as text: a path into its JSON, "header Name" or "(body)". NULL when absent; valid until
// four more calls.
const char *answer_text(const struct answer *answer, const char *what);
// Fails the test unless the status and all the expectations (NULL-terminated) hold.
#define EXPECT(answer, status, ...) answer_expect(answer, status, (const char *const[]){__VA_ARGS__, NULL})
void answer_expect(const struct answer *answer, int status, const char *const *expectations);

#endif

// A receiver of webhooks: an HTTP server in a child process that takes down what it is sent, and answers as the path asks for.
//
// The last segment of the path says how: ok (204), error (500), gone (410), moved (302 to ok), later (503 and Retry-After: 100), long (200 with a
// body of a megabyte), silent (takes the request and never answers), cut (closes without an answer). What follows a dot is how often that is done for
// one event, before it is ok: error.1, cut.2.
#ifndef XLAD_E2E_RECEIVER_H
#define XLAD_E2E_RECEIVER_H

#include "crew.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

enum { RECEIVER_NOTES_MAX = 8192, RECEIVER_PATH_MAX = 64, RECEIVER_SIGNATURE_MAX = 128, RECEIVER_BODY_MAX = 512 };

// A request that came.
struct receiver_note {
  char path[RECEIVER_PATH_MAX];
  char id[40];         // webhook-id
  char timestamp[24];  // webhook-timestamp
  char signature[RECEIVER_SIGNATURE_MAX];
  char type[64];  // content-type
  char body[RECEIVER_BODY_MAX];
  bool answered_ok;
};

struct receiver_board {
  _Atomic size_t count;  // notes that are whole
  struct receiver_note notes[RECEIVER_NOTES_MAX];
};

struct receiver {
  int port;
  int listener;
  struct crew crew;
  struct receiver_board *board;  // shared with the child
};

void receiver_start(struct receiver *receiver);
void receiver_stop(struct receiver *receiver);

// How many requests came to this path (NULL: any), of this event (NULL: any).
size_t receiver_count(const struct receiver *receiver, const char *path, const char *id);
// The n-th of them; fails the test when there are not as many.
const struct receiver_note *receiver_note(const struct receiver *receiver, const char *path, size_t n);
// Waits until that many came; fails the test when they don't.
void receiver_wait(const struct receiver *receiver, const char *path, size_t count, int seconds);
// How many different events came to this path.
size_t receiver_events(const struct receiver *receiver, const char *path);

#endif

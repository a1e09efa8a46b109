// Requests that the daemon makes itself: POSTs to receivers that nobody vouches for, in the loop, several at once. Nothing here waits, whatever a
// receiver or the name service does. libcurl does the work; names are resolved in its threads.
#ifndef XLAD_HTTP_CLIENT_H
#define XLAD_HTTP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "base/loop.h"
#include "base/text.h"

struct client;

// What may be wrong with the URL of a receiver.
enum url_fault {
  URL_GOOD,
  URL_MALFORMED,    // no absolute URL with a host, or a port that is none
  URL_SCHEME,       // neither https nor, where private receivers are allowed, http
  URL_CREDENTIALS,  // holds a user or a password
  URL_FRAGMENT,     // which would never be sent
  URL_PRIVATE,      // its host is an address that is not public, or this machine's name
};
// Judges by libcurl's own parser, so that what is judged is what is asked. What a name stands for is judged when it is connected to.
enum url_fault client_judge(struct text url, bool private_allowed);

enum { POST_HEADERS_MAX = 6, POST_HEADER_CHARS_MAX = 256, POST_ERROR_CHARS_MAX = 320 };

// One POST of JSON; embedded by its owner, and in its hands again from `done` on.
struct post_request {
  const char *url;
  char headers[POST_HEADERS_MAX][POST_HEADER_CHARS_MAX];  // "name: value", as far as filled
  struct text body;
  void (*done)(struct post_request *post);
  void *owner;
  // What came of it.
  int status;                        // of the answer; 0: none came
  int64_t retry_after;               // seconds that the receiver asks for; ABSENT where it doesn't
  char error[POST_ERROR_CHARS_MAX];  // where status is no 2xx: what went wrong, with the beginning of the answer's text
  // The client's.
  struct post_request *next, **link;
  struct client *client;
  void *easy, *list;
  bool refused;  // an address that is not public was not connected to
  size_t head_bytes, body_bytes;
  char excerpt[SEND_EXCERPT_BYTES_MAX];
  char trouble[256];
};

// connect and total time in milliseconds; addresses that aren't public are connected to, and http is spoken, only where private receivers are
// allowed. NULL when memory is out.
struct client *client_open(struct loop *loop, bool private_allowed, int64_t total_ms);
// Begins it: `done` is called later, from the loop. False when it can't even begin; then `done` is not called.
bool client_post(struct client *client, struct post_request *post) __attribute__((warn_unused_result));
// Ends it at once; `done` is not called.
void client_drop(struct post_request *post);
// Drops what is under way. NULL is allowed.
void client_close(struct client *client);

#endif

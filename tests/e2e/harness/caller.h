// An HTTP/1.1 client on a raw socket of 127.0.0.1: well-behaved calls on a kept-alive connection, and raw bytes.
#ifndef XLAD_E2E_CALLER_H
#define XLAD_E2E_CALLER_H

#include <stdbool.h>
#include <stddef.h>

#include "answer.h"

enum { CALL_MS_MAX = 30000 };

// A kept-alive connection; opened on the first call and again whenever the other side has closed it.
struct caller {
  int port;
  int socket;           // -1: not connected
  unsigned calls;       // answered on this connection
  struct bytes unread;  // bytes behind the last answer
};

struct call {
  const char *method;
  const char *path;     // target, as sent
  const char *headers;  // NULL, or lines "Name: value" separated by '\n'; Host is added unless given
  const char *body;     // NULL: none, and no Content-Length
  size_t body_length;   // 0: strlen(body)
  bool chunked;         // the body is sent in chunks of 1000 bytes
  int milliseconds;     // 0: CALL_MS_MAX
};

void caller_init(struct caller *caller, int port);
// False when no whole and well-formed answer came in time; answer->status is 0 then and *why says it. A connection that
// the daemon had closed while it was idle is opened again.
bool caller_call(struct caller *caller, const struct call *call, struct answer *answer, const char **why);
void caller_close(struct caller *caller);

// --- Raw bytes

// A connected socket; fails the test when nobody listens. Blocking calls on it end after CALL_MS_MAX.
int raw_open(int port);
// As raw_open, but -1 when nobody listens.
int raw_try(int port);
// False when the other side no longer takes bytes.
bool raw_send(int socket, const char *bytes, size_t length);
// One answer; false when none came in time (answer->status is 0) or the connection ended before.
bool raw_receive(int socket, int milliseconds, struct answer *answer);
// True when the other side closes within the time; what it sends until then is dropped.
bool raw_closed(int socket, int milliseconds);
// True when the other side has closed already; takes no time and drops nothing.
bool raw_is_closed(int socket);

// Opens, sends, receives one answer (status 0: none came), and waits for the end of the connection.
struct exchange {
  struct answer answer;
  bool closed;     // within two seconds after the answer
  size_t surplus;  // bytes behind the answer: what a smuggled second request was answered
};
void raw_exchange(int port, const char *bytes, size_t length, struct exchange *exchange);

#endif

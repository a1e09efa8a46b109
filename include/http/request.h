// A request, from its first byte to the end of its answer, and what an endpoint may ask of it.
#ifndef XLAD_HTTP_REQUEST_H
#define XLAD_HTTP_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/errors.h"
#include "base/ident.h"
#include "base/limits.h"
#include "base/text.h"
#include "http/encoding.h"
#include "http/media.h"
#include "json/writer.h"

struct MHD_Connection;
struct server;
struct link;
struct principal;
struct request;

enum method { METHOD_GET, METHOD_PUT, METHOD_POST, METHOD_PATCH, METHOD_DELETE, METHOD_HEAD, METHOD_OPTIONS, METHOD_OTHER };
extern const char *const METHOD_NAMES[];

enum body_kind {
  BODY_NONE,   // a body is read and forgotten
  BODY_JSON,   // application/json
  BODY_PATCH,  // application/merge-patch+json or application/json
  BODY_BULK,   // application/x-ndjson or text/csv, any length, handed on as it comes
};

enum { PATH_VALUES_MAX = 3 };

// One row of the table that is the whole API. A pattern is literal but for segments in braces: "/v1/tickets/{ref}".
struct route {
  enum method method;
  const char *pattern;
  unsigned roles;  // bits of who may; 0: anybody, without a key
  enum body_kind body;
  // What to ask: queues work and gives ERR_PENDING, or answers at once. Called when the body is there.
  enum err (*start)(struct request *request);
  // BODY_BULK: takes what it can of `chunk` and sets *used. ERR_PENDING: nothing more until request_resume.
  enum err (*chunk)(struct request *request, struct text chunk, size_t *used);
};

struct query_member {
  struct text name, value;
  bool read;  // some endpoint asked for it; what nobody asks for is an issue
};

struct header {
  const char *name;
  struct text value;
};

enum { ANSWER_HEADERS_MAX = 8 };

struct request {
  struct server *server;
  struct MHD_Connection *connection;
  struct link *link;
  struct arena arena;
  struct issues issues;
  struct text id;        // X-Request-Id
  const char *line_end;  // end of the target in the library's buffer, until the head has been screened
  // What is asked.
  enum method method;
  struct text target, path;
  struct text segments[REQUEST_SEGMENTS_MAX];  // decoded
  size_t segments_count;
  struct query_member query[REQUEST_QUERY_MEMBERS_MAX];
  size_t query_count;
  const struct route *route;
  struct text path_values[PATH_VALUES_MAX];
  enum media media;        // what the answer has to be given as
  struct text media_type;  // of the body, without parameters, lower case; absent when there is none
  struct buffer body;
  // Who asks.
  const struct principal *principal;
  unsigned role;  // one bit
  // How far it is.
  enum err refusal;  // found while reading; answered when the body is over, or at once
  bool headed, complete, suspended, answered, close;
  bool started;
  bool may_wait;                               // it is suspended when it is told ERR_PENDING
  enum err (*next)(struct request *request);   // what runs after the next resume, instead of start
  void *state;                                 // the endpoint's own, in the arena
  void *work;                                  // what has to be freed at the end, usually a job
  void (*work_free)(void *work);               // called at the end of the request
  void *cached;                                // the cache's own
  void (*abandoned)(struct request *request);  // called when the request ends before this was cleared
  // The answer.
  int status;
  struct buffer answer;
  struct json_writer writer;
  const char *content_type;
  struct header headers[ANSWER_HEADERS_MAX];
  size_t headers_count;
  size_t volatile_from, volatile_to;  // bytes of the answer that its ETag leaves out (as_of)
  struct text entity_tag;             // of the plain answer, when it is known already
  enum encoding encoding;             // of the answer
  const void *static_answer;          // instead of `answer`: bytes that outlive the process
  size_t static_length;
  bool has_file;  // instead of both: `file_size` bytes of an open file, closed with the answer
  int file_fd;
  uint64_t file_size;
  // For the log.
  int64_t began_us;
  size_t body_bytes;
  struct request *spare;  // list of ended ones
};

// A header of the request by name, case ignored; absent when missing. The first, where there are several.
struct text request_header(const struct request *request, const char *name);
// A query parameter, decoded; absent when missing. Marks it as read. Twice the same is an issue.
struct text request_query(struct request *request, const char *name);
// Adds an issue for every query parameter that nobody asked for; true when the request has no issues at all.
bool request_query_ends(struct request *request);

// The worker a job's `done` calls: resumes the request, so that `next` runs.
void request_resume(struct request *request);
// Sets what runs after the resume, and gives ERR_PENDING.
enum err request_wait(struct request *request, enum err (*next)(struct request *request));

// The answer: JSON is written between the two; then the status is set, and where something else is asked for, and it is 200, the JSON turned into
// that.
struct json_writer *request_json(struct request *request);
enum err request_answer(struct request *request, int status);
// What a read can be given as, as a set.
unsigned request_offers(const struct request *request);
// An answer without a body.
enum err request_answer_empty(struct request *request, int status);
// Bytes that outlive the process.
enum err request_answer_static(struct request *request, const char *content_type, const void *bytes, size_t length);
// The first `size` bytes of a file that is open for reading, which belongs to the request from now on.
enum err request_answer_file(struct request *request, const char *content_type, int fd, uint64_t size);
// Adds a header to the answer; name is a literal, value is copied.
void request_add_header(struct request *request, const char *name, struct text value);

// Adds an issue and gives `error`, for endpoints that refuse for one reason.
enum err request_refuse(struct request *request, enum err error, struct text pointer, const char *rule, const char *detail, ...)
    __attribute__((format(printf, 5, 6)));

#endif

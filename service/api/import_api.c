// Bulk import over HTTP: the body goes into an importer as it comes, the answer lines into an unnamed file, which is sent after the last byte.
#include "api/import_api.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/importer.h"
#include "api/service.h"
#include "base/log.h"

enum { SPOOL_BYTES = 32 * 1024 };

struct import_work {
  struct request *request;
  struct importer *importer;
  int fd;
  uint64_t size;      // written to the file
  struct buffer out;  // not written yet
  bool failed;        // the file took no more
};

// A file without a name, so that nothing is left behind however the process ends.
static int open_unnamed(void) {
  const char *folder = getenv("TMPDIR");
  if (!folder || !*folder) folder = "/tmp";
  int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0) return fd;
  // Not every file system has such files.
  char path[4096];
  int length = snprintf(path, sizeof path, "%s/xlad-import-XXXXXX", folder);
  if (length < 0 || (size_t)length >= sizeof path) return -1;
  fd = mkostemp(path, O_CLOEXEC);
  if (fd >= 0) (void)unlink(path);
  return fd;
}

static void spool(struct import_work *work) {
  const char *at = work->out.bytes;
  size_t left = work->out.length;
  while (left > 0 && !work->failed) {
    ssize_t n = write(work->fd, at, left);
    if (n > 0) {
      at += n;
      left -= (size_t)n;
      work->size += (uint64_t)n;
    } else if (n == 0 || errno != EINTR) {
      log_message(LOG_ERROR, "an import's answer lines could not be kept: %s", strerror(errno));
      work->failed = true;
    }
  }
  buffer_clear(&work->out);
}

static void answered(void *owner, struct text line, int status) {
  struct import_work *work = owner;
  (void)status;
  buffer_text(&work->out, line);
  if (work->out.failed) work->failed = true;
  if (work->out.length >= SPOOL_BYTES) spool(work);
}

static void moved(void *owner) {
  const struct import_work *work = owner;
  request_resume(work->request);
}

static void free_work(void *owner) {
  struct import_work *work = owner;
  importer_free(work->importer);
  buffer_release(&work->out);
  if (work->fd >= 0) close(work->fd);
}

static enum err begin(struct request *request, enum import_kind kind) {
  struct import_plan plan;
  struct import_work *work = arena_take(&request->arena, sizeof *work);
  if (!work) return ERR_UNAVAILABLE;
  import_plan_init(&plan, kind, text_is(request->media_type, "text/csv") ? IMPORT_CSV : IMPORT_NDJSON);
  for (size_t i = 0; IMPORT_OPTIONS[i]; i++) {
    struct text value = request_query(request, IMPORT_OPTIONS[i]);
    if (value.at) import_plan_option(&plan, IMPORT_OPTIONS[i], value, &request->issues);
  }
  bool good = import_plan_check(&plan, tenant_of(request), &request->issues);
  if (!request_query_ends(request) || !good) {
    import_plan_release(&plan);
    return ERR_INVALID;
  }
  const struct import_sink sink = {.owner = work, .answer = answered, .moved = moved};
  *work = (struct import_work){.request = request, .fd = open_unnamed()};
  buffer_init(&work->out, SPOOL_BYTES + IMPORT_LINE_BYTES_MAX);
  if (work->fd < 0) log_message(LOG_ERROR, "no temporary file for an import's answer lines: %s", strerror(errno));
  work->importer = importer_new(service_of(request)->loop, service_of(request)->store, tenant_of(request), &plan, &sink);
  request->work = work;
  request->work_free = free_work;
  return work->importer && work->fd >= 0 ? ERR_NONE : ERR_UNAVAILABLE;
}

// The file as a whole was refused: its issues become the request's.
static enum err refuse_file(struct request *request, const struct importer *importer) {
  const struct issues *issues = importer_issues(importer);
  for (size_t i = 0; i < issues->count; i++) {
    const struct issue *issue = &issues->list[i];
    issues_add(&request->issues, issue->pointer, issue->rule.at, "%.*s", (int)issue->detail.length, issue->detail.at);
  }
  return importer_refusal(importer);
}

static enum err take(struct request *request, enum import_kind kind, struct text chunk, size_t *used) {
  enum err error = request->work ? ERR_NONE : begin(request, kind);
  if (error) return error;
  const struct import_work *work = request->work;
  *used = importer_take(work->importer, chunk);
  if (importer_refusal(work->importer)) return refuse_file(request, work->importer);
  return importer_full(work->importer) ? ERR_PENDING : ERR_NONE;
}

// Answers when the last row has ended.
static enum err finish(struct request *request) {
  struct import_work *work = request->work;
  if (!importer_done(work->importer)) return request_wait(request, finish);
  if (importer_refusal(work->importer)) return refuse_file(request, work->importer);
  spool(work);
  if (work->failed) return ERR_UNAVAILABLE;
  int fd = work->fd;
  work->fd = -1;
  return request_answer_file(request, "application/x-ndjson", fd, work->size);
}

static enum err end(struct request *request, enum import_kind kind) {
  enum err error = request->work ? ERR_NONE : begin(request, kind);
  if (error) return error;
  const struct import_work *work = request->work;
  importer_end(work->importer);
  return finish(request);
}

enum err import_tickets_chunk(struct request *request, struct text chunk, size_t *used) { return take(request, IMPORT_TICKETS, chunk, used); }

enum err import_tickets_end(struct request *request) { return end(request, IMPORT_TICKETS); }

enum err import_responses_chunk(struct request *request, struct text chunk, size_t *used) { return take(request, IMPORT_RESPONSES, chunk, used); }

enum err import_responses_end(struct request *request) { return end(request, IMPORT_RESPONSES); }

enum err import_measurements_chunk(struct request *request, struct text chunk, size_t *used) {
  return take(request, IMPORT_MEASUREMENTS, chunk, used);
}

enum err import_measurements_end(struct request *request) { return end(request, IMPORT_MEASUREMENTS); }

// Refuses ambiguous and malformed request heads.
#include "http/screen.h"

#include <microhttpd.h>
#include <string.h>
#include <strings.h>

// What a second one of would leave open which one counts.
static const char *const SINGLE[] = {"Host", "Content-Length", "Transfer-Encoding", "Content-Type", "Authorization", "Idempotency-Key"};
enum { SINGLE_COUNT = sizeof SINGLE / sizeof *SINGLE, SINGLE_HOST = 0, SINGLE_LENGTH, SINGLE_ENCODING, GAP_BYTES_MAX = 8192, LAST_BYTES = 2 };

struct findings {
  struct request *request;
  unsigned seen[SINGLE_COUNT];
  long long content_length;
  const char *read_to;  // the end of what came before the header being looked at, in the library's buffer
  enum err error;
};

static void fault(struct findings *findings, const char *header, const char *detail) {
  issues_add(&findings->request->issues, text_of(header), "header", "%s", detail);
  findings->error = ERR_MALFORMED_REQUEST;
}

static void look_at_length(struct findings *findings, struct text value) {
  int64_t length = 0;
  bool digits = value.length > 0 && value.length <= 18;
  for (size_t i = 0; digits && i < value.length; i++)
    digits = value.at[i] >= '0' && value.at[i] <= '9';
  if (!digits || !text_to_int(value, &length)) fault(findings, "Content-Length", "must be digits only");
  findings->content_length = length;
}

// A token by RFC 9110.
static bool is_token(const char *name, size_t length) {
  for (size_t i = 0; i < length; i++) {
    char c = name[i];
    bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("!#$%&'*+-.^_`|~", c));
    if (!good) return false;
  }
  return length > 0;
}

// libmicrohttpd parses the head where it lies, ends names and values by NUL, and takes a NUL that was sent for such an end. So between one value and
// the next name there must be nothing but NULs and blanks: what else is there was hidden from us.
static bool is_blank(char c) { return c == '\0' || c == ' ' || c == '\t'; }

static void look_between(struct findings *findings, const char *next) {
  const char *at = findings->read_to;
  if (!at || next < at || next - at > GAP_BYTES_MAX) return;
  while (at < next && is_blank(*at))
    at++;
  if (at < next) fault(findings, "header", "holds a NUL byte, or a line that is no header");
}

// Behind the last value stand its line's end and the empty line, at least LAST_BYTES.
static void look_behind(struct findings *findings) {
  const char *at = findings->read_to;
  for (size_t i = 0; at && i < LAST_BYTES; i++)
    if (!is_blank(at[i]) && at[i] != '\r' && at[i] != '\n') {
      fault(findings, "header", "holds a NUL byte, or a line that is no header");
      return;
    }
}

static enum MHD_Result look_at(void *context, enum MHD_ValueKind kind, const char *name, size_t name_length, const char *at, size_t length) {
  (void)kind;
  struct findings *findings = context;
  struct text value = {at ? at : "", at ? length : 0};
  look_between(findings, name);
  findings->read_to = at ? at + length : NULL;
  if (!is_token(name, name_length)) fault(findings, "header", "a header's name holds characters that no name may hold");
  for (size_t i = 0; i < value.length; i++)
    if (((unsigned char)value.at[i] < ' ' && value.at[i] != '\t') || value.at[i] == 0x7f) {
      fault(findings, name, "must not hold control characters");
      break;
    }
  for (size_t i = 0; i < SINGLE_COUNT; i++)
    if (strcasecmp(name, SINGLE[i]) == 0 && findings->seen[i]++ > 0) fault(findings, SINGLE[i], "must not be given twice");
  if (strcasecmp(name, SINGLE[SINGLE_LENGTH]) == 0) look_at_length(findings, value);
  if (strcasecmp(name, SINGLE[SINGLE_ENCODING]) == 0 && !text_is(value, "chunked"))
    fault(findings, "Transfer-Encoding", "must be exactly \"chunked\"");
  return MHD_YES;
}

enum err screen_head(struct request *request, const char *version, long long *content_length) {
  struct findings findings = {.request = request, .content_length = -1, .read_to = version + strlen(version)};
  bool is_1_0 = strcmp(version, MHD_HTTP_VERSION_1_0) == 0;
  if (!is_1_0 && strcmp(version, MHD_HTTP_VERSION_1_1) != 0) fault(&findings, "version", "must be HTTP/1.1 or HTTP/1.0");
  (void)MHD_get_connection_values_n(request->connection, MHD_HEADER_KIND, look_at, &findings);
  look_behind(&findings);
  if (request->line_end && version != request->line_end + 1) fault(&findings, "path", "must not hold a NUL byte");
  if (findings.seen[SINGLE_HOST] == 0 && !is_1_0) fault(&findings, "Host", "must be given");
  if (findings.seen[SINGLE_LENGTH] > 0 && findings.seen[SINGLE_ENCODING] > 0)
    fault(&findings, "Content-Length", "must not be given together with Transfer-Encoding");
  *content_length = findings.content_length;
  return findings.error;
}

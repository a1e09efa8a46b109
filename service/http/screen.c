// Refuses ambiguous and malformed request heads.
#include "http/screen.h"

#include <microhttpd.h>
#include <string.h>
#include <strings.h>

struct findings {
  struct request *request;
  unsigned hosts, lengths, encodings;
  long long content_length;
  enum err error;
};

static void fault(struct findings *findings, const char *header, const char *detail) {
  issues_add(&findings->request->issues, text_of(header), "header", "%s", detail);
  findings->error = ERR_MALFORMED_REQUEST;
}

static void look_at_length(struct findings *findings, struct text value) {
  int64_t length = 0;
  bool digits = value.length > 0 && value.length <= 18;
  for (size_t i = 0; digits && i < value.length; i++) digits = value.at[i] >= '0' && value.at[i] <= '9';
  if (!digits || !text_to_int(value, &length)) {
    fault(findings, "Content-Length", "must be digits only");
    return;
  }
  if (findings->lengths++ > 0) fault(findings, "Content-Length", "must not be given twice");
  findings->content_length = length;
}

static enum MHD_Result look_at(void *context, enum MHD_ValueKind kind, const char *name, size_t name_length, const char *at, size_t length) {
  (void)kind;
  struct findings *findings = context;
  struct text value = {at ? at : "", at ? length : 0};
  if (text_has_control((struct text){name, name_length}) || name_length == 0) fault(findings, "header", "a header name holds control characters");
  for (size_t i = 0; i < value.length; i++)
    if (((unsigned char)value.at[i] < ' ' && value.at[i] != '\t') || value.at[i] == 0x7f) {
      fault(findings, name, "must not hold control characters");
      break;
    }
  if (strcasecmp(name, "Host") == 0) {
    if (findings->hosts++ > 0) fault(findings, "Host", "must not be given twice");
  } else if (strcasecmp(name, "Content-Length") == 0) {
    look_at_length(findings, value);
  } else if (strcasecmp(name, "Transfer-Encoding") == 0) {
    if (findings->encodings++ > 0 || !text_is(value, "chunked")) fault(findings, "Transfer-Encoding", "must be exactly \"chunked\"");
  }
  return MHD_YES;
}

enum err screen_head(struct request *request, const char *version, long long *content_length) {
  struct findings findings = {.request = request, .content_length = -1};
  (void)MHD_get_connection_values_n(request->connection, MHD_HEADER_KIND, look_at, &findings);
  if (findings.hosts == 0 && strcmp(version, MHD_HTTP_VERSION_1_0) != 0) fault(&findings, "Host", "must be given");
  if (findings.lengths > 0 && findings.encodings > 0) fault(&findings, "Content-Length", "must not be given together with Transfer-Encoding");
  *content_length = findings.content_length;
  return findings.error;
}

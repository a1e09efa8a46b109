// Frames pages.
#include "http/web_page.h"

#include "base/base64.h"
#include "base/digest.h"
#include "base/html.h"

// Colours have a contrast of at least 4.5 to 1 (WCAG 2.2, 1.4.3). Printed, rows stay whole and heads are repeated.
static const char STYLE[] =
    ":root{color-scheme:light}"
    "body{margin:0 auto;max-width:60rem;padding:1.5rem;font:1rem/1.5 system-ui,sans-serif;color:#1b1b1b;background:#fff}"
    "h1{font-size:1.75rem;line-height:1.2;margin:0 0 .25rem}h2{font-size:1.25rem;margin:2rem 0 .5rem}p,li{max-width:48rem}"
    ".note{color:#4a4a4a;font-size:.875rem}.scroll{overflow-x:auto}"
    "table{border-collapse:collapse;width:100%;font-size:.875rem}caption{text-align:left;color:#4a4a4a;padding:0 0 .5rem}"
    "th,td{text-align:left;vertical-align:top;padding:.375rem .5rem;border-bottom:1px solid #767676}"
    "thead th{border-bottom:2px solid #1b1b1b}td.number,th.number{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}"
    "th{font-weight:600}.good{color:#05632b}.bad{color:#a3141f}"
    "a{color:#0b4f9e}:focus-visible{outline:3px solid #0b4f9e;outline-offset:2px}"
    "@page{size:A4;margin:18mm 15mm}"
    "@media print{body{max-width:none;padding:0;font-size:10pt}.scroll{overflow:visible}table{font-size:8.5pt}h2{break-after:avoid}"
    "tr,li{break-inside:avoid}thead{display:table-header-group}}";

void web_page_begin(struct buffer *out, struct text title) {
  html_markup(
      out,
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
  html_element(out, "title", title);
  html_markup(out, "<style>");
  html_markup(out, STYLE);
  html_markup(out, "</style></head>\n<body><main>");
}

void web_page_end(struct buffer *out) { html_markup(out, "</main></body></html>\n"); }

void web_page_guard(struct request *request) {
  uint8_t digest[DIGEST_BYTES];
  char hash[2 * DIGEST_BYTES];
  digest_sha256(STYLE, sizeof STYLE - 1, digest);
  size_t length = base64_write(digest, sizeof digest, hash);
  request_add_header(request, "Content-Security-Policy",
                     arena_format(&request->arena,
                                  "default-src 'none'; style-src 'sha256-%.*s'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
                                  (int)length, hash));
  request_add_header(request, "X-Content-Type-Options", TEXT("nosniff"));
  request_add_header(request, "Referrer-Policy", TEXT("no-referrer"));
}

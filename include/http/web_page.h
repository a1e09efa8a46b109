// Pages: what the HTML that the service writes begins and ends with, and what browsers may do with it, which is to show it.
#ifndef XLAD_HTTP_WEB_PAGE_H
#define XLAD_HTTP_WEB_PAGE_H

#include "base/buffer.h"
#include "http/request.h"

// Everything up to the beginning of the page's main part. A page is complete in itself: it has its style within it, no script, and asks for nothing.
void web_page_begin(struct buffer *out, struct text title);
void web_page_end(struct buffer *out);
// Adds the headers that keep it so: a content security policy that allows that style alone.
void web_page_guard(struct request *request);

#endif

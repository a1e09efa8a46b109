// A month's report as a page to read and to print.
#ifndef XLAD_API_REPORT_PAGE_H
#define XLAD_API_REPORT_PAGE_H

#include "base/buffer.h"
#include "base/text.h"

// Writes what the report says in JSON, and no more. The bytes between *from and *to tell as of when that is.
void report_page_write(struct text json, struct buffer *out, size_t *from, size_t *to);

#endif

// Lists in pages: limit, opaque cursor, the next page's link.
#ifndef XLAD_API_PAGE_H
#define XLAD_API_PAGE_H

#include "http/request.h"

// Where a page begins: behind the row with this instant and text. `text` is absent on the first page.
struct page {
  int64_t limit;
  int64_t instant;
  struct text text;
};

// Reads `limit` and `cursor`; adds issues.
struct page page_read(struct request *request);
// The same of a list that gives up to `most` at once.
struct page page_read_most(struct request *request, int64_t most);
// How many rows to ask for: one more than is shown tells whether there is a next page.
static inline int64_t page_rows(const struct page *page) { return page->limit + 1; }
// Writes the member "next" (a cursor or null) behind the items; with a Link header when there is more. instant and text are of the last row shown.
void page_end(struct request *request, struct json_writer *json, bool more, int64_t instant, struct text text);

// The days of the query parameters `from` and `to`, ABSENT where not given; adds issues.
void days_read(struct request *request, int64_t *from, int64_t *to);
// The same of other parameters: a first and a last day.
void days_read_named(struct request *request, const char *first, const char *last, int64_t *from, int64_t *to);
// A query parameter that names one of `choices`: its index, or ABSENT; adds an issue.
int64_t choice_read(struct request *request, const char *name, const char *const *choices);

#endif

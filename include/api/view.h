// A view: what was asked of a read, and what every answer of one begins with. It is served from the cache.
#ifndef XLAD_API_VIEW_H
#define XLAD_API_VIEW_H

#include "api/reading.h"
#include "api/service.h"

struct reference;

struct view {
  struct scope scope;
  struct window window, previous;
  struct reference *reference;  // what it is compared with (reference.h); NULL: nothing
  int by;                       // slot of the dimension to break down by; 0: none
  struct text by_name;
  enum interval interval;  // INTERVAL_COUNT: the window as one
  bool with_excluded;
  struct figures_style style;
  // Set by the endpoint before view_serve.
  enum lane_kind lane;                                         // LANE_READ unless said otherwise
  struct text more;                                            // what else the answer depends on; for the cache's key
  void (*ask)(struct request *request, struct job *job);       // adds the steps
  enum err (*done)(struct request *request, struct job *job);  // writes the answer; the job has ended well
  void *state;                                                 // the endpoint's own
};

// Reads scope, from, to, last, with_excluded, and metrics; adds issues. request->state is the view from then on. NULL when memory is out.
struct view *view_read(struct request *request);
// Reads `by`; `otherwise` (NULL: it has to be given) names the dimension where it isn't.
void view_read_by(struct request *request, struct view *view, const char *otherwise);
// Refuses a parameter that view_read() takes and this read doesn't.
void view_takes_no(struct request *request, const char *name);
// Reads `interval`.
void view_read_interval(struct request *request, struct view *view, enum interval otherwise);

// Adds an issue where the key may read whole calendar months only, and the window isn't any.
void view_check_months(struct request *request, struct window window, const char *pointer);

// Answers from the cache, or asks and answers. ERR_INVALID where the request has issues.
enum err view_serve(struct request *request, struct view *view);

// Dashboard keys of some tenants read whole calendar months only: windows that overlap can be subtracted.
bool view_months_only(const struct request *request);

// The view's own question: its scope, window, breakdown, and pieces.
struct reading_question view_question(const struct view *view);

// Begins the answer: scope, window, time_zone, as_of, response_rate, exclusions, with_excluded. `total` is that of the whole window. The object stays
// open.
struct json_writer *view_head(struct request *request, const struct view *view, const struct reading_group *total);
void view_write_window(struct json_writer *json, struct window window);
enum err view_end(struct request *request, struct json_writer *json);

#endif

// What figures are compared with: the window before, another window, another scope, or a baseline.
#ifndef XLAD_API_REFERENCE_H
#define XLAD_API_REFERENCE_H

#include "api/view.h"
#include "store/baseline_store.h"

enum reference_kind { REFERENCE_PREVIOUS, REFERENCE_WINDOW, REFERENCE_SCOPE, REFERENCE_BASELINE, REFERENCE_EXTERNAL };

struct reference {
  enum reference_kind kind;
  struct scope scope;
  struct window window;
  // Of a baseline or a benchmark; texts live in the request's arena.
  struct uuid id;
  struct text name, source, time_zone;
  char hash[2 * DIGEST_BYTES + 1];
  struct figures figures;                      // of a baseline
  struct metric_set redefined;                 // metrics whose definition has changed since
  struct benchmark_value values[METRICS_MAX];  // of a benchmark, by place
};

// Reads `compare` and `compare_scope`, of which one at most may be given; sets view->reference and adds to what the answer depends on. Adds issues.
// A baseline, where `baselines` allows one, is only named then: its data has to be taken before the view is served.
void reference_read(struct request *request, struct view *view, bool baselines);

// Makes the view one that is compared with this baseline.
void reference_set(struct request *request, struct view *view, const struct uuid *id);
// Two steps, for a view that is compared with a baseline.
void reference_ask(struct job *job, const struct tenant *tenant, const struct reference *reference);
// Takes them from the ended job, whose first steps they are. ERR_NOT_FOUND: there is no such baseline.
enum err reference_take(struct request *request, const struct job *job, struct reference *reference);
// True where what it is compared with has to be read beside the view itself.
bool reference_is_read(const struct reference *reference);

// Whether some answers may count on both sides.
bool reference_overlaps(const struct reference *reference, const struct view *view);
// Members of the object that is open: what it is.
void reference_write(struct json_writer *json, const struct reference *reference);

#endif

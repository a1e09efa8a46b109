// Surveys in the database: what was said of each as one JSON text, and each version of what it asks.
#ifndef XLAD_STORE_SURVEY_STORE_H
#define XLAD_STORE_SURVEY_STORE_H

#include "store/job.h"

extern const struct statement *const SURVEY_STATEMENTS[];

struct survey_row {
  struct text slug;
  struct text content;  // JSON
  int64_t revision, version;
  int64_t created_at, retired_at;
};
// Two steps: the survey, and its versions.
void survey_ask_find(struct job *job, const struct uuid *tenant, struct text slug);
void survey_take_row(const struct job *job, unsigned step, size_t row, struct survey_row *survey);

enum { SURVEY_VERSIONS_STEP = 1 };  // behind the step of the survey

struct survey_version_row {
  int64_t version;
  int64_t made_at;
  struct text form;  // JSON
};
void survey_take_version(const struct job *job, unsigned step, size_t row, struct survey_version_row *version);

// One step: one version of a survey, with an ABSENT number the newest. Rows: one, none where there is no such version.
void survey_ask_version(struct job *job, const struct uuid *tenant, struct text slug, int64_t version);
struct survey_asked {
  int64_t version, newest;
  struct text content;  // of the survey, JSON
  struct text form;     // of the version, JSON
  int64_t created_at, retired_at;
};
void survey_take_asked(const struct job *job, unsigned step, struct survey_asked *asked);

struct survey_draft {
  struct text slug, content, form;  // the latter two JSON
  int64_t created_at;               // of the survey, or of the version
  int64_t revision;                 // that is changed
  bool new_version;                 // the form differs
  struct text changes;              // JSON, for the audit trail
};
// Two steps. SURVEY_MADE_STEP has a row where it was made: not when the slug is taken, or the tenant has SURVEYS_MAX already.
enum { SURVEY_MADE_STEP = 1 };
void survey_ask_create(struct job *job, const struct uuid *tenant, const struct survey_draft *draft, struct text actor);
// Step 0 has a row where it was changed: not when the revision is another one by now, or it was retired.
void survey_ask_change(struct job *job, const struct uuid *tenant, const struct survey_draft *draft, struct text actor);
// Step 0 has a row where there is such a survey, retired before or not.
void survey_ask_retire(struct job *job, const struct uuid *tenant, struct text slug, struct text actor);

struct survey_filter {
  struct text kind;   // name; absent: any
  int64_t retired;    // ABSENT: any
  struct text after;  // slug of the last row before; absent: from the beginning
  int64_t limit;
};
void survey_ask_list(struct job *job, const struct uuid *tenant, const struct survey_filter *filter);

#endif

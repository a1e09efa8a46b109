// What the programme is judged by, found out from live data.
#ifndef XLAD_API_PROGRAMME_FACTS_H
#define XLAD_API_PROGRAMME_FACTS_H

#include "api/gathered.h"
#include "api/view.h"
#include "store/programme_store.h"

// A metric of answers.
struct programme_question {
  const struct metric *metric;
  bool hidden;
  int64_t n;
  int64_t agreements, initiatives;
  const char *const *insights;  // names, then NULL; NULL: none
};

struct metric_list {
  const char *keys[METRICS_MAX];
  size_t count;
};

struct programme {
  struct request *request;
  const struct job *job;
  const struct tenant *catalogue;
  struct reading_group total;
  struct gathered gathered;
  struct window past;  // the days of the window that have ended; to < from: none
  struct programme_facts facts;
  struct programme_answers answers;
  struct programme_question questions[METRICS_MAX];  // that were answered at all
  size_t questions_count;
  struct metric_list untargeted, sourceless, missing;  // of the wanted metrics; missing: with a source, but without current data
  int32_t last_day;                                    // on which anything was gathered; INT32_MIN: none
  bool hidden;                                         // the number of responses is withheld
};

// Adds all steps to a job of LANE_ANALYSIS, about the window of the request's view.
void programme_ask(struct request *request, struct job *job);
// NULL when memory is out.
struct programme *programme_assess(struct request *request, const struct job *job);

bool programme_question_used(const struct programme_question *question);
// The dimensions, in their order, and which part of the answers has a value of each; false behind the last.
bool programme_dimension(const struct programme *programme, size_t place, struct text *name, struct programme_part *part);

#endif

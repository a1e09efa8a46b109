// Every limit of the daemon, in one place: what may grow, and how far.
#ifndef XLAD_BASE_LIMITS_H
#define XLAD_BASE_LIMITS_H

enum {
  // One request.
  REQUEST_ARENA_BYTES_MAX = 4 * 1024 * 1024,  // all memory of one request, its body and its answer included
  REQUEST_TARGET_BYTES_MAX = 4 * 1024,        // path and query together
  REQUEST_SEGMENTS_MAX = 8,                   // path segments
  REQUEST_QUERY_MEMBERS_MAX = 24,             // query parameters
  REQUEST_ISSUES_MAX = 24,                    // problems reported of one request
  REQUEST_ID_CHARS_MAX = 64,
  ENCODED_BYTES_MIN = 1024,             // an answer is compressed from here
  ENCODED_BYTES_MAX = 4 * 1024 * 1024,  // to here
  BODY_BYTES_MAX = 1024 * 1024,         // an ordinary body; of a bulk body: one line

  // JSON.
  JSON_DEPTH_MAX = 32,
  JSON_NUMBER_CHARS_MAX = 128,
  JSON_MEMBERS_MAX = 1024,  // members of one object

  // Fields.
  REF_CHARS_MAX = 128,
  NAME_CHARS_MAX = 200,
  PERSON_CHARS_MAX = 320,  // the longest e-mail address
  COMMENT_CHARS_MAX = 4000,
  EXCLUSION_REASON_CHARS_MAX = 500,
  SOURCE_CHARS_MAX = 500,  // where a benchmark was published
  FACTOR_CHARS_MAX = 64,
  FACTORS_MAX = 20,
  AGENTS_MAX = 50,
  CONTEXT_VALUE_CHARS_MAX = 200,
  DIMENSIONS_MAX = 64,              // of one tenant
  DIMENSION_VALUES_DEFAULT = 2000,  // of one dimension
  DIMENSION_VALUES_MAX = 1000000,
  LOST_MINUTES_MAX = 28800,  // 60 working days
  IDEMPOTENCY_KEY_CHARS_MAX = 255,
  REASSIGNMENTS_MAX = 10000,
  HANDLE_MINUTES_MAX = 1000000,

  // Metrics and settings of a tenant.
  METRIC_KEY_CHARS_MAX = 40,
  METRIC_TITLE_CHARS_MAX = 80,
  METRIC_UNIT_CHARS_MAX = 20,
  MIN_GROUP_MIN = 3,
  MIN_GROUP_MAX = 10,
  MIN_GROUP_COMMENTS_MAX = 100,
  QUIET_DAYS_MAX = 365,
  AMEND_MINUTES_MAX = 525600,  // a year

  // An index of several metrics.
  COMPOSITE_PARTS_MAX = 12,
  COMPOSITE_WEIGHT_MAX = 1000000,

  // Experience level agreements.
  XLA_WINDOW_DAYS_MAX = 366,
  XLA_RESPONSES_MAX = 1000000,      // that may be demanded
  XLA_TEXT_CHARS_MAX = 4000,        // rewards, consequences, notes
  XLAS_LISTED_MAX = 2000,           // by one answer
  PROGRAMME_ANSWERS_MAX = 10000,    // newest ones of a window whose delay and context are looked at
  PROGRAMME_DELIVERIES_MAX = 1000,  // counted
  STORIES_LISTED_MAX = 50,          // by one answer
  STORIES_DEFAULT = 10,
  STORY_QUOTES_MAX = 3,         // from before, and from after
  MATURITY_WARNINGS_MAX = 100,  // about metrics that have become their own goals
  EXCLUSION_PERIODS_MAX = 100,  // of one agreement
  XLA_LATE_DAYS = 92,           // a day whose data changes within so many (or within the window) is noticed at the next evaluation
  XLA_BEGIN_MS = 1000,          // from the start until a daemon looks for days to evaluate
  XLA_GAUGES_MAX = 2000,        // agreements shown to Prometheus
  XLA_GAUGES_MS = 15000,        // between two reads of their states
  XLA_SWEEP_MS = 60000,         // between two such looks

  // The improvement register.
  INITIATIVES_MAX = 20000,           // of one tenant
  INITIATIVE_TEXT_CHARS_MAX = 4000,  // each text that says something at length
  INITIATIVE_LINE_CHARS_MAX = 500,   // each that is a line
  INITIATIVE_WORD_CHARS_MAX = 1000,  // of an action or a note
  STAKEHOLDERS_MAX = 50,
  SUCCESS_FACTORS_MAX = 20,
  GUARDRAILS_MAX = 10,
  INITIATIVE_ACTIONS_MAX = 100,  // of one initiative
  INITIATIVE_NOTES_MAX = 200,
  INITIATIVE_VOTES_MAX = 10000,
  INITIATIVE_UNITS_MAX = 50,    // of those that voted: the ones shown
  OBJECTIVES_MAX = 1000,        // of one tenant
  OBJECTIVE_SERVANTS_MAX = 40,  // metrics, and agreements, that one names; initiatives shown of it
  PRIORITY_WINDOW_DAYS = 90,    // that a priority looks back on
  PRIORITY_BEGIN_MS = 2000,     // from the start until a daemon looks for priorities of an earlier day
  PRIORITY_SWEEP_MS = 60000,    // between two such looks

  // Reading.
  PAGE_ITEMS_DEFAULT = 50,
  PAGE_ITEMS_MAX = 500,
  WINDOW_DAYS_DEFAULT = 90,
  WINDOW_DAYS_MAX = 3660,                  // ten years
  SCOPE_VALUES_MAX = 200,                  // values in one scope
  ANSWERS_ROWS_MAX = 250000,               // cells × metrics looked at to find what is withheld; of more, everything is
  ANSWERS_WHOLE_MAX = 30000,               // responses of a window that are all looked at for that
  ANSWERS_READ_MAX = 400000,               // and where there is no other way
  ANSWERS_SAMPLE = 24,                     // else of each context that many first
  READING_BYTES_MAX = 256 * 1024 * 1024,   // memory of finding that, given back at once
  FACTOR_ROWS_MAX = 50000,                 // factors × values looked at; of more, none is shown
  RESPONDENTS_KEPT = 10,                   // distinct respondents known of a group: enough to know whether it has so many
  INSIGHT_ROWS_MAX = 200,                  // rows of one insight; those that rank behind them are only counted
  INSIGHT_VALUES_MAX = 2001,               // values of a dimension, or factors, that one insight compares
  TREND_LINE_BYTES_MAX = 8 * 1024 * 1024,  // memory of drawing the lines of a trend, given back at once
  SIGNAL_CHARTS_MAX = 60,                  // charts of weeks in one answer, or one for each metric where those are more
  SIGNAL_ROWS_MAX = 200,
  REPORT_ROWS_MAX = 200,                 // agreements, and initiatives, of a month's report
  INSIGHT_BYTES_MAX = 64 * 1024 * 1024,  // memory of computing an insight, given back at once

  // Comments.
  COMMENTS_WEIGHED_MAX = 5000,  // newest ones of a window that are looked at

  // The store.
  BATCH_ROWS_MAX = 1024,    // rows written by one statement
  FLIGHT_JOBS_MAX = 64,     // transactions sent together on one lane
  JOB_STEPS_MAX = 20,       // statements in one transaction
  JOB_TRIES_MAX = 4,        // a serialisation failure is tried again
  LANE_QUEUE_MAX = 20000,   // jobs that wait for a lane; more are answered 503
  BATCH_QUEUE_MAX = 50000,  // rows that wait for a batch
  ANALYSIS_QUEUE_MAX = 64,  // analyses that wait for their lane, where each takes seconds
  PARAMS_MAX = 32,          // parameters of one statement
  FOLD_ROWS_MAX = 4096,     // rows of the queue folded by one transaction
  FOLD_LEFT_MAX = 100000,   // rows of the queue from which on folding no longer gives way to writes
  FOLD_REST = 3,            // while there are writes: of the time that a fold takes, with an empty queue
  FOLD_PAUSE_MS = 500,      // from a change until it is folded: what comes meanwhile goes with it
  FOLD_RETRY_MS = 1000,     // when one has failed, there is no lane, or another daemon folds
  FOLD_SWEEP_MS = 60000,    // between two looks at all tenants
  LANE_BACKOFF_MS_MIN = 50,
  LANE_BACKOFF_MS_MAX = 5000,

  // Webhooks.
  WEBHOOKS_MAX = 32,                            // of one tenant
  WEBHOOK_URL_CHARS_MAX = 2000,                 // longer ones don't pass everywhere
  WEBHOOK_PAYLOAD_BYTES_MAX = 64 * 1024,        // what an event says
  WEBHOOK_TESTS_MAX = 1000,                     // no test is put behind as many events that wait for a webhook
  WEBHOOK_KEPT_DAYS = 30,                       // of what was sent, or given up
  WEBHOOK_PAUSE_MS_MIN = 5 * 1000,              // after a first attempt that failed
  WEBHOOK_PAUSE_MS_MAX = 12 * 3600 * 1000,      // between two attempts, also when a receiver asks for more
  WEBHOOK_TRIED_MS_MAX = 3 * 24 * 3600 * 1000,  // then an event is given up
  WEBHOOK_OLD_SECRET_HOURS = 24,                // that a replaced secret signs, too
  OUTBOX_COUNT_MAX = 100000,                    // counted of what waits, at a sweep
  OUTBOX_GLANCE_MAX = 1000,                     // and at any other look
  OUTBOX_PURGED_MAX = 1000,                     // rows of a webhook at a time
  SENDS_MAX = 64,                               // under way at once
  SENDS_OF_TENANT_MAX = 16,
  SENDS_OF_WEBHOOK_MAX = 4,
  SEND_CONNECT_MS_MAX = 5000,
  SEND_HEAD_BYTES_MAX = 16 * 1024,  // of a receiver's answer
  SEND_BODY_BYTES_MAX = 4 * 1024,   // read of it
  SEND_EXCERPT_BYTES_MAX = 200,     // kept of it, where it says what went wrong
  SEND_LOOK_MS_MIN = 100,           // between two looks into an outbox while there is more in it than may be sent at once
  SEND_RETRY_MS = 1000,             // when the database could not be asked
  SEND_SWEEP_MS = 60000,            // between two looks into all outboxes
  SEND_DRAIN_MS_MAX = 2000,         // that an ending daemon waits for receivers

  // Surveys.
  SURVEYS_MAX = 500,          // of one tenant
  SURVEY_LANGUAGES_MAX = 64,  // of one survey
  SURVEY_LANGUAGE_CHARS_MAX = 35,
  SURVEY_QUESTIONS_MAX = 16,
  SURVEY_LABELS_MAX = 21,        // of one question's scale
  SURVEY_FACTORS_MAX = 20,       // behind ratings of one band
  SURVEY_TEXT_CHARS_MAX = 1000,  // each text in one language
  SURVEY_LABEL_CHARS_MAX = 200,  // each label and factor in one language
  SURVEY_INTERVAL_DAYS_MAX = 366,
  SURVEY_EXPIRES_DAYS_MAX = 366,

  // Sources.
  SOURCES_MAX = 50,           // of one tenant
  SOURCE_PLACES_MAX = 6,      // where one rule looks
  SOURCE_RULES_MAX = 96,      // of one mapping
  SOURCE_CONDITIONS_MAX = 8,  // of one mapping
  SOURCE_PATHS_MAX = (SOURCE_RULES_MAX + SOURCE_CONDITIONS_MAX + 1) * SOURCE_PLACES_MAX,
  SOURCE_VALUES_MAX = 200,                      // in one table of values
  SOURCE_VALUE_CHARS_MAX = 500,                 // each of them
  SOURCE_PATH_CHARS_MAX = 500,                  // a place
  SOURCE_HEADER_CHARS_MAX = 100,                // the name of a header, or what stands before a signature
  SOURCE_SECRET_CHARS_MIN = 16,                 // of one that a tool has made
  SOURCE_SECRET_CHARS_MAX = 500,                // of the same
  SOURCE_OLD_SECRET_HOURS = 24,                 // that a replaced secret is still taken
  SOURCE_ITEMS_MAX = 500,                       // records in one body
  SOURCE_LIST_ITEMS_MAX = 64,                   // taken of a list within a record
  SOURCE_FAILURES_MAX = 1000,                   // bodies of one source that are kept
  SOURCE_FAILURE_BYTES_MAX = 64 * 1024 * 1024,  // of the same together
  SOURCE_FAILURE_DAYS = 7,                      // that they are kept
  SOURCE_PURGED_MAX = 200,                      // of them dropped at a time

  // Keys.
  KEY_CACHE_ENTRIES_MAX = 4096,
  KEY_FRESH_MS_MAX = 400,  // then asked again beside the requests it still serves
  KEY_STALE_MS_MAX = 900,  // then no request is served before it has been asked again

  // Answers that are kept.
  ANSWER_STALE_MS_MAX = 800,  // what was computed longer ago isn't served after a change; leaves time for a change to be seen within a second
  ANSWER_STALE_TIMES = 3,     // or as many times as long ago as computing it takes, where that is longer

  // Bulk.
  IMPORT_ROWS_IN_FLIGHT_MAX = 4096,
  IMPORT_LINE_BYTES_MAX = 1024 * 1024,
  IMPORT_BYTES_IN_FLIGHT_MAX = 16 * 1024 * 1024,  // memory of one import's rows that are not answered yet
  IMPORT_CHUNK_BYTES = 64 * 1024,                 // taken from the source at once
  IMPORT_STALL_MS_MAX = 5000,                     // a row waits that long for a database that is away
  IMPORT_PAIRS_MAX = 128,                         // pairs of map, and of set
  DEMO_TICKETS_MAX = 12000000,
  DEMO_RESPONSES_MAX = 10000000,
  DEMO_DAYS_MAX = 3660,
  DEMO_TICKETS_IN_FLIGHT_MAX = 2048,  // on both lanes together
  CSV_COLUMNS_MAX = 256,
};

#endif

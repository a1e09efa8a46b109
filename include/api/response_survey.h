// Answers to a survey's questions, held against the version that was asked.
#ifndef XLAD_API_RESPONSE_SURVEY_H
#define XLAD_API_RESPONSE_SURVEY_H

#include "api/response_body.h"
#include "store/survey_store.h"

// Puts answers by question into the members that their metrics are made of, and checks that each is on its scale and that all that is required was
// answered. False after issues, with JSON pointers; also when memory is out.
bool response_survey_settle(struct response_body *body, const struct survey_asked *asked, const struct tenant *tenant, struct arena *arena,
                            struct issues *issues);

#endif

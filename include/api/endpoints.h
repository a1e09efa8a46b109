// Every endpoint: what routes.c puts in its table. `start` functions, one per method and path.
#ifndef XLAD_API_ENDPOINTS_H
#define XLAD_API_ENDPOINTS_H

#include "http/request.h"

enum err ticket_put(struct request *request);
enum err ticket_get(struct request *request);
enum err ticket_list(struct request *request);

enum err response_post(struct request *request);
enum err response_get(struct request *request);
enum err response_list(struct request *request);
enum err response_patch(struct request *request);
enum err response_delete(struct request *request);
enum err invitation_list(struct request *request);
enum err exclusion_post(struct request *request);
enum err exclusion_delete(struct request *request);

enum err experience_get(struct request *request);
enum err experience_breakdown(struct request *request);
enum err experience_trend(struct request *request);
enum err experience_distribution(struct request *request);
enum err experience_comments(struct request *request);

enum err baseline_post(struct request *request);
enum err baseline_get(struct request *request);
enum err baseline_list(struct request *request);
enum err baseline_comparison(struct request *request);

enum err watermelon_get(struct request *request);
enum err concentration_get(struct request *request);
enum err carry_over_get(struct request *request);
enum err drivers_get(struct request *request);
enum err insight_signals(struct request *request);
enum err insight_what_matters(struct request *request);

enum err report_get(struct request *request);

enum err key_post(struct request *request);
enum err key_get(struct request *request);
enum err key_list(struct request *request);
enum err key_delete(struct request *request);

enum err dimension_post(struct request *request);
enum err dimension_get(struct request *request);
enum err dimension_list(struct request *request);
enum err dimension_patch(struct request *request);

enum err metric_post(struct request *request);
enum err metric_get(struct request *request);
enum err metric_list(struct request *request);
enum err metric_patch(struct request *request);
enum err metric_coverage(struct request *request);
enum err audit_list(struct request *request);

enum err measurement_post(struct request *request);
enum err measurement_get(struct request *request);
enum err measurement_list(struct request *request);
enum err measurement_delete(struct request *request);

enum err xla_put(struct request *request);
enum err xla_post(struct request *request);
enum err xla_get(struct request *request);
enum err xla_list(struct request *request);
enum err xla_patch(struct request *request);
enum err xla_delete(struct request *request);
enum err xla_status(struct request *request);
enum err xla_history(struct request *request);
enum err exclusion_period_post(struct request *request);
enum err exclusion_period_list(struct request *request);
enum err exclusion_period_delete(struct request *request);

enum err survey_put(struct request *request);
enum err survey_post(struct request *request);
enum err survey_list(struct request *request);
enum err survey_get(struct request *request);
enum err survey_form(struct request *request);
enum err survey_patch(struct request *request);
enum err survey_delete(struct request *request);

enum err objective_put(struct request *request);
enum err objective_list(struct request *request);
enum err objective_get(struct request *request);
enum err objective_delete(struct request *request);
enum err maturity_get(struct request *request);
enum err programme_get(struct request *request);
enum err stories_get(struct request *request);

enum err initiative_post(struct request *request);
enum err initiative_list(struct request *request);
enum err initiative_get(struct request *request);
enum err initiative_patch(struct request *request);
enum err initiative_history(struct request *request);
enum err suggestion_post(struct request *request);
enum err action_post(struct request *request);
enum err action_patch(struct request *request);
enum err note_post(struct request *request);
enum err vote_post(struct request *request);

enum err improvement_model(struct request *request);
enum err initiative_advance(struct request *request);
enum err initiative_return(struct request *request);
enum err initiative_cancel(struct request *request);
enum err evaluation_get(struct request *request);
enum err evaluation_post(struct request *request);
enum err iteration_post(struct request *request);

enum err settings_get(struct request *request);
enum err settings_patch(struct request *request);

enum err webhook_post(struct request *request);
enum err webhook_list(struct request *request);
enum err webhook_get(struct request *request);
enum err webhook_patch(struct request *request);
enum err webhook_delete(struct request *request);
enum err webhook_rotate(struct request *request);
enum err delivery_test(struct request *request);
enum err delivery_list(struct request *request);
enum err delivery_resend(struct request *request);

enum err source_put(struct request *request);
enum err source_post(struct request *request);
enum err source_get(struct request *request);
enum err source_list(struct request *request);
enum err source_patch(struct request *request);
enum err source_delete(struct request *request);
enum err source_secret(struct request *request);
enum err source_test(struct request *request);
enum err source_failure_list(struct request *request);
enum err source_failure_get(struct request *request);
enum err source_failure_replay(struct request *request);
enum err hook_post(struct request *request);

enum err health_get(struct request *request);
enum err ready_get(struct request *request);
enum err metrics_get(struct request *request);
enum err openapi_get(struct request *request);

#endif

// What can be written down about an initiative, and what can't be taken away any more.
#ifndef XLAD_API_INITIATIVE_CHECK_H
#define XLAD_API_INITIATIVE_CHECK_H

#include "api/initiative_body.h"
#include "base/ident.h"
#include "domain/improvement_model.h"
#include "http/request.h"

// The path's id. ERR_NOT_FOUND, with an issue, where it is none.
enum err initiative_id_read(struct request *request, struct uuid *id);

// Brings scopes into their one order, and adds issues for what can't be: dimensions and metrics that the tenant doesn't have, a comparison scope
// that shares answers with the scope.
void initiative_check(struct request *request, struct initiative_body *body);

// Adds an issue for each member that has to stay, because a step before `step` rests on it: what such a step requires isn't removed, and once the
// target is set, what it is measured by isn't changed. What is no longer so takes a way back first. False then.
bool initiative_check_kept(struct request *request, enum improvement_step step, const struct initiative_body *stored,
                           const struct initiative_body *body);

#endif

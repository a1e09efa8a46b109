// Folding: what has changed of a tenant's tickets and responses is measured anew, and the difference goes into the sums that readers use.
#ifndef XLAD_STORE_FOLD_STORE_H
#define XLAD_STORE_FOLD_STORE_H

#include "base/ident.h"
#include "store/job.h"

extern const struct statement *const FOLD_STATEMENTS[];

// Two steps, in a transaction that may write: up to `rows` rows of the queue, oldest first. Does nothing while another transaction folds the same
// tenant.
void fold_ask(struct job *job, const struct uuid *tenant, int64_t rows);
// How many rows were taken from the queue.
int64_t fold_taken(const struct job *job);
// How many are left there; FOLD_LEFT_MAX stands for as many or more.
int64_t fold_left(const struct job *job);

// One step: waits for what is being folded of the tenant; nothing is until the transaction has ended.
void fold_ask_lock(struct job *job, const struct uuid *tenant);

// One step: the id of every tenant, a row each.
void fold_ask_tenants(struct job *job);

// One step: a row when anything of the tenant is queued.
void fold_ask_queued(struct job *job, const struct uuid *tenant);

// Adds two parameters to any step: presets' ids, and parallel to them the edges of their bins.
void job_edges(struct job *job);

#endif

// Contexts on their way into the database: values become numbers, and each distinct context a segment. Used by the store only.
#ifndef XLAD_STORE_CONTEXT_STORE_H
#define XLAD_STORE_CONTEXT_STORE_H

#include "store/context_set.h"
#include "store/job.h"

extern const struct statement *const CONTEXT_STATEMENTS[];

// Two steps, or none where there are no values: adds what the dimensions do not have yet, as far as they have room.
void context_ask_values(struct job *job, const struct uuid *tenant, const struct context_set *set);
// Adds the five parameters of CONTEXTS_FILED to a step.
void job_contexts(struct job *job, const struct context_set *set);

// Behind the values of a batch, each sent once.
#define KNOWN_VALUE                                               \
  " left join lateral (select d.value_id from dimension_values d" \
  " where d.tenant_id = $1::uuid and d.dimension_id = s.dimension_id and d.value = s.value limit 1) v on true"

// CTEs that end in `hashed` (no, value_ids, segment_id), the contexts by their numbers; new segments are stored. $1 is the tenant.
#define CONTEXTS_FILED(dimensions, values, places, firsts, lasts)                                                                         \
  " found as materialized ("                                                                                                              \
  " select array_agg(coalesce(v.value_id, o.value_id) order by s.arrival) as value_ids"                                                   \
  " from unnest(" dimensions "::int2[], " values "::text[]) with ordinality as s(dimension_id, value, arrival)" KNOWN_VALUE               \
  " left join lateral (select d.value_id from dimension_values d"                                                                         \
  " where d.tenant_id = $1::uuid and d.dimension_id = s.dimension_id and d.value = '(other)' and v.value_id is null limit 1) o on true)," \
  " filed as materialized ("                                                                                                              \
  " select c.no, array(select (select f.value_ids from found f)[p.place]"                                                                 \
  " from unnest((" places "::int4[])[c.first:c.last]) with ordinality as p(place, dimension_id) order by p.dimension_id) as value_ids"    \
  " from unnest(" firsts "::int4[], " lasts "::int4[]) with ordinality as c(first, last, no)),"                                           \
  " hashed as materialized (select f.no, f.value_ids, md5(f.value_ids::text)::uuid as segment_id from filed f),"                          \
  " new_segments as ("                                                                                                                    \
  " insert into segments (tenant_id, segment_id, value_ids)"                                                                              \
  " select distinct $1::uuid, h.segment_id, h.value_ids from hashed h order by 2 on conflict do nothing),"

#endif

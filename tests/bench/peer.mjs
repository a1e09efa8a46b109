// The peer: Fastify and pg with two workers, doing the same work with the same durability on the same tables.
// PEER_PORT, PEER_KEYS ("key=tenant …"), PEER_SECRET (hex), PEER_POOL (connections of one worker), PGHOST, PGUSER, PGDATABASE.
import cluster from "node:cluster";
import { createHash, createHmac, randomFillSync, timingSafeEqual } from "node:crypto";
import Fastify from "fastify";
import pg from "pg";

const WORKERS = 2;
const SERVICE_SLOT = 1; // of the dimension "service" in segments.value_ids
const ID_CHARS = 21; // of a key, up to its secret
const { PEER_PORT, PEER_KEYS, PEER_SECRET, PEER_POOL } = process.env;
const SECRET = Buffer.from(PEER_SECRET, "hex");
const KEYS = new Map(PEER_KEYS.split(" ").map((pair) => {
  const [key, tenant] = pair.split("=");
  return [key.slice(0, ID_CHARS), { hash: sha256(key), tenant }];
}));

const WRITE = `
with ticket as (select ref, resolution_no from tickets where tenant_id = $1::uuid and ref = $3::text),
stored as (
  insert into responses (tenant_id, response_id, ref, resolution_no, respondent, happiness, lost_minutes, csat, comment, submitted_at,
    body_hash, idempotency_key)
  select $1::uuid, $2::uuid, ref, resolution_no, $4::bytea, $5::int2, $6::int4, $7::int2, $8::text, $9::timestamptz, $10::bytea, $11::text
  from ticket on conflict do nothing returning received_at)
select (select resolution_no from ticket), (select received_at from stored)`;

const STORED = `
select response_id, ref, resolution_no, happiness, lost_minutes, csat, comment, submitted_at, received_at, idempotency_key,
  body_hash = $5::bytea as same from responses
where tenant_id = $1::uuid and (idempotency_key = $2::text or (ref = $3::text and respondent = $4::bytea))
order by idempotency_key = $2::text desc limit 1`;

// n, sum, squares and histogram of each metric, in all or by the values of a dimension: what xlad's reads count, without the estimates.
const READ = `
with ticket_rows as (
  select t.*, coalesce(t.resolved_at, t.closed_at) as settled_at, g.value_ids from tickets t
  join segments g on g.tenant_id = $1::uuid and g.segment_id = t.segment_id where t.tenant_id = $1::uuid and t.opened_at < $3::timestamptz),
response_rows as (
  select r.*, g.value_ids from responses r join tickets t on t.tenant_id = $1::uuid and t.ref = r.ref
  left join resolutions s on s.tenant_id = $1::uuid and s.ref = r.ref and s.no = r.resolution_no
  join segments g on g.tenant_id = $1::uuid and g.segment_id = coalesce(s.segment_id, t.segment_id)
  where r.tenant_id = $1::uuid and r.submitted_at >= $2::timestamptz and r.submitted_at < $3::timestamptz),
measurements as (
  select t.value_ids, m.* from ticket_rows t cross join lateral (values
    ('ticket_volume', t.opened_at, 1::int8), ('backlog', t.opened_at, 1), ('backlog', t.settled_at, -1), ('sla_met', t.settled_at, t.sla_met::int4),
    ('resolution_time', t.settled_at, floor(extract(epoch from t.resolved_at - t.opened_at))::int8),
    ('response_time', t.settled_at, floor(extract(epoch from t.responded_at - t.opened_at))::int8),
    ('repair_time', t.settled_at, floor(extract(epoch from t.repaired_at - t.opened_at))::int8),
    ('reassigned', t.settled_at, (t.reassignments > 0)::int4), ('reopened', t.settled_at, (t.reopens > 0)::int4),
    ('first_level_resolved', t.settled_at, t.first_level_resolved::int4), ('level0_solvable', t.settled_at, t.level0_solvable::int4),
    ('miscategorised', t.settled_at, t.miscategorised::int4), ('known_problem', t.settled_at, t.known_problem::int4),
    ('known_resolution', t.settled_at, t.known_resolution::int4), ('business_impact', t.settled_at, t.business_impact),
    ('handle_time', t.settled_at, t.handle_minutes), ('cost_per_ticket', t.settled_at, t.cost_cents),
    ('ticket_response_share', t.settled_at, (exists (select from responses r where r.tenant_id = $1::uuid and r.ref = t.ref
      and r.resolution_no = t.resolution_no))::int4)) as m(metric, at, value)
  union all
  select r.value_ids, m.metric, r.submitted_at, m.value from response_rows r cross join lateral (values
    ('responses', 1), ('happiness', r.happiness), ('lost_time', least(r.lost_minutes, 2400)), ('lost_time_raw', r.lost_minutes),
    ('lost_time_capped', (r.lost_minutes > 2400)::int4), ('csat', r.csat), ('ces', r.ces), ('nps', r.nps), ('expectation', r.expectation),
    ('promise_kept', r.promise_kept), ('brand_promise', r.brand_promise)) as m(metric, value))
select m.metric, v.value, width_bucket(m.value, '{-2,-1,0,1,2,3,4,5,6,7,8,9,10,15,30,60,120,240,480,960,3600,14400,86400,604800}'::int8[]) as bin,
  count(*)::int4 as n, sum(m.value)::float8 as total, sum(m.value * m.value)::float8 as squares
from measurements m left join dimension_values v on v.tenant_id = $1::uuid and v.value_id = m.value_ids[$4::int4]
where m.value is not null and m.at < $3::timestamptz and (m.at >= $2::timestamptz or m.metric = 'backlog') group by 1, 2, 3 order by 2, 1, 3`;

const integer = (minimum, maximum) => ({ type: "integer", minimum, maximum });
const BODY = {
  type: "object",
  required: ["ticket"],
  additionalProperties: false,
  properties: {
    ticket: { type: "string", minLength: 1, maxLength: 128 },
    respondent: { type: "string", minLength: 1, maxLength: 320 },
    happiness: integer(0, 10),
    lost_minutes: integer(0, 28800),
    csat: integer(1, 5),
    ces: integer(1, 7),
    nps: integer(0, 10),
    comment: { type: "string", maxLength: 4000 },
    language: { type: "string", minLength: 2, maxLength: 35 },
  },
};
const text = { type: "string" };
const number = { type: ["integer", "null"] };
const ANSWER = {
  type: "object",
  properties: { id: text, ticket: text, resolution: number, respondent_id: text, happiness: number, lost_minutes: number, csat: number,
    comment: { type: ["string", "null"] }, submitted_at: text, received_at: text },
};

function sha256(bytes) {
  return createHash("sha256").update(bytes).digest();
}

// Time-ordered like xlad's, so that the primary key grows at its end for both.
const random = Buffer.alloc(10);
function uuid7() {
  randomFillSync(random);
  random[0] = 0x70 | (random[0] & 0x0f);
  random[2] = 0x80 | (random[2] & 0x3f);
  const t = Date.now().toString(16).padStart(12, "0");
  const r = random.toString("hex");
  return `${t.slice(0, 8)}-${t.slice(8)}-${r.slice(0, 4)}-${r.slice(4, 8)}-${r.slice(8)}`;
}

function serve() {
  const pool = new pg.Pool({ max: Number(PEER_POOL), min: Number(PEER_POOL), idleTimeoutMillis: 0,
    options: "-c plan_cache_mode=force_generic_plan -c jit=off" });
  const app = Fastify({ logger: false, ajv: { customOptions: { coerceTypes: false, removeAdditional: false } } });

  // The bytes as sent, for the hash that tells a repetition from a contradiction.
  app.removeContentTypeParser("application/json");
  app.addContentTypeParser("application/json", { parseAs: "string", bodyLimit: 1048576 }, (request, body, done) => {
    request.hash = sha256(body);
    try {
      done(null, JSON.parse(body));
    } catch (error) {
      error.statusCode = 400;
      done(error);
    }
  });

  app.decorateRequest("tenant", null);
  app.decorateRequest("hash", null);
  app.addHook("onRequest", (request, reply, done) => {
    const key = (request.headers.authorization ?? "").slice(7);
    const known = KEYS.get(key.slice(0, ID_CHARS));
    if (!known || !timingSafeEqual(sha256(key), known.hash)) {
      reply.code(401).send({ title: "unauthorised" });
      return;
    }
    request.tenant = known.tenant;
    done();
  });

  app.get("/readyz", async () => ({ ready: true }));

  app.post("/v1/responses", { schema: { body: BODY, response: { 200: ANSWER, 201: ANSWER } } }, async (request, reply) => {
    const b = request.body;
    const id = uuid7();
    const person = createHmac("sha256", SECRET).update((b.respondent ?? "").trim().toLowerCase()).digest().subarray(0, 16);
    const idempotency = request.headers["idempotency-key"] ?? null;
    const now = new Date().toISOString();
    const { rows: [row] } = await pool.query({ name: "write", text: WRITE, values: [request.tenant, id, b.ticket, person, b.happiness ?? null,
      b.lost_minutes ?? null, b.csat ?? null, b.comment ?? null, now, request.hash, idempotency] });
    if (row.resolution_no === null) return reply.code(422).send({ title: "no such ticket" });
    if (row.received_at === null) {
      const { rows: [there] } = await pool.query({ name: "stored", text: STORED, values: [request.tenant, idempotency, b.ticket, person, request.hash] });
      if (!there || !there.same) return reply.code(409).send({ title: "already answered" });
      return reply.code(there.idempotency_key === idempotency ? 201 : 200).send({ ...there, id: there.response_id, ticket: there.ref,
        resolution: there.resolution_no, respondent_id: person.toString("hex") });
    }
    return reply.code(201).header("location", `/v1/responses/${id}`).send({ id, ticket: b.ticket, resolution: row.resolution_no,
      respondent_id: person.toString("hex"), happiness: b.happiness ?? null, lost_minutes: b.lost_minutes ?? null, csat: b.csat ?? null,
      comment: b.comment ?? null, submitted_at: now, received_at: row.received_at.toISOString() });
  });

  const read = async (request, slot) => {
    const until = new Date(Math.ceil(Date.now() / 86400000) * 86400000);
    const { rows } = await pool.query({ name: "read", text: READ, values: [request.tenant, new Date(until - 90 * 86400000), until, slot] });
    const groups = new Map();
    for (const row of rows) {
      const group = groups.get(row.value) ?? groups.set(row.value, {}).get(row.value);
      const metric = (group[row.metric] ??= { n: 0, total: 0, squares: 0, bins: [] });
      metric.n += row.n;
      metric.total += row.total;
      metric.squares += row.squares;
      metric.bins.push([row.bin, row.n]);
    }
    for (const group of groups.values())
      for (const metric of Object.values(group)) metric.mean = metric.total / metric.n;
    return [...groups].map(([key, metrics]) => ({ key, metrics }));
  };
  app.get("/v1/experience", async (request) => ({ metrics: (await read(request, 0))[0]?.metrics ?? {} }));
  app.get("/v1/experience/breakdown", async (request) => ({ by: request.query.by, rows: await read(request, SERVICE_SLOT) }));

  app.listen({ port: Number(PEER_PORT), host: "127.0.0.1", backlog: 4096 });
}

if (cluster.isPrimary) {
  for (let i = 0; i < WORKERS; i++) cluster.fork();
  process.on("SIGTERM", () => {
    for (const worker of Object.values(cluster.workers)) worker.process.kill("SIGKILL");
    process.exit(0);
  });
} else {
  serve();
}

// The peer: Fastify and pg with two workers, doing the same work with the same durability on the same tables.
// PEER_PORT, PEER_KEYS ("key=tenant …"), PEER_SECRET (hex), PEER_POOL (connections of one worker), PGHOST, PGUSER, PGDATABASE.
import cluster from "node:cluster";
import { createHash, createHmac, randomFillSync, timingSafeEqual } from "node:crypto";
import Fastify from "fastify";
import pg from "pg";

const WORKERS = 2;
const SERVICE_SLOT = 1; // of the dimension "service" in segments.value_ids
const BINS_MAX = 12; // of one metric
const DAYS = 90; // of the window, today included
const DAY_MS = 86400000;
const Z = 1.96; // of a 95 % interval
const ID_CHARS = 21; // of a key, up to its secret
const { PEER_PORT, PEER_KEYS, PEER_SECRET, PEER_POOL } = process.env;
const SECRET = Buffer.from(PEER_SECRET, "hex");
const KEYS = new Map(PEER_KEYS.split(" ").map((pair) => {
  const [key, tenant] = pair.split("=");
  return [key.slice(0, ID_CHARS), { hash: sha256(key), tenant }];
}));

// One durable transaction, as xlad's: the ticket is looked up and locked, its resolution found, the response stored once by resolution and respondent
// and by Idempotency-Key, and queued to be measured.
const WRITE = `
with ticket as materialized (
  select ref, resolution_no, coalesce(resolved_at, closed_at) as settled_at from tickets where tenant_id = $1::uuid and ref = $3::text for share),
placed as (
  select t.ref, case when t.resolution_no = 0 then 0 when t.settled_at <= $9::timestamptz then t.resolution_no
    else coalesce((select max(r.no) from resolutions r where r.tenant_id = $1::uuid and r.ref = t.ref and r.resolved_at <= $9::timestamptz), 1)
    end as no from ticket t),
stored as (
  insert into responses (tenant_id, response_id, ref, resolution_no, respondent, happiness, lost_minutes, csat, comment, submitted_at,
    body_hash, idempotency_key)
  select $1::uuid, $2::uuid, ref, no, $4::bytea, $5::int2, $6::int4, $7::int2, $8::text, $9::timestamptz, $10::bytea, $11::text
  from placed on conflict do nothing returning ref, received_at),
queued as (insert into queue (tenant_id, ref, ticket) select $1::uuid, ref, false from stored returning ref)
select (select no from placed) as resolution_no, (select received_at from stored)`;

const STORED = `
select response_id, ref, resolution_no, happiness, lost_minutes, csat, comment, submitted_at, received_at, idempotency_key,
  body_hash = $5::bytea as same from responses
where tenant_id = $1::uuid and (idempotency_key = $2::text or (ref = $3::text and respondent = $4::bytea))
order by idempotency_key = $2::text desc limit 1`;

// The folded sums, of the total or by the values of a dimension. What the queue changes is left out, which xlad never does.
const READ = `
with keys as materialized (
  select 0::int8 as value_id, null::text as value where $4::int2 = 0
  union all select value_id, value from dimension_values where tenant_id = $1::uuid and dimension_id = $4::int2),
cells as (
  select k.value, i.metric_id, i.n, i.sum, i.sum_squares, i.bins from keys k
  cross join lateral (select m.sums from marginals m where m.tenant_id = $1::uuid and m.slot = $4::int2 and m.value_id = k.value_id
    and not m.labelled and m.day >= $2::date and m.day <= $3::date offset 0) d
  cross join lateral unnest(d.sums) i where i.metric_id <> 21
  union all
  select k.value, 21, b.n, b.level, 0, '{}' from keys k
  cross join lateral (select count(m.backlog) as n, sum(m.backlog) as level from marginals m where m.tenant_id = $1::uuid
    and m.slot = $4::int2 and m.value_id = k.value_id and not m.labelled and m.day <= $3::date offset 0) b where b.n > 0)
select value, metric_id::int4, sum(n)::int4 as n, sum(sum)::float8 as total, sum(sum_squares)::float8 as squares,
  array[${Array.from({ length: BINS_MAX }, (_, i) => `coalesce(sum(bins[${i + 1}]), 0)`).join(", ")}]::int4[] as bins
from cells group by value, metric_id order by value, metric_id`;

// What is shown of metric_id: its name, unit, formula, and how many stored units make one of it, or the first bin that counts for a share.
const METRICS = new Map([
  [1, ["happiness", "points", "net"]], [2, ["lost_time", "minutes", "mean", 1]], [5, ["csat", "percent", "share", 4]],
  [6, ["ces", "score", "mean", 1]], [7, ["nps", "points", "net"]], [8, ["expectation", "score", "mean", 1]], [9, ["promise_kept", "score", "mean", 1]],
  [10, ["brand_promise", "score", "mean", 1]], [20, ["ticket_volume", "tickets", "count"]], [21, ["backlog", "tickets", "stock"]],
  [22, ["sla_met", "percent", "share", 2]], [23, ["resolution_time", "minutes", "mean", 60]], [24, ["response_time", "minutes", "mean", 60]],
  [25, ["repair_time", "minutes", "mean", 60]], [26, ["reassigned", "percent", "share", 2]], [27, ["reopened", "percent", "share", 2]],
  [28, ["first_level_resolved", "percent", "share", 2]], [29, ["level0_solvable", "percent", "share", 2]],
  [30, ["miscategorised", "percent", "share", 2]], [31, ["known_problem", "percent", "share", 2]], [32, ["known_resolution", "percent", "share", 2]],
  [33, ["business_impact", "score", "mean", 1]], [34, ["handle_time", "minutes", "mean", 1]], [35, ["cost_per_ticket", "EUR", "mean", 100]],
]);

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

function dayOf(ms) {
  return new Date(ms).toISOString().slice(0, 10);
}

const rounded = (value) => Math.round(value * 100) / 100;
const added = (bins, from, to) => bins.slice(from, to).reduce((sum, n) => sum + n, 0);

// Simpler estimates than xlad's: normal intervals, where xlad has Wilson's, Student's, and one on the logarithm.
function shown({ n, total, squares, bins }, [, unit, formula, by]) {
  if (formula === "count" || formula === "stock") return { value: total, n: total, interval: null, unit, formula };
  let value, deviation, bands;
  if (formula === "net") {
    bands = { positive: added(bins, 9, 11), neutral: added(bins, 7, 9), negative: added(bins, 0, 7) };
    const net = (bands.positive - bands.negative) / n;
    value = 100 * net;
    deviation = 100 * Math.sqrt((bands.positive + bands.negative) / n - net * net);
  } else if (formula === "share") {
    const share = added(bins, by - 1, BINS_MAX) / n;
    value = 100 * share;
    deviation = 100 * Math.sqrt(share * (1 - share));
  } else {
    value = total / n / by;
    deviation = Math.sqrt(Math.max(0, (squares - (total * total) / n) / Math.max(1, n - 1))) / by;
  }
  const half = (Z * deviation) / Math.sqrt(n);
  return { value: rounded(value), n, interval: [rounded(value - half), rounded(value + half)], unit, formula, bands };
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
    const today = Date.now();
    const window = { from: dayOf(today - (DAYS - 1) * DAY_MS), to: dayOf(today) };
    const { rows } = await pool.query({ name: "read", text: READ, values: [request.tenant, window.from, window.to, slot] });
    const groups = new Map();
    for (const row of rows) {
      const metric = METRICS.get(row.metric_id);
      if (!metric) continue;
      const group = groups.get(row.value) ?? groups.set(row.value, {}).get(row.value);
      group[metric[0]] = shown(row, metric);
    }
    return { head: { window, as_of: new Date(today).toISOString() }, groups };
  };
  app.get("/v1/experience", async (request) => {
    const { head, groups } = await read(request, 0);
    return { ...head, metrics: groups.get(null) ?? {} };
  });
  app.get("/v1/experience/breakdown", async (request) => {
    const { head, groups } = await read(request, SERVICE_SLOT);
    return { ...head, by: request.query.by, rows: [...groups].map(([key, metrics]) => ({ key, metrics })) };
  });

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

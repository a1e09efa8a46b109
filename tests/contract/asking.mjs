// How the tour asks: requests by operation, each answer held against the document, and what was seen so far.
import assert from 'node:assert/strict';
import { Tally } from './count.mjs';
import { judgeTable } from './csv.mjs';
import { Daemon } from './daemon.mjs';
import { document, operations } from './document.mjs';
import { judgeAnswer, judgeBody, judgeLines, judgeParameters } from './judge.mjs';

export const tally = new Tally();
export const daemon = new Daemon();
export const seen = new Set();
export const JSON_TYPE = 'application/json';
export const ROLES = ['portal', 'dashboard', 'admin'];
// With its usual memory per connection the HTTP library refuses long targets before the daemon sees them.
export const SETTINGS = { XLAD_CONNECTION_BYTES: '65536', XLAD_WEBHOOK_PRIVATE: 'true' };

export const isImport = ({ body }) => body?.content['text/csv'] !== undefined;
export const isTable = ({ responses }) => responses[200]?.content?.['text/csv'] !== undefined;
export const operation = (id) => operations.find((candidate) => candidate.id === id) ?? assert.fail(`there is no operation ${id}`);

export function target({ path: pattern }, { path = {}, query = {} }) {
  const filled = pattern.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(path[name] ?? assert.fail(`${pattern}: ${name} is missing`)));
  const search = Object.entries(query)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
  return search ? `${filled}?${search}` : filled;
}

// One request. `request` has path, query, headers, and json or body; the key is of the first role that may, unless it says another. `untold`: what is
// wrong with it depends on what is stored.
export async function ask(id, request = {}) {
  const described = operation(id);
  const media = Object.keys(described.body?.content ?? {});
  const body = request.json === undefined ? request.body : JSON.stringify(request.json);
  const headers = {
    ...(body !== undefined && media.length > 0 ? { 'Content-Type': media.includes(JSON_TYPE) ? JSON_TYPE : media[0] } : {}),
    ...request.headers,
  };
  const key = 'key' in request ? request.key : described.keyed ? described.roles[0] : undefined;
  const answer = await daemon.call(request.method ?? described.method.toUpperCase(), request.target ?? target(described, request), {
    key,
    headers,
    body,
    length: request.length,
  });
  if (!request.method) seen.add(`${id} ${answer.status}`);
  return { described, answer, request: { ...request, headers, body } };
}

// The faults of a refused request that a schema can tell: not those that depend on the tenant, on other values, or on what is stored.
const RULES = ['enum', 'format', 'length', 'range', 'required', 'type', 'unique', 'unknown'];
const UNTELLABLE = /^(scope|cursor|from|by|metrics?|compare|compare_scope|Idempotency-Key)$|^\/(context\/|metric$|time_zone$)|^\/(scope|from|source|metrics)(\/|$)/;
function tellable({ errors }) {
  return errors.filter(({ pointer, rule }) => RULES.includes(rule) && !UNTELLABLE.test(pointer));
}

// The same question as a table.
async function askTable(id, request, { text, headers }) {
  const { described, answer } = await ask(id, { ...request, headers: { ...request.headers, Accept: 'text/csv' } });
  const problems = judgeAnswer(described, answer);
  if (answer.status !== 200 || !/^text\/csv;/.test(answer.headers['content-type'])) return [...problems, `as a table it is answered ${answer.status}`];
  if (answer.headers.etag === headers.etag) problems.push('both forms have the same ETag');
  if ((answer.headers.link === undefined) !== (headers.link === undefined)) problems.push('not both forms have a Link');
  return [...problems, ...judgeTable(JSON.parse(text), answer.text)].map((problem) => `as a table: ${problem}`);
}

// Asks, and tells what is wrong by the document.
export async function step(id, request, status) {
  const { described, answer, request: sent } = await ask(id, request);
  const problems = judgeAnswer(described, answer);
  if (![status].flat().includes(answer.status)) problems.push(`${answer.status} instead of ${status}: ${answer.text.slice(0, 300)}`);
  const forbidden = [
    ...judgeParameters(described, sent),
    ...(isImport(described) ? judgeLines(described, sent, answer) : judgeBody(described, sent)),
  ];
  if (answer.status < 400) problems.push(...forbidden.map((problem) => `accepted, though ${problem}`));
  const untold = answer.status === 422 && forbidden.length === 0 && !isImport(described) && !sent.untold ? tellable(JSON.parse(answer.text)) : [];
  problems.push(...untold.map(({ pointer, rule }) => `${pointer} is refused for ${rule}, which the document doesn't tell`));
  if (answer.status === 200 && isTable(described) && answer.headers['content-type'] === JSON_TYPE) problems.push(...(await askTable(id, request, answer)));
  return { problems, answer, json: /[/+]json$/.test(answer.headers['content-type'] ?? '') && answer.text ? JSON.parse(answer.text) : undefined };
}

// A check of steps: [operation, request, status] each; the request may be a function of the answers before.
export async function tour(name, ...steps) {
  await tally.check(name, async () => {
    const answers = [];
    const problems = [];
    for (const [id, request, status] of steps) {
      const result = await step(id, typeof request === 'function' ? request(...answers) : request, status);
      answers.push(result.json ?? result.answer);
      problems.push(...result.problems.map((problem) => `${id} (${answers.length}. step): ${problem}`));
    }
    return problems;
  });
}

export const TICKET = document.components.examples.TicketBody.value;
export const RESPONSE = document.components.examples.ResponseBody.value;
export const MEASUREMENT = document.components.examples.MeasurementBody.value;
export const METRIC = document.components.examples.MetricBody.value;
export const XLA = { name: 'VPN is a pleasure', owner: 'anna', metric: 'happiness', scope: { service: ['vpn'] }, target: 30 };
export const INITIATIVE = document.components.examples.InitiativeBody.value;
export const ref = (name) => ({ path: { ref: name } });
export const NOBODY = '00000000-0000-4000-8000-000000000000';

// Nobody listens there.
export const WEBHOOK = { url: 'http://127.0.0.1:9/xlad', events: ['xla.at_risk'] };

// A good request for any operation.
export const SURVEY = {
  name: 'After a ticket',
  kind: 'ticket',
  languages: ['en', 'de'],
  title: { en: 'Thank you', de: 'Danke' },
  questions: [
    { key: 'happy', metric: 'happiness', required: true, texts: { en: 'How do you feel about it?' }, labels: [{ value: 10, texts: { en: 'great' } }] },
    { key: 'lost', metric: 'lost_time', required_below: 7, texts: { en: 'Minutes lost?', de: 'Verlorene Minuten?' } },
  ],
  factors: { negative: [{ key: 'slow', texts: { en: 'It took too long' } }] },
  comment: { texts: { en: 'What else?' } },
  audience: { service: ['vpn'] },
};

export const SAMPLES = { ref: 'INC0010023', id: NOBODY, name: 'service', key: 'happiness', delivery: NOBODY, action: NOBODY, slug: 'vpn', tenant: 'acme', source: 'service', month: '2026-03' };
export const BODIES = {
  putTicket: TICKET,
  importTickets: { ...TICKET, ref: 'INC0010023' },
  postResponse: RESPONSE,
  amendResponse: { happiness: 1 },
  excludeResponse: { reason: 'A test of the portal' },
  importResponses: RESPONSE,
  postMeasurement: { ...MEASUREMENT, ref: null },
  importMeasurements: MEASUREMENT,
  postBaseline: { kind: 'external', name: 'Industry', source: 'https://example.org', metrics: [{ metric: 'happiness', value: 1 }] },
  postXla: { ...XLA, slug: 'vpn-happiness' },
  putXla: XLA,
  changeXla: { target: 35 },
  postSurvey: { ...SURVEY, slug: 'after-ticket' },
  putSurvey: SURVEY,
  changeSurvey: { percentage: 25 },
  putObjective: { level: 'tactical', title: 'Nobody waits for the VPN' },
  postInitiative: { ...INITIATIVE, objective: 'vpn' },
  changeInitiative: { owner: 'bo' },
  postAction: { title: 'Second gateway' },
  changeAction: { outcome: 'It works' },
  postNote: { text: 'Ask Sales.' },
  postVote: { voter: 'anna@example.org' },
  postSuggestion: { title: 'Print from phones' },
  returnInitiative: { to: 'target', reason: 'Too low' },
  cancelInitiative: { reason: 'No money' },
  postEvaluation: { still_relevant: true },
  postExclusionPeriod: { from: '2026-03-01', to: '2026-03-03', reason: 'Fire' },
  postKey: { role: 'portal' },
  postMetric: METRIC,
  changeMetric: { target: 1 },
  changeSettings: { sla_target: 90 },
  postDimension: { name: 'company' },
  changeDimension: { max_values: 5000 },
  postWebhook: WEBHOOK,
  changeWebhook: { enabled: true },
  postSource: { name: 'service', preset: 'servicenow' },
  putSource: { preset: 'servicenow' },
  changeSource: { title: 'Service desk' },
  setSourceSecret: {},
  testSource: {},
  postHook: {},
};
export function sample({ id, path: pattern }) {
  const path = Object.fromEntries([...pattern.matchAll(/\{(\w+)\}/g)].map(([, name]) => [name, SAMPLES[name]]));
  const query = id === 'getBreakdown' ? { by: 'service' } : {};
  return { path, query, ...(BODIES[id] ? { json: BODIES[id] } : {}) };
}

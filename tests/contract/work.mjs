// What each operation does with good and bad requests.
import { INITIATIVE, MEASUREMENT, METRIC, NOBODY, RESPONSE, SURVEY, TICKET, WEBHOOK, XLA, ask, ref, seen, step, tally, tour } from './asking.mjs';
import { sql } from './common.mjs';
import { differences } from './count.mjs';
import { document } from './document.mjs';
import { judgeAnswer } from './judge.mjs';

export async function measure() {
  await tour(
    'tickets',
    ['putTicket', { ...ref('INC0010023'), json: TICKET }, 201],
    ['putTicket', { ...ref('INC0010023'), json: TICKET }, 200],
    ['putTicket', { ...ref('INC0010023'), json: { ...TICKET, context: { service: 'mail' } } }, 200],
    ['getTicket', ref('INC0010023'), 200],
    ['getTicket', ref('unknown'), 404],
    [
      'putTicket',
      { ...ref('INC/2 ü%'), json: { opened_at: '2026-03-02T08:01:00.5+01:00', cost: '3', context: { service: null, channel: 'phone' } } },
      201,
    ],
    ['getTicket', ref('INC/2 ü%'), 200],
    ['putTicket', { ...ref('REQ1'), json: { ...TICKET, kind: 'request', requester: null, agents: [], resolved_at: null, context: null } }, 201],
    ['putTicket', { ...ref('x'.repeat(129)), json: TICKET }, 422],
  );
  const bad = [
    {},
    { opened_at: null },
    { opened_at: 'yesterday' },
    { ...TICKET, closed_at: '2026-03-02T10:00:00Z' },
    { ...TICKET, opened_at: '2999-01-01T00:00:00Z' },
    { ...TICKET, kind: 'wish' },
    { ...TICKET, reassignments: 1.5 },
    { ...TICKET, reassignments: -1 },
    { ...TICKET, sla_met: 'yes' },
    { ...TICKET, cost: 17.5 },
    { ...TICKET, cost: '1.234' },
    { ...TICKET, business_impact: 6 },
    { ...TICKET, agents: ['a', 'a'] },
    { ...TICKET, agents: 'a' },
    { ...TICKET, context: { sla: 'met' } },
    { ...TICKET, context: { mood: 'x' } },
    { ...TICKET, context: { service: '' } },
    { ...TICKET, ref: 'x' },
    [],
  ];
  await tour('tickets that are refused', ...bad.map((json) => ['putTicket', { ...ref('BAD'), json }, 422]), ['getTicket', ref('BAD'), 404]);
  await tour(
    'lists of tickets',
    ['listTickets', {}, 200],
    ['listTickets', { query: { limit: 1 } }, 200],
    ['listTickets', (_, page) => ({ query: { limit: 1, cursor: page.next } }), 200],
    [
      'listTickets',
      { query: { kind: 'incident', state: 'resolved', sla_met: 'true', from: '2026-01-01', to: '2026-12-31', scope: 'service:vpn,mail;sla:met' } },
      200,
    ],
    ...[
      { limit: 0 },
      { limit: 501 },
      { limit: 'x' },
      { cursor: 'zz' },
      { kind: 'x' },
      { state: 'x' },
      { sla_met: 'yes' },
      { from: '2026-02-30' },
      { from: '2026-02-02', to: '2026-02-01' },
      { scope: 'mood:x' },
      { scope: 'service' },
      { scope: 'sla:perhaps' },
    ].map((query) => ['listTickets', { query }, 422]),
  );
}

export async function respond() {
  const post = (json, headers) => ({ json, headers });
  const id = (answer) => ({ path: { id: answer.id } });
  const key = { 'Idempotency-Key': 'tour-1' };
  await tour(
    'responses',
    ['postResponse', post(RESPONSE), 201],
    ['postResponse', post(RESPONSE), 200],
    ['postResponse', post({ ...RESPONSE, happiness: 3 }), 409],
    ['getResponse', id, 200],
    ['amendResponse', (first) => ({ ...id(first), json: { happiness: 7, comment: null, factors: [] } }), 200],
    ['amendResponse', (first) => ({ ...id(first), json: { csat: 1 }, headers: { 'Content-Type': 'application/merge-patch+json' } }), 200],
    ['amendResponse', (first) => ({ ...id(first), json: {} }), 422],
    ['amendResponse', (first) => ({ ...id(first), json: { ticket: 'x' } }), 422],
    [
      'amendResponse',
      (first) => ({
        ...id(first),
        untold: true,
        json: { happiness: null, lost_minutes: null, csat: null, ces: null, nps: null, expectation: null, comment: '' },
      }),
      422,
    ],
    ['amendResponse', { path: { id: NOBODY }, json: { happiness: 1 } }, 404],
    ['excludeResponse', (first) => ({ ...id(first), json: { reason: 'A test of the portal' } }), 201],
    ['excludeResponse', (first) => ({ ...id(first), json: { reason: 'A test of the portal' }, headers: { 'Idempotency-Key': 'tour-0' } }), 200],
    ['excludeResponse', (first) => ({ ...id(first), json: { reason: 'Another' } }), 409],
    ...[{}, { reason: null }, { reason: '' }, { reason: ' ' }, { reason: 'a\nb' }, { reason: 'x'.repeat(501) }, { reason: 1 }, { reason: 'x', by: 'x' }].map(
      (json) => ['excludeResponse', (first) => ({ ...id(first), json }), 422],
    ),
    ['getResponse', id, 200],
    ['listResponses', { query: { excluded: 'true' } }, 200],
    ['listResponses', { query: { excluded: 'false', limit: 1 } }, 200],
    ['listResponses', { query: { excluded: 'perhaps' } }, 422],
    ['getExperience', { query: { last: '3660d' } }, 200],
    ['readmitResponse', id, 204],
    ['readmitResponse', id, 404],
    ['excludeResponse', { path: { id: NOBODY }, json: { reason: 'x' } }, 404],
    ['readmitResponse', { path: { id: 'x' } }, 404],
    ['withdrawResponse', id, 204],
    ['withdrawResponse', id, 404],
    ['getResponse', id, 404],
    ['getResponse', { path: { id: 'x' } }, 404],
    ['postResponse', post({ ...RESPONSE, respondent: 'bo@example.org' }, key), 201],
    ['postResponse', post({ ...RESPONSE, respondent: 'bo@example.org' }, key), 201],
    ['postResponse', post({ ...RESPONSE, respondent: 'bo@example.org', nps: 1 }, key), 422],
    ['postResponse', post({ ...RESPONSE, respondent: 'a17' }), 422],
    ['postResponse', post({ ...RESPONSE, ticket: 'unknown' }), 404],
    ['postResponse', post({ ticket: 'CREATED', comment: 'x', create: true }), 201],
    ['getTicket', ref('CREATED'), 200],
    ['listTickets', {}, 200],
    ['postResponse', post({ ticket: 'REQ1', respondent: null, lost_minutes: 28800, submitted_at: null, create: null }), 201],
  );
  const bad = [
    {},
    { ticket: 'REQ1' },
    { ticket: 'REQ1', comment: '' },
    { ...RESPONSE, happiness: 11 },
    { ...RESPONSE, happiness: '9' },
    { ...RESPONSE, csat: 0 },
    { ...RESPONSE, ces: 8 },
    { ...RESPONSE, expectation: -3 },
    { ...RESPONSE, lost_minutes: 28801 },
    { ...RESPONSE, factors: ['a|b'] },
    { ...RESPONSE, factors: ['a', 'a'] },
    { ...RESPONSE, comment: 'x'.repeat(4001) },
    { ...RESPONSE, language: 'e' },
    { ...RESPONSE, language: 'en_GB' },
    { ...RESPONSE, submitted_at: '2999-01-01T00:00:00Z' },
    { ...RESPONSE, mood: 1 },
    { ...RESPONSE, respondent: '' },
    'x',
  ];
  await tour('responses that are refused', ...bad.map((json) => ['postResponse', { json }, 422]), [
    'postResponse',
    { json: RESPONSE, headers: { 'Idempotency-Key': 'with blank' } },
    422,
  ]);
  await tour(
    'lists of responses',
    ['listResponses', {}, 200],
    ['listResponses', { query: { limit: 1 } }, 200],
    ['listResponses', (_, page) => ({ query: { limit: 1, cursor: page.next } }), 200],
    ['listResponses', { query: { ticket: 'REQ1', from: '2026-01-01', to: '2999-12-31' } }, 200],
    ['listResponses', { query: { cursor: '3a78' } }, 422],
    ['listResponses', { query: { to: 'x' } }, 422],
  );
}

// Values that are entered, before there are any of other origin.
export async function enter() {
  const post = (json, headers) => ({ json, headers });
  const id = (answer) => ({ path: { id: answer.id } });
  const key = { 'Idempotency-Key': 'tour-enter' };
  const value = { metric: 'service_availability', value: 99.95, day: '2026-03-02', context: { service: 'vpn' } };
  await tour(
    'measurements',
    ['postMeasurement', post(MEASUREMENT), 201],
    ['postMeasurement', post(MEASUREMENT), 200],
    ['postMeasurement', post({ ...MEASUREMENT, value: 1 }), 409],
    ['getMeasurement', id, 200],
    ['deleteMeasurement', id, 204],
    ['deleteMeasurement', id, 404],
    ['getMeasurement', id, 404],
    ['getMeasurement', { path: { id: 'x' } }, 404],
    ['postMeasurement', post(value, key), 201],
    ['postMeasurement', post(value, key), 201],
    ['postMeasurement', post({ ...value, value: 98 }, key), 422],
    ['postMeasurement', post({ metric: 'executive_satisfaction', value: 4, at: null, day: null, context: null, ref: null, note: null }), 201],
    ['postMeasurement', post({ metric: 'innovative_initiatives', value: 4.0, at: '2026-03-02T12:00:00Z', note: '' }), 201],
  );
  const bad = [
    {},
    { metric: 'service_availability' },
    { metric: 'service_availability', value: null },
    { metric: 'Service', value: 1 },
    { ...value, value: '99' },
    { ...value, value: 1e12 },
    { ...value, day: '2026-02-30' },
    { ...value, day: 20260302 },
    { ...value, day: null, at: 'now' },
    { ...value, note: 'x'.repeat(4001) },
    { ...value, ref: '' },
    { ...value, context: { service: '' } },
    { ...value, mood: 1 },
    [],
  ];
  const untold = [
    { metric: 'mood', value: 1 },
    { metric: 'happiness', value: 9 },
    { ...value, value: 100.01 },
    { ...value, value: 99.999 },
    { ...value, day: '2999-01-01' },
    { ...value, at: '2026-03-02T12:00:00Z' },
    { ...value, context: { mood: 'x' } },
  ];
  await tour(
    'measurements that are refused',
    ...bad.map((json) => ['postMeasurement', { json }, 422]),
    ...untold.map((json) => ['postMeasurement', { json, untold: true }, 422]),
  );
  await tour(
    'lists of measurements',
    ['listMeasurements', {}, 200],
    ['listMeasurements', { query: { limit: 1 } }, 200],
    ['listMeasurements', (_, page) => ({ query: { limit: 1, cursor: page.next } }), 200],
    ['listMeasurements', { query: { metric: 'service_availability', from: '2026-01-01', to: '2999-12-31' } }, 200],
    ...[{ metric: 'mood' }, { cursor: '3a78' }, { to: 'x' }, { from: '2026-02-02', to: '2026-02-01' }].map((query) => ['listMeasurements', { query }, 422]),
  );
}

export async function importMany() {
  const csv = (body, query) => ({ body, query, headers: { 'Content-Type': 'text/csv' } });
  const lines = (...all) => ({ body: all.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join('\n') });
  const ticket = (name) => ({ ...TICKET, ref: name });
  const statuses = (result) =>
    result.answer.text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line).status)
      .join(' ');
  const expect = async (id, request, wanted) => {
    await tally.check(`${id}: ${wanted}`, async () => {
      const result = await step(id, request, 200);
      return statuses(result) === wanted
        ? result.problems
        : [...result.problems, `the lines are ${statuses(result)}: ${result.answer.text.slice(0, 800)}`];
    });
  };
  await expect('importTickets', lines(ticket('N1'), ticket('N1'), '{', { ref: 'N2' }, ticket('N3')), '201 200 400 422 201');
  await expect('importTickets', csv('ref,opened_at,sla_met,context.service\nC1,2026-03-02T08:01:00Z,yes,vpn\nC2,x,,\nC3\n'), '201 422 422');
  await expect(
    'importTickets',
    csv('number,at\nC4,02/03/2026 08:01\nC5,-\n', { map: 'ref=number,opened_at=at', set: 'kind=request', date_format: '%d/%m/%Y %H:%M', null: '-' }),
    '201 422',
  );
  await expect('importTickets', { body: '' }, '');
  await expect(
    'importResponses',
    lines(
      { ...RESPONSE, ticket: 'N1' },
      { ...RESPONSE, ticket: 'N1' },
      { ...RESPONSE, ticket: 'N1', csat: 1 },
      { ...RESPONSE, ticket: 'NO' },
      { ticket: 'N1' },
    ),
    '201 200 409 404 422',
  );
  await expect(
    'importResponses',
    csv('ticket,respondent,happiness,factors\nN3,cy@example.org,9,fast|kept-informed\nN3,di@example.org,12,\n'),
    '201 422',
  );
  await expect(
    'importMeasurements',
    lines(
      { metric: 'suppliers_reviewed', value: 62.5, day: '2026-03-01', ref: 'i-1' },
      { metric: 'suppliers_reviewed', value: 62.5, day: '2026-03-01', ref: 'i-1' },
      { metric: 'suppliers_reviewed', value: 63, day: '2026-03-01', ref: 'i-1' },
      { metric: 'suppliers_reviewed', value: 101 },
      { metric: 'suppliers_reviewed', value: 100 },
    ),
    '201 200 409 422 201',
  );
  await expect(
    'importMeasurements',
    csv('metric,value,day,context.service,ref\nsuppliers_reviewed,12.25,2026-03-02,vpn,i-2\nsuppliers_reviewed,x,,,\n'),
    '201 422',
  );
  await expect('importResponses', { body: `{"ticket":"N1","comment":"${'x'.repeat(1 << 20)}"}` }, '413');
  for (const id of ['importTickets', 'importResponses', 'importMeasurements']) {
    await tour(
      `${id} that is refused`,
      [id, csv(''), 422],
      [id, csv('nothing\nx\n'), 422],
      [id, csv('x\n', { map: 'nothing' }), 422],
      [id, csv('x\n', { date_format: '%Q' }), 422],
      [id, { ...lines('{}'), query: { map: 'ref=x' } }, 422],
      [id, { ...lines('{}'), query: { more: 1 } }, 422],
    );
  }
}

export async function read() {
  const views = ['getExperience', 'getTrend', 'getDistribution', 'getBreakdown'];
  for (const id of views) {
    const by = id === 'getBreakdown' ? { by: 'channel' } : {};
    const good = [
      {},
      { compare: 'previous' },
      { scope: 'service:vpn', from: '2026-01-01', to: '2026-12-31', compare: 'previous' },
      { last: '30d' },
      { last: '3660d' },
      { metrics: 'happiness,backlog' },
      { scope: '', metrics: 'lost_time' },
      { scope: 'service:a\\,b\\;c\\:d', from: '1970-01-01', to: '1970-01-02', compare: 'previous' },
      { last: '3660d', compare: '2016-01-01..2026-01-07' },
      { last: '3660d', scope: 'service:vpn', compare_scope: 'service:mail' },
      { last: '3660d', scope: 'service:vpn', compare_scope: '' },
    ];
    const bad = [
      { from: 'x' },
      { to: '2026-13-01' },
      { last: '0d' },
      { last: '3661d' },
      { last: '30' },
      { last: '1d', from: '2026-01-01' },
      { from: '2026-02-02', to: '2026-02-01' },
      { from: '1990-01-01', to: '2026-01-01' },
      { compare: 'next' },
      { compare: '2026-01-01..' },
      { compare: '2026-02-01..2026-01-01' },
      { compare: `baseline:${NOBODY}` },
      { compare: 'baseline:x' },
      { compare: 'previous', compare_scope: 'service:vpn' },
      { compare_scope: 'mood:x' },
      { metrics: 'mood' },
      { metrics: '' },
      { metrics: 'responses' },
      { scope: 'service' },
      { scope: 'mood:x' },
      { scope: 'service:a;service:b' },
      { scope: 'sla:x' },
    ];
    await tour(
      id,
      ...good.map((query) => [id, { query: { ...by, ...query } }, 200]),
      ...bad.map((query) => [id, { query: { ...by, ...query } }, 422]),
    );
  }
  await tour(
    'trends',
    ...['day', 'week', 'month'].map((interval) => ['getTrend', { query: { interval, last: '3660d', compare: 'previous' } }, 200]),
    ['getTrend', { query: { interval: 'year' } }, 422],
  );
  await tour(
    'breakdowns',
    ...['service', 'sla', 'reassignments', 'reopened', 'resolution_time', 'kind'].map((by) => [
      'getBreakdown',
      { query: { by, last: '3660d', compare: 'previous' } },
      200,
    ]),
    ['getBreakdown', {}, 422],
    ['getBreakdown', { query: { by: 'mood' } }, 422],
  );
  for (const id of ['getWatermelons', 'getDrivers', 'getConcentration', 'getCarryOver']) {
    const narrow = [{}, { last: '3660d' }, { scope: 'service:vpn', from: '2026-01-01', to: '2026-12-31' }, { scope: 'service:nothing', last: '30d' }];
    const rows = ['service', 'location', 'kind', 'reopened'].map((by) => ({ by, last: '3660d' }));
    const good = id === 'getCarryOver' ? narrow : [...narrow, ...rows];
    const bad = [{ from: 'x' }, { last: '0d' }, { scope: 'mood:x' }, { by: 'mood' }, { metrics: 'happiness' }, { compare: 'previous' }];
    await tour(`the insight of ${id}`, ...good.map((query) => [id, { query }, 200]), ...bad.map((query) => [id, { query }, 422]));
  }
  const window = { scope: 'service:vpn', last: '3660d', with_excluded: 'true' };
  await tour(
    'insights from sums',
    ...[{}, window, { by: 'sla' }, { reference: 'target' }, { by: 'channel', reference: 'previous', ...window }].map((query) => ['getWhatMatters', { query }, 200]),
    ...[{ by: 'mood' }, { reference: 'best' }, { compare: 'previous' }, { metrics: 'csat' }].map((query) => ['getWhatMatters', { query }, 422]),
    ...[{}, window, { by: 'sla' }, { metrics: 'ticket_volume,backlog,csat', last: '3660d' }].map((query) => ['getSignals', { query }, 200]),
    ...[{ by: 'mood' }, { metrics: 'mood' }, { compare: 'previous' }].map((query) => ['getSignals', { query }, 422]),
  );
  await tour(
    'tickets of a window',
    ['listTickets', { query: { scope: 'service:vpn', from: '2026-01-01', to: '2026-12-31', opened_from: '2026-01-01', opened_to: '2026-12-31' } }, 200],
    ['listTickets', { query: { from: '2026-02-01', to: '2026-01-01' } }, 422],
  );
  await tally.check('every metric has a figure', async () => {
    const all = document.components.schemas.MetricKey.enum.join(',');
    const { json } = await step('getExperience', { query: { last: '3660d', metrics: all } }, 200);
    return differences(Object.keys(json.metrics), 'the answer', document.components.schemas.MetricKey.enum, 'the document');
  });
}

export async function compare() {
  const measured = { name: 'All there was', last: '3000d', note: 'ü "quoted"\\ \t' };
  const external = {
    kind: 'external',
    name: 'Industry',
    source: 'https://example.org',
    metrics: [
      { metric: 'happiness', value: -12.3456, n: 100 },
      { metric: 'csat', value: 40, n: 1000 },
      { metric: 'lost_time', value: 181 },
    ],
  };
  const headers = { 'Idempotency-Key': 'tour-baseline' };
  const one = (baseline) => ({ path: { id: baseline.id } });
  const against = (baseline, query) => ({ path: { id: baseline.id }, query: { last: '3660d', ...query } });
  await tour(
    'baselines',
    ['postBaseline', { json: measured }, 201],
    ['postBaseline', { json: { ...measured, scope: 'service:vpn' }, headers }, 201],
    ['postBaseline', { json: { ...measured, scope: 'service:vpn', kind: null }, headers }, 201],
    ['postBaseline', { json: external, headers }, 422],
    ['postBaseline', { json: external }, 201],
    ...[
      {},
      { ...measured, name: '' },
      { ...measured, from: '2026-01-01' },
      { ...measured, to: '2999-01-01', last: null },
      { ...measured, scope: 'mood:x' },
      { ...measured, scope: 'service:nothing at all' },
      { ...measured, source: 'x' },
      { ...measured, metrics: external.metrics },
      { ...external, source: null },
      { ...external, metrics: [] },
      { ...external, metrics: [{ metric: 'mood', value: 1 }] },
      { ...external, metrics: [{ metric: 'csat', value: 101 }] },
      { ...external, metrics: [{ metric: 'csat', value: 1.00001 }] },
      { ...external, metrics: [{ metric: 'csat' }] },
      { ...external, metrics: [1] },
      { ...external, last: '30d' },
    ].map((json) => ['postBaseline', { json }, 422]),
    ['listBaselines', {}, 200],
    ['listBaselines', { query: { limit: 1 } }, 200],
    ['listBaselines', (...answers) => ({ query: { limit: 1, cursor: answers.at(-1).next } }), 200],
    ['listBaselines', { query: { kind: 'external' } }, 200],
    ['listBaselines', { query: { kind: 'other' } }, 422],
    ['listBaselines', { query: { cursor: 'x' } }, 422],
    ['getBaseline', one, 200],
    ['getBaseline', (first, second, third, refused, benchmark) => one(benchmark), 200],
    ['getBaseline', { path: { id: NOBODY } }, 404],
    ['getBaseline', { path: { id: 'x' } }, 404],
    ['getBaseline', (first) => ({ ...one(first), query: { more: 1 } }), 422],
    ['getBaselineComparison', (first) => against(first), 200],
    ['getBaselineComparison', (first, second) => against(second, { metrics: 'happiness,lost_time' }), 200],
    ['getBaselineComparison', (first, second) => against(second, { scope: 'service:mail' }), 422],
    ['getBaselineComparison', (first, second, third, refused, benchmark) => against(benchmark, { scope: 'service:vpn' }), 200],
    ['getBaselineComparison', (first) => against(first, { with_excluded: true }), 422],
    ['getBaselineComparison', (first) => against(first, { compare: 'previous' }), 422],
    ['getBaselineComparison', { path: { id: NOBODY } }, 404],
    ['getExperience', (first) => ({ query: { last: '3660d', compare: `baseline:${first.id}` } }), 200],
    ['getExperience', (first, second, third, refused, benchmark) => ({ query: { last: '3660d', compare: `baseline:${benchmark.id}` } }), 200],
  );
  await tally.check('one Idempotency-Key many baselines at once', async () => {
    for (let round = 0; round < 20 && !seen.has('postBaseline 409'); round++) {
      const keyed = { 'Idempotency-Key': `baseline-at-once-${round}` };
      const results = await Promise.all(Array.from({ length: 16 }, () => ask('postBaseline', { json: external, headers: keyed })));
      const problems = results.flatMap(({ described, answer }) => judgeAnswer(described, answer));
      const made = new Set(results.filter(({ answer }) => answer.status === 201).map(({ answer }) => JSON.parse(answer.text).id));
      if (problems.length > 0 || made.size !== 1) return [...problems, `${made.size} baselines were made`];
    }
    return [];
  });
}

export async function comments() {
  for (let i = 0; i < 12; i++) {
    const day = '2026-04-05T08:00:00Z';
    await step('putTicket', { path: { ref: `COMMENT${i}` }, json: { opened_at: day, resolved_at: day, context: { service: 'talk' } } }, 201);
    const json = { ticket: `COMMENT${i}`, respondent: `talker-${i}`, comment: `It is number ${i}`, submitted_at: '2026-04-05T09:00:00Z' };
    await step('postResponse', { json: i % 2 ? json : { ...json, happiness: i % 11, language: 'en' } }, 201);
  }
  const april = { from: '2026-04-05', to: '2026-04-05' };
  await tour(
    'comments',
    ['listComments', { query: april }, 200],
    ['listComments', { query: { ...april, scope: 'service:talk', limit: 5 } }, 200],
    ['listComments', (...answers) => ({ query: { ...april, scope: 'service:talk', limit: 5, cursor: answers.at(-1).next } }), 200],
    ['listComments', { query: { last: '1d' } }, 200],
    ...[{ cursor: 'x' }, { cursor: '3a78' }, { limit: 0 }, { metrics: 'happiness' }, { scope: 'mood:x' }, { last: '0d' }].map((query) => [
      'listComments',
      { query },
      422,
    ]),
  );
  await tally.check('administrators are told whose comment it is', async () => {
    const { json } = await step('listComments', { query: april, key: 'admin' }, 200);
    return json.items.length === 12 && json.items.every(({ response }) => response) ? [] : [JSON.stringify(json)];
  });
}

export async function administer() {
  const headers = { 'Idempotency-Key': 'tour-2' };
  await tour(
    'keys',
    ['postKey', { json: { role: 'dashboard', label: 'Grafana' } }, 201],
    ['postKey', { json: { role: 'portal' }, headers }, 201],
    ['postKey', { json: { role: 'portal', label: null }, headers }, 201],
    ['postKey', { json: { role: 'admin' }, headers }, 422],
    ...[{}, { role: 'king' }, { role: 'admin', label: '' }, { role: 'admin', label: 'a\nb' }, { role: 'admin', scope: 'x' }].map((json) => [
      'postKey',
      { json },
      422,
    ]),
    ['postKey', { json: { role: 'admin' }, headers: { 'Idempotency-Key': 'ü'.repeat(3) } }, 422],
    ['listKeys', {}, 200],
    ['listKeys', { query: { limit: 1 } }, 200],
    ['listKeys', (...answers) => ({ query: { limit: 2, cursor: answers.at(-1).next } }), 200],
    ['listKeys', { query: { cursor: 'x' } }, 422],
    ['getKey', (first) => ({ path: { id: first.id } }), 200],
    ['getKey', { path: { id: '0000000000000000' } }, 404],
    ['revokeKey', (first) => ({ path: { id: first.id } }), 204],
    ['revokeKey', (first) => ({ path: { id: first.id } }), 204],
    ['getKey', (first) => ({ path: { id: first.id } }), 200],
    ['revokeKey', { path: { id: '0000000000000000' } }, 404],
  );
  await tally.check('a revoked key is refused', async () => {
    const made = (await step('postKey', { json: { role: 'dashboard' } }, 201)).json;
    const before = (await ask('listTickets', { key: made.key })).answer.status;
    await step('revokeKey', { path: { id: made.id } }, 204);
    await new Promise((after) => setTimeout(after, 1000));
    const { problems } = await step('listTickets', { key: made.key }, 401);
    return before === 200 ? problems : [`the new key was answered ${before}`];
  });
  await tally.check('one Idempotency-Key many times at once', async () => {
    for (let round = 0; round < 20 && !seen.has('postKey 409'); round++) {
      const headers = { 'Idempotency-Key': `at-once-${round}` };
      const results = await Promise.all(Array.from({ length: 16 }, () => ask('postKey', { json: { role: 'portal' }, headers })));
      const problems = results.flatMap(({ described, answer }) => judgeAnswer(described, answer));
      const made = results.filter(({ answer }) => answer.status === 201 && JSON.parse(answer.text).key !== null).length;
      if (problems.length > 0 || made !== 1) return [...problems, `${made} keys were made`];
    }
    return [];
  });
  const name = (value) => ({ path: { name: value } });
  await tour(
    'dimensions',
    ['postDimension', { json: { name: 'company' } }, 201],
    ['postDimension', { json: { name: 'company', max_values: null }, headers: { 'Idempotency-Key': 'x' } }, 200],
    ['postDimension', { json: { name: 'company', max_values: 7 } }, 409],
    ['postDimension', { json: { name: 'service' } }, 200],
    ...[
      {},
      { name: 'Company' },
      { name: 'sla' },
      { name: 'x'.repeat(41) },
      { name: 'x', max_values: 0 },
      { name: 'x', max_values: 1000001 },
      { name: 'x', more: 1 },
    ].map((json) => ['postDimension', { json }, 422]),
    ['postDimension', { json: { name: 'x' }, headers: { 'Idempotency-Key': 'a b' } }, 422],
    ['listDimensions', {}, 200],
    ['listDimensions', { query: { limit: 5 } }, 422],
    ['getDimension', name('company'), 200],
    ['getDimension', name('service'), 200],
    ['getDimension', name('sla'), 200],
    ['getDimension', name('mood'), 404],
    ['changeDimension', { ...name('company'), json: { max_values: 1 } }, 200],
    ['changeDimension', { ...name('company'), json: { max_values: 2 }, headers: { 'Content-Type': 'application/merge-patch+json' } }, 200],
    ['changeDimension', { ...name('company'), json: {} }, 422],
    ['changeDimension', { ...name('company'), json: { max_values: null } }, 422],
    ['changeDimension', { ...name('company'), json: { name: 'x', max_values: 1 } }, 422],
    ['changeDimension', { ...name('sla'), json: { max_values: 1 } }, 409],
    ['changeDimension', { ...name('mood'), json: { max_values: 1 } }, 404],
    ['putTicket', { ...ref('D1'), json: { ...TICKET, context: { company: 'a' } } }, 201],
    ['putTicket', { ...ref('D2'), json: { ...TICKET, context: { company: 'b' } } }, 201],
    ['putTicket', { ...ref('D3'), json: { ...TICKET, context: { company: 'c' } } }, 201],
    ['getDimension', name('company'), 200],
    ['getBreakdown', { query: { by: 'company', last: '3660d' } }, 200],
  );
}

export async function catalogue() {
  const headers = { 'Idempotency-Key': 'tour-3' };
  const key = (value) => ({ path: { key: value } });
  const guarded = (etag) => ({ 'If-Match': etag });
  const any = guarded('*');
  await tour(
    'metrics',
    ['postMetric', { json: METRIC }, 201],
    ['postMetric', { json: METRIC }, 409],
    ['postMetric', { json: { ...METRIC, key: 'happiness' } }, 409],
    ['postMetric', { json: { key: 'canteen', title: 'Canteen', aggregation: 'share', maturity: 1, low: 1, high: 5, share_from: 4 }, headers }, 201],
    [
      'postMetric',
      { json: { key: 'canteen', title: 'Canteen', aggregation: 'share', unit: null, maturity: 1, low: 1, high: 5, share_from: 4 }, headers },
      201,
    ],
    ['postMetric', { json: { ...METRIC, key: 'other' }, headers }, 422],
    ['postMetric', { json: { key: 'it_nps', title: 'IT', aggregation: 'net', maturity: 3, better: null, level: null, wanted: false } }, 201],
    ['postMetric', { json: { key: 'penalties', title: 'Penalties', aggregation: 'sum', unit: 'currency', decimals: 2, maturity: 1 } }, 201],
    ['postMetric', { json: { key: 'fires', title: 'Fires', aggregation: 'count', unit: 'fires', better: 'lower', maturity: 1 } }, 201],
    ...[
      {},
      { ...METRIC, key: 'X' },
      { ...METRIC, key: 'coverage' },
      { ...METRIC, title: '' },
      { ...METRIC, title: 'x'.repeat(81) },
      { ...METRIC, aggregation: 'stock' },
      { ...METRIC, unit: 'x'.repeat(21) },
      { ...METRIC, decimals: 5 },
      { ...METRIC, better: 'best' },
      { ...METRIC, low: '0' },
      { ...METRIC, bins: 3 },
      { ...METRIC, bins: [0, '1'] },
      { ...METRIC, bins: Array.from({ length: 13 }, (_, i) => i) },
      { ...METRIC, level: 'high' },
      { ...METRIC, maturity: 6 },
      { ...METRIC, wanted: 'yes' },
      { ...METRIC, target: 1e12 },
      { ...METRIC, supplier: '' },
      { ...METRIC, own: true },
      'x',
    ].map((json) => ['postMetric', { json }, 422]),
    ...[
      { ...METRIC, unit: null },
      { ...METRIC, low: 0.55 },
      { ...METRIC, high: null },
      { ...METRIC, bins: [1, 2] },
      { ...METRIC, target: 1.234 },
    ].map((json) => ['postMetric', { json, untold: true }, 422]),
    ['listMetrics', {}, 200],
    ['listMetrics', { query: { source: 'measurements', level: 'strategic', maturity: '4' } }, 200],
    ...[{ source: 'x' }, { level: 'x' }, { maturity: '6' }, { limit: 1 }].map((query) => ['listMetrics', { query }, 422]),
    ['getMetric', key('canteen'), 200],
    ['getMetric', key('happiness'), 200],
    ['getMetric', key('responses'), 404],
    ['getMetric', key('mood'), 404],
    ['changeMetric', { ...key('canteen'), json: { target: 60.5, title: 'The canteen' } }, 428],
    ['changeMetric', { ...key('canteen'), json: { target: 60.5 }, headers: guarded('"x"') }, 412],
    ['changeMetric', { ...key('canteen'), json: { target: 60.5, title: 'The canteen' }, headers: any }, 200],
    ['changeMetric', { ...key('nps'), json: { target: 30, supplier: 'Pollster' }, headers: { ...any, 'Content-Type': 'application/merge-patch+json' } }, 200],
    ['changeMetric', { ...key('nps'), json: { target: null, level: null, wanted: null, supplier: null }, headers: any }, 200],
    ['changeMetric', { ...key('mood'), json: { target: 1 }, headers: any }, 404],
    ...[{ title: 'x' }, { target: 1.234 }].map((json) => ['changeMetric', { ...key('nps'), json, headers: any, untold: true }, 422]),
    ...[{ title: '' }, { level: 'x' }, { wanted: 1 }, { target: 'x' }, { supplier: '' }, { version: 2 }].map((json) => [
      'changeMetric',
      { ...key('canteen'), json, headers: any },
      422,
    ]),
    ['postMeasurement', { json: { metric: 'canteen', value: 4, day: '2026-03-02' } }, 201],
    ['postMeasurement', { json: { metric: 'it_nps', value: 10, day: '2026-03-02' } }, 201],
    ['postMeasurement', { json: { metric: 'penalties', value: 12.5, day: '2026-03-02' } }, 201],
    ['postMeasurement', { json: { metric: 'fires', value: 1, day: '2026-03-02' } }, 201],
    ['postMeasurement', { json: { ...MEASUREMENT, ref: 'catalogue' } }, 201],
    ['getExperience', { query: { last: '3660d', compare: 'previous' } }, 200],
    ['getExperience', { query: { metrics: 'canteen,it_nps,penalties,fires,training_score', from: '2026-03-01', to: '2026-03-31' } }, 200],
    ['getTrend', { query: { metrics: 'it_nps,penalties,cost_per_ticket', last: '3660d', interval: 'month' } }, 200],
    ['getBreakdown', { query: { by: 'service', metrics: 'canteen,fires', last: '3660d' } }, 200],
    ['getDistribution', { query: { metrics: 'canteen,it_nps,training_score', last: '3660d' } }, 200],
  );
  await tour(
    'coverage',
    ['getCoverage', {}, 200],
    ['getCoverage', { query: { last: '3660d' } }, 200],
    ['getCoverage', { query: { scope: 'service:vpn', from: '2026-01-01', to: '2026-12-31', metrics: 'happiness,canteen', with_excluded: 'true' } }, 200],
    ...[{ from: 'x' }, { last: '0d' }, { scope: 'service' }, { metrics: 'mood' }, { compare: 'previous' }].map((query) => ['getCoverage', { query }, 422]),
  );
  await tour(
    'maturity',
    ['getMaturity', {}, 200],
    ['getMaturity', { key: 'admin' }, 200],
    ...[{ last: '30d' }, { scope: 'service:vpn' }, { metrics: 'happiness' }].map((query) => ['getMaturity', { query }, 422]),
  );
  await tour(
    'programme',
    ['getProgramme', {}, 200],
    ['getProgramme', { query: { from: '2026-01-01', to: '2026-12-31' } }, 200],
    ...[{ last: '367d' }, { scope: 'service:vpn' }, { metrics: 'happiness' }].map((query) => ['getProgramme', { query }, 422]),
  );
  await tour(
    'stories',
    ['listStories', {}, 200],
    ['listStories', { query: { limit: 50, verdict: 'achieved' } }, 200],
    ...[{ limit: 51 }, { verdict: 'great' }, { cursor: 'x' }, { scope: 'service:vpn' }].map((query) => ['listStories', { query }, 422]),
  );
  await tour(
    'settings',
    ['getSettings', {}, 200],
    ['changeSettings', { json: { sla_target: 92.5 } }, 428],
    ['changeSettings', { json: { sla_target: 92.5 }, headers: guarded('"x"') }, 412],
    ['changeSettings', { json: { sla_target: 92.5, cost_per_hour: '45.5' }, headers: any }, 200],
    ['changeSettings', { json: { cost_per_hour: null }, headers: { ...any, 'Content-Type': 'application/merge-patch+json' } }, 200],
    ['changeSettings', { json: {}, headers: any }, 200],
    ...[
      { time_zone: null },
      { time_zone: '' },
      { currency: 'euro' },
      { currency: 'eur' },
      { lost_time_cap: 0 },
      { lost_time_cap: 28801 },
      { amend_minutes: -1 },
      { min_group: 2 },
      { min_group_comments: 101 },
      { lost_time_threshold: 1.5 },
      { sla_target: 101 },
      { cost_per_hour: 45 },
      { calendar_periods: null },
      { agent_figures: 'no' },
      { slug: 'x' },
    ].map((json) => ['changeSettings', { json, headers: any }, 422]),
    ...[{ time_zone: 'Europe/Atlantis' }, { sla_target: 90.001 }, { min_group: 10, min_group_comments: 9 }].map((json) => [
      'changeSettings',
      { json, headers: any, untold: true },
      422,
    ]),
    ['postDimension', { json: { name: 'technician' } }, 422],
    ['changeSettings', { json: { agent_figures: true }, headers: any }, 200],
    ['postDimension', { json: { name: 'technician' } }, 201],
    ['changeSettings', { json: { agent_figures: false }, headers: any }, 409],
  );
  await tour(
    'the audit trail',
    ['listAudit', {}, 200],
    ['listAudit', { query: { limit: 1 } }, 200],
    ['listAudit', (_, page) => ({ query: { limit: 1, cursor: page.next } }), 200],
    ['listAudit', { query: { action: 'settings.change', subject: 'acme', actor: 'nobody' } }, 200],
    ...[{ limit: 0 }, { cursor: '3a78' }, { from: '2026-01-01' }].map((query) => ['listAudit', { query }, 422]),
  );
}

export async function connect() {
  const at = (name) => ({ path: { name } });
  const of = (id) => ({ path: { name: 'service', id } });
  const hook = { path: { tenant: 'acme', source: 'service' } };
  const good = { number: 'HOOK1', opened_at: '2026-03-02 08:00:00' };
  const broken = [{ number: 'HOOK2' }, { number: 'HOOK3', opened_at: 'yesterday' }];
  const { secret } = (await step('putSource', { ...at('service'), json: { preset: 'servicenow' } }, 201)).json;
  const headers = { 'X-Xlad-Token': secret };
  const read = await ask('getSource', at('service'));
  const stale = { 'If-Match': read.answer.headers.etag };
  const rules = { members: [{ member: 'ref', from: ['/number'] }, { member: 'opened_at', from: ['/opened_at'] }] };
  await tour(
    'sources',
    ['putSource', { ...at('service'), json: JSON.parse(read.answer.text), headers: stale }, 200],
    ['putSource', { ...at('service'), json: { preset: 'zendesk' }, query: { dry_run: 'true' } }, 200],
    ['putSource', { ...at('nobody'), json: { preset: 'zendesk' }, headers: stale }, 412],
    ['postSource', { json: { name: 'chat', signature: { scheme: 'hmac' }, time_zone: 'Europe/Oslo', ticket: rules } }, 201],
    ['postSource', { json: { name: 'chat', signature: { scheme: 'hmac' }, time_zone: 'Europe/Oslo', ticket: rules } }, 200],
    ['postSource', { json: { name: 'chat', preset: 'jira' } }, 409],
    ...[
      { json: { preset: 'jira', colour: 'red' } },
      { json: { preset: 'remedy' } },
      { json: { preset: 'jira', title: '' } },
      { json: { preset: 'jira', time_zone: 'Mars/Olympus' } },
      { json: { preset: 'jira', signature: {} } },
      { json: { preset: 'jira', signature: { scheme: 'hmac', content: 'timestamp_body' } }, untold: true },
      { json: { preset: 'jira', ticket: { members: [{ member: 'colour', from: ['/c'] }] } }, untold: true },
      { json: { preset: 'jira', ticket: { members: [{ from: ['/c'] }] } } },
      { json: { name: 'other', preset: 'jira' } },
      { json: {}, untold: true },
    ].map((request) => ['putSource', { ...at('service'), ...request }, 422]),
    ['postSource', { json: { preset: 'jira' }, untold: true }, 422],
    ['listSources', {}, 200],
    ['listSources', { query: { limit: 1 } }, 200],
    ['listSources', (...answers) => ({ query: { limit: 1, cursor: answers.at(-1).next } }), 200],
    ['getSource', at('nobody'), 404],
    ['changeSource', { ...at('service'), json: { title: 'Desk' } }, 428],
    ['changeSource', { ...at('service'), json: { title: 'Desk' }, headers: stale }, 200],
    ['changeSource', { ...at('service'), json: { title: 'Tool' }, headers: stale }, 412],
    ['changeSource', { ...at('nobody'), json: { title: 'Tool' }, headers: stale }, 404],
    ['changeSource', { ...at('service'), json: { name: 'x' }, headers: { 'If-Match': '*' }, untold: true }, 422],
    ['setSourceSecret', { ...at('chat'), json: {} }, 200],
    ['setSourceSecret', { ...at('chat'), json: { secret: 'one that a tool has made' } }, 200],
    ['setSourceSecret', { ...at('chat'), json: { secret: 'short' } }, 422],
    ['setSourceSecret', { ...at('nobody'), json: {} }, 404],
    ['endSource', at('chat'), 204],
    ['endSource', at('chat'), 404],
  );
  sql(`insert into sources (tenant_id, name, content, secret)
    select tenant_id, 's' || i, json_build_object('name', 's' || i), decode(repeat('00', 32), 'hex') from tenants, generate_series(1, 50) i`);
  await tour('more sources than a tenant may have', ['putSource', { ...at('other'), json: { preset: 'jira' } }, 409]);
  sql("delete from sources where name ~ '^s[0-9]'");
  await tour(
    'hooks',
    ['testSource', { ...at('service'), json: [good, ...broken, { number: 'X' }] }, 200],
    ['testSource', { ...at('service'), json: 7 }, 200],
    ['testSource', { ...at('nobody'), json: good }, 404],
    ['postHook', { ...hook, json: good }, 401],
    ['postHook', { ...hook, json: good, headers }, 200],
    ['postHook', { ...hook, json: { result: [good, ...broken] }, headers }, 202],
    ['listSourceFailures', at('service'), 200],
    ['listSourceFailures', { ...at('service'), query: { limit: 1 } }, 200],
    ['listSourceFailures', (...answers) => ({ ...at('service'), query: { limit: 1, cursor: answers.at(-1).next } }), 200],
    ['listSourceFailures', { ...at('service'), query: { cursor: '3a78' } }, 422],
    ['listSourceFailures', at('nobody'), 404],
    ['getSourceFailure', of(NOBODY), 404],
    ['getSourceFailure', of('x'), 404],
    ['replaySourceFailure', of(NOBODY), 404],
  );
  const { items } = (await step('listSourceFailures', at('service'), 200)).json;
  const late = items.find(({ errors }) => errors[0].rule === 'format').id;
  const lax = { ...rules, members: [rules.members[0], { ...rules.members[1], values: { yesterday: '2026-03-02T08:00:00Z' }, unlisted: 'keep' }] };
  await tour(
    'replays',
    ['getSourceFailure', of(late), 200],
    ['replaySourceFailure', of(late), 202],
    ['putSource', { ...at('service'), json: { preset: 'servicenow', ticket: lax } }, 200],
    ['replaySourceFailure', of(late), 200],
    ['replaySourceFailure', of(late), 404],
  );
}

export async function tell() {
  const headers = { 'Idempotency-Key': 'tour-webhook' };
  const one = (webhook) => ({ path: { id: webhook.id } });
  const tag = async (id) => ({ 'If-Match': (await ask('getWebhook', { path: { id } })).answer.headers.etag });
  const { id } = (await step('postWebhook', { json: WEBHOOK }, 201)).json;
  const stale = await tag(id);
  await tour(
    'webhooks',
    ['postWebhook', { json: { ...WEBHOOK, label: 'Chat', enabled: false }, headers }, 201],
    ['postWebhook', { json: { ...WEBHOOK, label: 'Chat', enabled: false }, headers }, 201],
    ['postWebhook', { json: WEBHOOK, headers }, 422],
    ...[
      {},
      { ...WEBHOOK, url: null },
      { ...WEBHOOK, url: 'example.org/hook' },
      { ...WEBHOOK, url: 'ftp://example.org/' },
      { ...WEBHOOK, url: 'https://user:word@example.org/' },
      { ...WEBHOOK, url: 'https://example.org/#part' },
      { ...WEBHOOK, url: `https://example.org/${'x'.repeat(2000)}` },
      { ...WEBHOOK, events: [] },
      { ...WEBHOOK, events: ['xla.lost'] },
      { ...WEBHOOK, events: ['xla.met', 'xla.met'] },
      { ...WEBHOOK, label: '' },
      { ...WEBHOOK, enabled: 1 },
      { ...WEBHOOK, secret: 'x' },
    ].map((json) => ['postWebhook', { json }, 422]),
    ['listWebhooks', {}, 200],
    ['listWebhooks', { query: { limit: 1 } }, 200],
    ['listWebhooks', (...answers) => ({ query: { limit: 1, cursor: answers.at(-1).next } }), 200],
    ['listWebhooks', { query: { cursor: '3a78' } }, 422],
    ['getWebhook', one, 200],
    ['getWebhook', { path: { id: NOBODY } }, 404],
    ['getWebhook', { path: { id: 'x' } }, 404],
    ['testWebhook', one, 409],
    ['testWebhook', { path: { id } }, 202],
    ['testWebhook', { path: { id: NOBODY } }, 404],
    ['listDeliveries', { path: { id } }, 200],
    ['resendDelivery', (...answers) => ({ path: { id, delivery: answers.at(-1).items[0].id } }), 202],
    ['resendDelivery', { path: { id, delivery: NOBODY } }, 404],
    ['resendDelivery', (webhook) => ({ path: { id: webhook.id, delivery: NOBODY } }), 409],
    ['listDeliveries', { path: { id }, query: { state: 'dead', limit: 1 } }, 200],
    ['listDeliveries', { path: { id }, query: { state: 'lost' } }, 422],
    ['listDeliveries', { path: { id: NOBODY } }, 404],
    ['changeWebhook', { path: { id }, json: { label: 'x' } }, 428],
    ['changeWebhook', { path: { id }, json: { label: 'x' }, headers: stale }, 200],
    ['changeWebhook', { path: { id }, json: { label: 'y' }, headers: stale }, 412],
    ['changeWebhook', { path: { id: NOBODY }, json: { label: 'y' }, headers: stale }, 404],
    ...[{ events: null }, { url: null }, { enabled: null }, { events: [] }, { label: '' }, { secret: 'x' }].map((json) => [
      'changeWebhook',
      { path: { id }, json, headers: stale },
      422,
    ]),
    ['rotateWebhook', { path: { id }, headers }, 200],
    ['rotateWebhook', { path: { id }, headers }, 200],
    ['rotateWebhook', { path: { id: NOBODY } }, 404],
    ['listAudit', { query: { action: 'webhook.rotate' } }, 200],
    ['endWebhook', one, 204],
    ['endWebhook', one, 404],
  );
  await tally.check('one Idempotency-Key many secrets at once', async () => {
    for (const operation of ['postWebhook', 'rotateWebhook'])
      for (let round = 0; round < 20 && !seen.has(`${operation} 409`); round++) {
        const keyed = { path: { id }, ...(operation === 'postWebhook' ? { json: WEBHOOK } : {}), headers: { 'Idempotency-Key': `secret-${round}` } };
        const results = await Promise.all(Array.from({ length: 16 }, () => ask(operation, keyed)));
        const problems = results.flatMap(({ described, answer }) => judgeAnswer(described, answer));
        const given = results.filter(({ answer }) => answer.status < 300 && JSON.parse(answer.text).secret !== null).length;
        if (problems.length > 0 || given !== 1) return [...problems, `${given} secrets were given`];
      }
    return [];
  });
}

export async function operate() {
  await tour('operations', ['getHealth', {}, 200], ['getReadiness', {}, 200], ['getMetrics', {}, 200], ['getDescription', {}, 200]);
  await tally.check('the document that is served is this one', async () => {
    const { answer } = await ask('getDescription');
    return answer.text === JSON.stringify(document) ? [] : ['it differs; is the daemon built from it?'];
  });
}

export async function agree() {
  const slug = (name, more = {}) => ({ path: { slug: name }, ...more });
  const guarded = (name, json, tag) => slug(name, { json, headers: { 'If-Match': tag } });
  const index = {
    name: 'Index',
    owner: 'bo',
    commitment: 'digital',
    components: [
      { metric: 'happiness', weight: 2 },
      { metric: 'lost_time', weight: 1, worst: 240, best: 0 },
    ],
    target: 70,
  };
  await tour(
    'agreements',
    ['putXla', slug('vpn', { json: XLA, query: { dry_run: 'true' } }), 200],
    ['putXla', slug('vpn', { json: XLA }), 201],
    ['putXla', slug('vpn', { json: XLA }), 200],
    ['getXla', slug('vpn'), 200],
    ['putXla', (...answers) => slug('vpn', { json: answers[3] }), 200],
    ['putXla', slug('vpn', { json: { ...XLA, target: 40 }, query: { dry_run: 'true' } }), 200],
    ['putXla', slug('vpn', { json: XLA, headers: { 'If-Match': '"0"' } }), 412],
    ['postXla', { json: { ...index, slug: 'index' } }, 201],
    ['postXla', { json: { ...index, slug: 'index' }, headers: { 'Idempotency-Key': 'x' } }, 200],
    ['postXla', { json: { ...XLA, slug: 'index' } }, 409],
    ['changeXla', guarded('vpn', { owner: 'carl', scope: { location: ['oslo'] }, paired_sla: { metric: 'sla_met', target: 90 } }, '*'), 200],
    ['changeXla', guarded('vpn', { scope: { location: null }, paired_sla: null, warn: { burn: 3 } }, '*'), 200],
    ['changeXla', slug('vpn', { json: { owner: 'x' } }), 428],
    ['changeXla', guarded('vpn', { owner: 'x' }, '"0"'), 412],
    ['changeXla', { ...guarded('vpn', { owner: null }, '*'), untold: true }, 422],
    ['changeXla', guarded('vpn', { version: 2 }, '*'), 422],
    ['changeXla', guarded('none', { owner: 'x' }, '*'), 404],
    ['getXlaStatus', slug('vpn'), 200],
    ['getXlaStatus', slug('none'), 404],
    ['getXlaHistory', slug('vpn', { query: { from: '2026-01-01', to: '2026-12-31', limit: 5 } }), 200],
    ['getXlaHistory', slug('vpn', { query: { cursor: '3a78' } }), 422],
    ['getXlaHistory', slug('vpn', { query: { from: 'x' } }), 422],
    ['getXlaHistory', slug('none'), 404],
    ['postExclusionPeriod', slug('vpn', { json: { from: '2026-03-01', to: '2026-03-03', reason: 'Fire' } }), 201],
    ['postExclusionPeriod', slug('vpn', { json: { from: '2026-03-01', to: '2026-03-03', reason: 'Fire' } }), 200],
    ['postExclusionPeriod', slug('vpn', { json: { from: '2026-03-01', to: '2026-03-03', reason: 'Water' } }), 409],
    ['postExclusionPeriod', slug('vpn', { json: { from: '2026-03-04', to: '2026-03-03', reason: 'Fire' } }), 422],
    ...[{}, { from: 'x', to: '2026-03-03', reason: 'x' }, { from: '2026-03-01', to: '2026-03-03', reason: ' ' }].map((json) => ['postExclusionPeriod', slug('vpn', { json }), 422]),
    ['postExclusionPeriod', slug('none', { json: { from: '2026-03-01', to: '2026-03-03', reason: 'Fire' } }), 404],
    ['listExclusionPeriods', slug('vpn'), 200],
    ['listExclusionPeriods', slug('none'), 404],
    ['deleteExclusionPeriod', (...answers) => ({ path: { slug: 'vpn', id: answers[23].id } }), 204],
    ['deleteExclusionPeriod', { path: { slug: 'vpn', id: 'x' } }, 404],
    ['listXlas', {}, 200],
    ['listXlas', { query: { limit: 1 } }, 200],
    ['listXlas', (...answers) => ({ query: { limit: 2000, cursor: answers.at(-1).next } }), 200],
    ['listXlas', { query: { status: 'not_started', metric: 'happiness', owner: 'carl', retired: 'false' } }, 200],
    ...[{ status: 'fine' }, { retired: 'x' }, { limit: 2001 }, { cursor: 'x' }].map((query) => ['listXlas', { query }, 422]),
    ['retireXla', slug('index'), 204],
    ['retireXla', slug('index'), 204],
    ['retireXla', slug('none'), 404],
    ['putXla', slug('index', { json: XLA }), 409],
    ['changeXla', guarded('index', { owner: 'x' }, '*'), 409],
  );
  const bad = [
    {},
    { ...XLA, name: '' },
    { ...XLA, owner: null },
    { ...XLA, commitment: 'hope' },
    { ...XLA, components: [{ metric: 'happiness' }] },
    { ...XLA, components: [{ metric: 'happiness', weight: 0 }] },
    { ...XLA, scope: 'service:vpn' },
    { ...XLA, scope: { service: [] } },
    { ...XLA, scope: { service: ['a', 'a'] } },
    { ...XLA, target: '30' },
    { ...XLA, window_days: 367 },
    { ...XLA, min_responses: 2 },
    { ...XLA, warn: { burn: 0 } },
    { ...XLA, warn: { smoke: 1 } },
    { ...XLA, paired_sla: {} },
    { ...XLA, starts_on: 'x' },
    { ...XLA, review_by: 7 },
    { ...XLA, notes: '' },
    { ...XLA, mood: 1 },
    [],
  ];
  const worse = [
    { ...XLA, target: null },
    { ...XLA, metric: null },
    { ...XLA, metric: 'mood' },
    { ...XLA, metric: 'ticket_volume' },
    { ...XLA, target: 101 },
    { ...XLA, scope: { mood: ['x'] } },
    { ...XLA, scope: { sla: ['x'] } },
    { ...XLA, starts_on: '2020-01-01' },
    { ...XLA, review_by: '2020-01-01' },
    { ...XLA, commitment: 'improvement' },
    { ...XLA, slug: 'other' },
    { ...XLA, created_at: '2020-01-01T00:00:00Z' },
    { ...index, components: index.components.slice(1) },
  ];
  await tour(
    'agreements that are refused',
    ...bad.map((json) => ['putXla', slug('bad', { json }), 422]),
    ...worse.map((json) => ['putXla', slug('bad', { json, untold: true }), 422]),
    ['putXla', slug('vpn', { json: XLA, query: { dry_run: 'perhaps' } }), 422],
    ['postXla', { json: XLA }, 422],
    ['getXla', slug('bad'), 404],
  );
}

export async function surveys() {
  const slug = (name, more = {}) => ({ path: { slug: name }, ...more });
  const change = (json, tag = '*') => slug('vpn', { json, headers: { 'If-Match': tag } });
  const [question] = SURVEY.questions;
  await tour(
    'surveys',
    ['putSurvey', slug('vpn', { json: SURVEY, query: { dry_run: 'true' } }), 200],
    ['putSurvey', slug('vpn', { json: SURVEY }), 201],
    ['putSurvey', (...answers) => slug('vpn', { json: answers[1] }), 200],
    ['putSurvey', slug('vpn', { json: SURVEY, headers: { 'If-Match': '"0"' } }), 412],
    ['postSurvey', { json: { ...SURVEY, slug: 'vpn' } }, 200],
    ['postSurvey', { json: { ...SURVEY, slug: 'short', audience: null, factors: null, comment: null, questions: [question] } }, 201],
    ['postSurvey', { json: { ...SURVEY, slug: 'vpn', name: 'x' } }, 409],
    ['postSurvey', { json: SURVEY }, 422],
    ['getSurvey', slug('vpn'), 200],
    ['getSurvey', slug('none'), 404],
    ['getSurveyForm', slug('vpn', { query: { language: 'de-AT' } }), 200],
    ['getSurveyForm', slug('short'), 200],
    ['getSurveyForm', slug('none'), 404],
    ['getSurveyForm', slug('vpn', { query: { language: 'd' } }), 422],
    ['changeSurvey', change({ percentage: 25, title: { de: null } }), 200],
    ['changeSurvey', change({ comment: null }, '"0"'), 412],
    ['changeSurvey', slug('vpn', { json: { percentage: 25 } }), 428],
    ['changeSurvey', slug('none', { json: { percentage: 25 }, headers: { 'If-Match': '*' } }), 404],
    ['changeSurvey', change({ percentage: 0 }), 422],
    ['listSurveys', {}, 200],
    ['listSurveys', { query: { limit: 1 } }, 200],
    ['listSurveys', (...answers) => ({ query: { limit: 500, cursor: answers.at(-1).next } }), 200],
    ['listSurveys', { query: { kind: 'ticket', retired: 'false' } }, 200],
    ...[{ kind: 'mail' }, { retired: 'x' }, { cursor: 'x' }].map((query) => ['listSurveys', { query }, 422]),
    ...[{}, { ...SURVEY, kind: 'mail' }, { ...SURVEY, questions: [] }, { ...SURVEY, languages: [] }, { ...SURVEY, expires_days: 0 }, []].map((json) => [
      'putSurvey',
      slug('bad', { json }),
      422,
    ]),
    ['putSurvey', slug('bad', { json: { ...SURVEY, questions: [{ ...question, metric: 'mood' }] }, untold: true }), 422],
    ['postResponse', { json: { ticket: 'SURVEYED-1', create: true, survey: 'vpn', answers: { happy: 3, lost: 45 } } }, 201],
    ['postResponse', { json: { ticket: 'SURVEYED-2', create: true, survey: 'vpn', survey_version: 1, answers: { happy: 9, lost: null } } }, 201],
    ['postResponse', { json: { ticket: 'SURVEYED-3', create: true, survey: 'vpn', answers: {} } }, 422],
    ...[
      { survey: 'none', answers: { happy: 3 } },
      { survey: 'vpn', answers: { happy: 3 } },
      { survey: 'vpn', answers: { happy: 11, lost: 0 } },
      { survey: 'vpn', answers: { happy: 9, mood: 1 } },
    ].map((json) => ['postResponse', { json: { ticket: 'SURVEYED-3', create: true, ...json }, untold: true }, 422]),
    ['retireSurvey', slug('short'), 204],
    ['retireSurvey', slug('none'), 404],
    ['putSurvey', slug('short', { json: SURVEY }), 409],
    ['changeSurvey', slug('short', { json: { percentage: 25 }, headers: { 'If-Match': '*' } }), 409],
  );
}

const hoursAgo = (hours) => new Date(Date.now() - hours * 3600e3).toISOString();

// A ticket that was resolved an hour ago, of somebody of its own.
export const resolved = (name) => ({ ...ref(name), json: { opened_at: hoursAgo(48), resolved_at: hoursAgo(1), requester: `${name}@example.org` } });

const token = ({ invitation }) => invitation.link.split('/').at(-1);

export async function invite() {
  const answered = (ticket, happy) => ({ json: { invitation: token(ticket), answers: { happy, lost: 5 } } });
  await tour(
    'invitations',
    ['putSurvey', { path: { slug: 'asked' }, json: { ...SURVEY, audience: null, percentage: 100 } }, 201],
    ['putTicket', resolved('ASKED-1'), 201],
    ['putTicket', resolved('ASKED-2'), 201],
    ['putTicket', { ...ref('ASKED-2'), json: { opened_at: hoursAgo(48) } }, 200],
    ['putTicket', { ...ref('ASKED-3'), json: { opened_at: hoursAgo(48), resolved_at: hoursAgo(1) } }, 201],
    ['postResponse', (...answers) => answered(answers[1], 9), 201],
    ['postResponse', (...answers) => answered(answers[1], 9), 200],
    ['postResponse', (...answers) => answered(answers[1], 2), 409],
    ['postResponse', (...answers) => answered(answers[2], 9), 410],
    ['listInvitations', {}, 200],
    ['listInvitations', { query: { limit: 1 } }, 200],
    ['listInvitations', (...answers) => ({ query: { limit: 500, cursor: answers.at(-1).next } }), 200],
    ...['due', 'answered', 'expired', 'voided', 'refused', 'issued'].map((state) => ['listInvitations', { query: { state, ticket: 'ASKED-1' } }, 200]),
    ...[{ state: 'x' }, { cursor: 'x' }].map((query) => ['listInvitations', { query }, 422]),
  );
}

export async function register() {
  const slug = (name, more = {}) => ({ path: { slug: name }, ...more });
  const objective = { level: 'tactical', title: 'Nobody waits for the VPN', parent: 'undisturbed', metrics: ['happiness'] };
  await tour(
    'objectives',
    ['putObjective', slug('undisturbed', { json: { level: 'vision', title: 'People get on with their work' }, query: { dry_run: 'true' } }), 200],
    ['putObjective', slug('undisturbed', { json: { level: 'vision', title: 'People get on with their work', owner: 'cio' } }), 201],
    ['putObjective', slug('vpn', { json: objective }), 201],
    ['putObjective', (...answers) => slug('vpn', { json: answers[2] }), 200],
    ['putObjective', slug('vpn', { json: objective, headers: { 'If-Match': '"0"' } }), 412],
    ['getObjective', slug('vpn'), 200],
    ['getObjective', slug('none'), 404],
    ['listObjectives', {}, 200],
    ['listObjectives', { query: { limit: 1 } }, 200],
    ['listObjectives', (...answers) => ({ query: { limit: 500, cursor: answers.at(-1).next } }), 200],
    ['listObjectives', { query: { level: 'vision', parent: 'x', owner: 'cio', unserved: 'true', retired: 'false' } }, 200],
    ...[{ level: 'high' }, { unserved: 'x' }, { retired: 'x' }, { cursor: 'x' }].map((query) => ['listObjectives', { query }, 422]),
    ...[{}, { ...objective, level: 'low' }, { ...objective, title: '' }, { ...objective, metrics: 'x' }, { ...objective, mood: 1 }, []].map((json) => [
      'putObjective',
      slug('bad', { json }),
      422,
    ]),
    ...[{ ...objective, parent: 'none' }, { ...objective, metrics: ['mood'] }, { ...objective, xlas: ['mood'] }].map((json) => [
      'putObjective',
      slug('bad', { json, untold: true }),
      422,
    ]),
    ['putObjective', slug('old', { json: { level: 'operational', title: 'Gone' } }), 201],
    ['retireObjective', slug('old'), 204],
    ['retireObjective', slug('none'), 404],
    ['putObjective', slug('old', { json: { level: 'operational', title: 'Back' } }), 409],
  );
  const initiative = { ...INITIATIVE, objective: 'vpn' };
  const it = (answers, more = {}) => ({ path: { id: answers[0].id }, ...more });
  const change = (json, tag = '*') => [
    'changeInitiative',
    (...answers) => it(answers, { json, headers: { 'If-Match': tag } }),
  ];
  const act = (answers, json, more = {}) => ({ path: { id: answers[0].id, action: answers[1].id }, json, ...more });
  const retried = { 'Idempotency-Key': 'register' };
  await tour(
    'initiatives',
    ['postInitiative', { json: initiative, headers: retried }, 201],
    ['postAction', (...answers) => it(answers, { json: { title: 'Second gateway', due_on: '2026-06-30', experiment: true }, headers: retried }), 201],
    ['postInitiative', { json: initiative, headers: retried }, 201],
    ['postInitiative', { json: { title: 'Another' }, headers: retried }, 422],
    ['postAction', (...answers) => it(answers, { json: { title: 'Second gateway', due_on: '2026-06-30', experiment: true }, headers: retried }), 201],
    ['postAction', (...answers) => it(answers, { json: { title: 'x' }, headers: { 'If-Match': '"0"' } }), 412],
    ['changeAction', (...answers) => act(answers, { started_at: '2026-03-02T08:00:00Z', done_at: '2026-03-20T16:00:00Z', outcome: 'It works' }), 200],
    ['changeAction', (...answers) => act(answers, { owner: 'bo' }, { headers: { 'If-Match': '"0"' } }), 412],
    ['changeAction', (...answers) => act(answers, { done_at: '2026-03-01T16:00:00Z' }), 422],
    ['changeAction', (...answers) => act(answers, { mood: 1 }), 422],
    ['changeAction', (...answers) => ({ ...act(answers, { owner: 'bo' }), path: { id: answers[0].id, action: NOBODY } }), 404],
    ['postNote', (...answers) => it(answers, { json: { principle: 'focus_on_value', text: 'Sales loses most.' }, headers: retried }), 201],
    ['postNote', (...answers) => it(answers, { json: { principle: 'focus_on_value', text: 'Sales loses most.' }, headers: retried }), 201],
    ['postNote', (...answers) => it(answers, { json: { principle: 'luck', text: 'x' } }), 422],
    ['postVote', (...answers) => it(answers, { json: { voter: 'anna@example.org', unit: 'Sales' } }), 201],
    ['postVote', (...answers) => it(answers, { json: { voter: 'anna@example.org' } }), 200],
    ['postVote', (...answers) => it(answers, { json: { unit: 'Sales' } }), 422],
    ['postSuggestion', { json: { title: 'Print from phones', scope: { service: ['print'] }, suggested_by: 'zoe' }, headers: retried }, 201],
    ['postSuggestion', { json: { title: 'Print from phones', scope: { service: ['print'] }, suggested_by: 'zoe' }, headers: retried }, 201],
    ['postSuggestion', { json: { text: 'x' } }, 422],
    [...change({ description: 'It takes minutes.', effort: 'L', scope: { location: ['oslo'] }, assessment: { people: 'willing' }, success_factors: [{ text: 'Time' }] }), 200],
    [...change({ scope: { location: null }, effort: null, lessons: { learned: 'x' }, expected_benefit: { money: '12.50' } }), 200],
    [...change({ owner: 'x' }, '"0"'), 412],
    [...change({ step: 'plan' }), 422],
    ['changeInitiative', (...answers) => it(answers, { json: { owner: 'x' } }), 428],
    ['changeInitiative', { path: { id: NOBODY }, json: {}, headers: { 'If-Match': '*' } }, 404],
    ['getInitiative', (...answers) => it(answers), 200],
    ['getInitiative', { path: { id: 'x' } }, 404],
    ['getInitiativeHistory', (...answers) => it(answers), 200],
    ['getInitiativeHistory', (...answers) => it(answers, { query: { cursor: 'x' } }), 422],
    ['getInitiativeHistory', { path: { id: NOBODY } }, 404],
    ['postAction', { path: { id: NOBODY }, json: { title: 'x' } }, 404],
    ['postNote', { path: { id: NOBODY }, json: { text: 'x' } }, 404],
    ['postVote', { path: { id: NOBODY }, json: { voter: 'x' } }, 404],
    ['listInitiatives', {}, 200],
    ['listInitiatives', { query: { limit: 1 } }, 200],
    ['listInitiatives', (...answers) => ({ query: { limit: 1, cursor: answers.at(-1).next } }), 200],
    [
      'listInitiatives',
      {
        query: {
          q: 'VPN',
          step: 'vision',
          status: 'open',
          owner: 'anna',
          category: 'network',
          objective: 'vpn',
          metric: 'happiness',
          source: 'insight',
          order: 'created',
        },
      },
      200,
    ],
    ...[{ q: 'x'.repeat(201) }, { step: 'x' }, { status: 'x' }, { source: 'x' }, { order: 'x' }, { cursor: 'x' }].map((query) => ['listInitiatives', { query }, 422]),
  );
  const bad = [
    {},
    { title: '' },
    { title: 'x', effort: 'XS' },
    { title: 'x', target: '30' },
    { title: 'x', due_on: 'x' },
    { title: 'x', guardrails: ['csat', 'csat'] },
    { title: 'x', success_factors: [{}] },
    { title: 'x', expected_benefit: { hours: -1 } },
    { title: 'x', expected_benefit: { money: 7 } },
    { title: 'x', scope: 'service:vpn' },
    { title: 'x', value_chain_activity: 'x' },
    { title: 'x', mood: 1 },
    [],
  ];
  const worse = [
    { title: 'x', metric: 'mood' },
    { title: 'x', guardrails: ['mood'] },
    { title: 'x', objective: 'none' },
    { title: 'x', baseline: NOBODY },
    { title: 'x', source: { reference: 'x' } },
    { title: 'x', comparison_scope: { service: ['mail'] } },
  ];
  await tour(
    'initiatives that are refused',
    ...bad.map((json) => ['postInitiative', { json }, 422]),
    ...worse.map((json) => ['postInitiative', { json, untold: true }, 422]),
  );
  // What takes many, or an evaluation, or an end.
  await tally.check('a register that is full, and what is over', async () => {
    const { id } = (await step('postInitiative', { json: { title: 'Full' } }, 201)).json;
    const action = (await step('postAction', { path: { id }, json: { title: 'Act', started_at: '2026-03-02T08:00:00Z', done_at: '2026-03-03T08:00:00Z' } }, 201)).json.id;
    const problems = [];
    const refused = async (operation, request) => {
      const result = await step(operation, request, 409);
      problems.push(...result.problems.map((problem) => `${operation}: ${problem}`));
    };
    sql(`insert into initiative_notes (tenant_id, initiative_id, note_id, iteration, step, text, created_by)
      select tenant_id, initiative_id, gen_random_uuid(), 1, 'vision', 'x', 'x' from initiatives, generate_series(1, 200) where initiative_id = '${id}'`);
    await refused('postNote', { path: { id }, json: { text: 'x' } });
    sql(`insert into evaluations (tenant_id, initiative_id, iteration, evaluated_at, window_from, window_to, verdict, still_relevant, content, created_by)
      select tenant_id, initiative_id, 1, now(), '2026-03-04', '2026-04-04', 'improved', true, '{}', 'x' from initiatives where initiative_id = '${id}'`);
    await refused('postAction', { path: { id }, json: { title: 'x' } });
    await refused('changeAction', { path: { id, action }, json: { done_at: '2026-03-04T08:00:00Z' } });
    sql(`delete from evaluations where initiative_id = '${id}'`);
    sql(`update initiatives set status = 'cancelled', ended_at = now() where initiative_id = '${id}'`);
    await refused('postVote', { path: { id }, json: { voter: 'x' } });
    await refused('changeInitiative', { path: { id }, json: { owner: 'x' }, headers: { 'If-Match': '*' } });
    sql(`insert into initiatives (tenant_id, initiative_id, content, created_by)
      select tenant_id, gen_random_uuid(), '{"title":"many"}', 'x' from initiatives, generate_series(1, 20000) where initiative_id = '${id}'`);
    await refused('postInitiative', { json: { title: 'x' } });
    await refused('postSuggestion', { json: { title: 'x' } });
    sql("delete from initiatives where content ->> 'title' = 'many'");
    return problems;
  });
}

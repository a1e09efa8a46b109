// What all operations have in common: refusals, HEAD, OPTIONS, ETags, and a database that is slow or gone.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { RESPONSE, ROLES, SAMPLES, SETTINGS, ask, daemon, isImport, isTable, sample, seen, step, tally, target, tour } from './asking.mjs';
import { differences } from './count.mjs';
import { evaluated } from './improve.mjs';
import { document, faults, operations } from './document.mjs';
import { judgeAnswer } from './judge.mjs';

const isHook = ({ id }) => id === 'postHook';

// What every operation refuses alike.
export async function refuse() {
  for (const described of operations) {
    const request = sample(described);
    const plain = target(described, request);
    const steps = [[{ ...request, target: `${plain}${plain.includes('?') ? '&' : '?'}x=%zz` }, 400]];
    if (described.keyed) {
      steps.push([{ ...request, key: undefined }, 401], [{ ...request, key: `xlad_${'0'.repeat(16)}_${'0'.repeat(64)}` }, 401]);
      steps.push(...ROLES.filter((role) => !described.roles.includes(role)).map((key) => [{ ...request, key }, 403]));
    }
    if (described.body) {
      const type = Object.keys(described.body.content)[0];
      steps.push([{ ...request, headers: { 'Content-Type': 'text/html' } }, 415]);
      // What a hook can't read is kept, once it is proved whose it is.
      if (!described.body.content['text/csv'])
        steps.push(
          [{ ...request, json: undefined, body: '{"a":1,"a":2}' }, isHook(described) ? 401 : 400],
          [{ ...request, headers: { 'Content-Type': type }, length: (1 << 20) + 1 }, 413],
        );
    }
    // A tool's address may have any parameters.
    if (described.keyed && described.id !== 'testSource') steps.push([{ ...request, query: { ...request.query, nonsense: '1' } }, 422]);
    if (described.keyed && described.method === 'get') steps.push([{ ...request, headers: { Accept: 'image/png, text/*;q=0' } }, 406]);
    if (isTable(described)) steps.push([{ ...request, query: { ...request.query, format: 'xml' } }, 422]);
    await tour(`what ${described.id} refuses`, ...steps.map(([bad, status]) => [described.id, bad, status]));
    await tally.check(`a target that is too long for ${described.id}`, async () => {
      const { answer } = await ask(described.id, { ...request, target: `${plain}${plain.includes('?') ? '&' : '?'}x=${'y'.repeat(5000)}` });
      return answer.status === 414 ? judgeAnswer(described, answer) : [`${answer.status} instead of 414`];
    });
  }
}

const allowed = (path) => [
  ...new Set(
    operations
      .filter((described) => described.path === path)
      .flatMap(({ method }) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]))
      .concat('OPTIONS'),
  ),
];

// What the document says of every path in words: HEAD, OPTIONS, 404, 405, 304.
export async function derive() {
  const problem = document.components.schemas.Problem;
  for (const path of Object.keys(document.paths)) {
    const plain = target({ path }, { path: SAMPLES });
    await tally.check(`OPTIONS and wrong methods of ${path}`, async () => {
      const options = await daemon.call('OPTIONS', plain);
      const missing = ['GET', 'PUT', 'POST', 'PATCH', 'DELETE'].find((method) => !allowed(path).includes(method));
      const wrong = await daemon.call(missing, plain);
      return [
        ...(options.status === 204 && options.text === '' ? [] : [`OPTIONS is answered ${options.status}`]),
        ...differences(options.headers.allow?.split(', ') ?? [], 'Allow of OPTIONS', allowed(path), 'the document'),
        ...(wrong.status === 405 ? faults(problem, JSON.parse(wrong.text)) : [`${missing} is answered ${wrong.status}`]),
        ...differences(wrong.headers.allow?.split(', ') ?? [], 'Allow of 405', allowed(path), 'the document'),
      ];
    });
  }
  await tally.check('an unknown path', async () => {
    const answer = await daemon.call('GET', '/v1/nothing');
    return answer.status === 404 ? faults(problem, JSON.parse(answer.text)) : [`it is answered ${answer.status}`];
  });
  await tally.check('a body that is too large for a request that takes none', async () => {
    const answer = await daemon.call('GET', '/healthz', { length: (1 << 20) + 1 });
    return answer.status === 413 ? faults(problem, JSON.parse(answer.text)) : [`it is answered ${answer.status}`];
  });
  await tally.check("a client's own request id", async () => {
    const answer = await daemon.call('GET', '/v1/nothing', { headers: { 'X-Request-Id': 'mine.1' } });
    return answer.headers['x-request-id'] === 'mine.1' && JSON.parse(answer.text).instance === 'mine.1' ? [] : ["the client's own id is not kept"];
  });
  const id = (await step('postResponse', { json: { ...RESPONSE, respondent: 'ed@example.org' } }, 201)).json.id;
  const key = (await step('listKeys', { query: { limit: 1 } }, 200)).json.items[0].id;
  const measurement = (await step('postMeasurement', { json: { metric: 'service_availability', value: 99 } }, 201)).json.id;
  const baseline = (await step('listBaselines', { query: { limit: 1 } }, 200)).json.items[0].id;
  const webhook = (await step('listWebhooks', { query: { limit: 1 } }, 200)).json.items[0].id;
  const initiative = (await step('listInitiatives', { query: { limit: 1 } }, 200)).json.items[0].id;
  const failure = (await step('listSourceFailures', { path: { name: SAMPLES.source } }, 200)).json.items[0].id;
  const ids = {
    getKey: key,
    getMeasurement: measurement,
    getBaseline: baseline,
    getBaselineComparison: baseline,
    getWebhook: webhook,
    listDeliveries: webhook,
    getInitiative: initiative,
    getInitiativeHistory: initiative,
    getSourceFailure: failure,
    getEvaluation: evaluated.id,
  };
  for (const described of operations.filter(({ method }) => method === 'get')) {
    const request = { ...sample(described), path: { ...sample(described).path, id: ids[described.id] ?? id } };
    await tally.check(`HEAD and ETag of ${described.id}`, async () => {
      const { answer: got } = await ask(described.id, request);
      const { answer: head } = await ask(described.id, { ...request, method: 'HEAD' });
      const problems = got.status === 200 ? judgeAnswer(described, head, { bodiless: true }) : [`it is answered ${got.status}`];
      if (head.text !== '' || head.status !== got.status) problems.push(`HEAD is answered ${head.status} with ${head.text.length} bytes`);
      const gzip = { 'Accept-Encoding': 'gzip' };
      const { answer: packed } = await ask(described.id, { ...request, method: 'HEAD', headers: gzip });
      problems.push(...judgeAnswer(described, packed, { bodiless: true }));
      if (!described.keyed) return problems;
      const { answer: confirmed } = await ask(described.id, { ...request, headers: { ...gzip, 'If-None-Match': packed.headers.etag } });
      if (confirmed.status !== 304) problems.push(`${confirmed.status} instead of 304, of gzip`);
      problems.push(...judgeAnswer(described, confirmed));
      const { answer: same } = await ask(described.id, { ...request, headers: { 'If-None-Match': `"x", W/${got.headers.etag}` } });
      return same.status === 304 ? [...problems, ...judgeAnswer(described, same)] : [...problems, `${same.status} instead of 304`];
    });
  }
}

const psql = `${process.env.PG_BIN ?? '/usr/lib/postgresql/15/bin'}/psql`;
export const sql = (statement) =>
  execFileSync(psql, ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-c', statement, process.env.XLAD_TEST_CLUSTER_URL], { encoding: 'utf8' });

export async function expire() {
  sql('update tenants set amend_minutes = 0');
  await new Promise((after) => setTimeout(after, 1000));
  const { items } = (await step('listResponses', {}, 200)).json;
  await tour('an amendment that is too late', ['amendResponse', { path: { id: items[0].id }, json: { happiness: 1 } }, 409]);
}

const warm = () => Promise.all(ROLES.map((key) => daemon.call('GET', '/v1/tickets', { key })));

// Asks every operation while all tables are locked, for longer than a statement may take.
async function askLocked(round) {
  const tables = 'tickets, responses, dimensions, dimension_values, segments, resolutions, credentials, posts, audit, tenants, metrics, manual_measurements, baselines, webhooks, outbox, xlas, surveys, survey_versions, invitations, objectives, initiatives, initiative_actions, initiative_notes, initiative_votes, initiative_steps, sources, source_failures';
  const lock = spawn(psql, ['-XAtq', process.env.XLAD_TEST_CLUSTER_URL], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(lock, 'exit');
  lock.stdin.write("select 'connected';\n");
  await once(lock.stdout, 'data');
  await warm();
  lock.stdin.write(`begin; lock table ${tables} in access exclusive mode; select 'locked';\n`);
  await once(lock.stdout, 'data');
  const headers = { 'Idempotency-Key': `waits-${round}` };
  const asking = operations.filter((described) => described.keyed || isHook(described));
  const results = await Promise.all(asking.map((described) => ask(described.id, { ...sample(described), headers })));
  lock.stdin.end('rollback;\n');
  await ended;
  return results;
}

// With a database that is slow the daemon says so. A key that has to be asked about is 503 instead, so there are some rounds.
export async function wait() {
  await daemon.stop();
  await daemon.start({ ...SETTINGS, XLAD_STATEMENT_SECONDS: '1', XLAD_READ_LANES: '16' });
  await tally.check('a database that is slow', async () => {
    const problems = [];
    const late = () => operations.filter((described) => (described.keyed || isHook(described)) && !isImport(described) && !seen.has(`${described.id} 504`));
    for (let round = 0; round < 5 && late().length > 0; round++) {
      const results = await askLocked(round);
      problems.push(...results.flatMap(({ described, answer }) => judgeAnswer(described, answer).map((problem) => `${described.id}: ${problem}`)));
    }
    return [...problems, ...late().map(({ id }) => `${id} was never answered 504`)];
  });
}

// Without its database the daemon says so.
export async function lose() {
  const folder = new URL(process.env.XLAD_TEST_CLUSTER_URL).searchParams.get('host').replace(/\/socket$/, '');
  await warm();
  execFileSync('tests/tools/cluster', ['stop', folder, 'immediate']);
  for (const end = Date.now() + 10000; Date.now() < end && (await ask('getReadiness')).answer.status !== 503;)
    await new Promise((after) => setTimeout(after, 50));
  // At first the keys are still known and it is the work that can't be done, then the keys can't be asked about any more.
  for (const described of operations.filter(({ keyed }) => keyed))
    await tour(`${described.id} without a database`, [described.id, sample(described), isImport(described) ? [200, 503] : 503]);
  await new Promise((after) => setTimeout(after, 1000));
  for (const described of operations)
    await tour(`${described.id} without keys`, [described.id, sample(described), described.keyed || isHook(described) || described.id === 'getReadiness' ? 503 : 200]);
}

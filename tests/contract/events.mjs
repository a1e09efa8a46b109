// Receives events of every type from a real daemon, and holds what comes against the document.
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import { ref, step, tally } from './asking.mjs';
import { sql } from './common.mjs';
import { differences } from './count.mjs';
import { xlad } from './daemon.mjs';
import { document, faults, resolve } from './document.mjs';
import { conclude } from './improve.mjs';
import { resolved } from './work.mjs';

const COMES_MS_MAX = 30000;
const SCOPE = { service: ['events'] };
// Of twenty answers a day so many are a 9, and the others a 2.
const DAYS = { '2026-05-02': 20, '2026-05-03': 11, '2026-05-04': 2, '2026-05-05': 2 };
const [FIRST, , , LAST] = Object.keys(DAYS);
const REVIEWED = '2026-05-04';
const EXPECTED = ['webhook.test', 'xla.met', 'xla.at_risk', 'xla.breached', 'xla.stale', 'initiative.evaluated', 'invitation.issued'];
const described = document.webhooks.event.post;

class Receiver {
  got = [];

  async start() {
    this.server = http.createServer(async (request, response) => {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      this.got.push({ headers: request.headers, text: Buffer.concat(chunks).toString('utf8') });
      response.writeHead(204).end();
    });
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${this.server.address().port}/`;
  }

  async wait(count) {
    for (const end = Date.now() + COMES_MS_MAX; this.got.length < count && Date.now() < end; ) await new Promise((after) => setTimeout(after, 50));
  }

  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }
}

const good = async (...asked) => {
  const { problems, json } = await step(...asked);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return json;
};

// Agreements begin in the future, and their days are evaluated when these are over: this one is moved into the past.
async function agree() {
  const slug = 'events';
  await good('putTicket', { ...ref('EVENTS'), json: { opened_at: '2026-05-01T08:00:00Z', context: { service: 'events' } } }, 201);
  for (const [day, positive] of Object.entries(DAYS))
    for (let i = 0; i < 20; i++) {
      const json = { ticket: 'EVENTS', respondent: `${day}-${i}`, submitted_at: `${day}T12:00:00Z`, happiness: i < positive ? 9 : 2 };
      await good('postResponse', { json }, 201);
    }
  await good('putXla', { path: { slug }, json: { name: 'Events', owner: 'anna', metric: 'happiness', scope: SCOPE, target: 0, window_days: 1, min_responses: 5 } }, 201);
  sql(`update xlas set content = (content::jsonb || '{"starts_on": "${FIRST}", "review_by": "${REVIEWED}"}')::json where slug = '${slug}'`);
  sql(`update xla_versions set valid_from = '${FIRST}' where slug = '${slug}'`);
  xlad('xla', 'evaluate', '--tenant', 'acme', '--xla', slug, '--day', LAST);
  return good('getXlaHistory', { path: { slug }, query: { to: LAST } }, 200);
}

function judge({ headers, text }, secret) {
  const problems = described.parameters.flatMap(({ name, schema }) => {
    const given = resolve(schema).type === 'integer' ? Number(headers[name]) : headers[name];
    return faults(schema, given).map((fault) => `${name}: ${fault}`);
  });
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const signed = createHmac('sha256', key).update(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${text}`).digest('base64');
  if (headers['webhook-signature'] !== `v1,${signed}`) problems.push(`the signature is not that of the body: ${headers['webhook-signature']}`);
  const { schema } = described.requestBody.content[headers['content-type']] ?? {};
  if (!schema) return [...problems, `the content type ${headers['content-type']} is not described`];
  return [...problems, ...faults(schema, JSON.parse(text)).map((fault) => `${fault} in ${text}`)];
}

export async function hear() {
  const receiver = new Receiver();
  const url = await receiver.start();
  try {
    const types = document.components.schemas.EventType.enum;
    const { id, secret } = await good('postWebhook', { json: { url, events: types } }, 201);
    await good('testWebhook', { path: { id } }, 202);
    const history = await agree();
    await conclude();
    await good('putTicket', resolved('EVENTS-ASKED'), 201);
    await receiver.wait(EXPECTED.length);
    const events = receiver.got.map(({ text }) => JSON.parse(text));
    await tally.check('events are delivered as they are described', () => receiver.got.flatMap((event) => judge(event, secret)));
    await tally.check('events of each type are delivered', () =>
      differences(events.map(({ type }) => type).sort(), 'what came', [...EXPECTED].sort(), 'what is expected'),
    );
    await tally.check('an event says what the history does', () => {
      const days = Object.fromEntries(history.items.map(({ day, state }) => [day, JSON.stringify(state)]));
      return events
        .filter(({ type }) => type.startsWith('xla.'))
        .flatMap(({ type, data }) => [
          ...(JSON.stringify(data.state) === days[data.state.day] ? [] : [`${type}: ${JSON.stringify(data.state)}`]),
          ...(type === 'xla.stale' || `xla.${data.state.status}` === type ? [] : [`${type} of a state that is ${data.state.status}`]),
          ...(type !== 'xla.stale' || data.state.day === REVIEWED ? [] : [`${type} on ${data.state.day}`]),
        ]);
    });
    await tally.check('what an event says of the day before', () =>
      differences(
        events.filter(({ data }) => data.state).map(({ type, data }) => `${type} ${data.before}`).sort(),
        'what came',
        ['xla.at_risk met', 'xla.breached at_risk', 'xla.met null', 'xla.stale at_risk'].sort(),
        'what is expected',
      ),
    );
    await good('retireXla', { path: { slug: 'events' } }, 204);
    await good('endWebhook', { path: { id } }, 204);
  } finally {
    receiver.stop();
  }
}

// Takes initiatives through the seven steps, and refuses what can be refused on the way.
import { NOBODY, ref, step, tour } from './asking.mjs';

const SCOPE = { service: ['improve'] };
const ANY = { 'If-Match': '*' };
const OLD = { 'If-Match': '"0"' };
const RELEVANT = { still_relevant: true, note: 'It is.' };

// Nothing else was answered then, so nothing is withheld.
const DAYS = ['2023-01-10', '2023-02-14'];

const good = async (...asked) => {
  const { problems, json } = await step(...asked);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return json;
};

// One of which another evaluation is in the register.
export const evaluated = {};

async function answer() {
  await good('putTicket', { ...ref('IMPROVE'), json: { opened_at: '2023-01-02T08:00:00Z', context: { service: 'improve' } } }, [200, 201]);
  for (const day of DAYS)
    for (let i = 0; i < 12; i++) {
      const json = { ticket: 'IMPROVE', respondent: `${day}-${i}`, submitted_at: `${day}T12:00:00Z`, happiness: i % 2 ? 9 : 2, lost_minutes: 10 * i };
      await good('postResponse', { json }, [200, 201]);
    }
}

// An initiative in its plan.
async function begin(title) {
  const baseline = await good('postBaseline', { json: { name: title, scope: 'service:improve', from: '2023-01-01', to: '2023-01-31' } }, 201);
  const json = {
    title,
    vision: 'Calm',
    objective: 'improve',
    owner: 'anna',
    scope: SCOPE,
    comparison_scope: { service: ['nowhere'] },
    baseline: baseline.id,
    metric: 'happiness',
    target: 30,
    due_on: '2023-06-30',
    success_factors: [{ text: 'Time', metric: 'lost_time' }, { text: 'Patience' }],
    guardrails: ['csat'],
  };
  const path = { id: (await good('postInitiative', { json }, 201)).id };
  for (const to of ['baseline', 'target', 'plan']) await good('advanceInitiative', { path, query: { to }, headers: ANY }, 200);
  return path;
}

async function act(path) {
  const json = { title: 'Act', owner: 'bo', due_on: '2023-02-10', started_at: '2023-02-01T08:00:00Z', done_at: '2023-02-02T08:00:00Z' };
  await good('postAction', { path, json }, 201);
  for (let i = 0; i < 2; i++) await good('advanceInitiative', { path, headers: ANY }, 200);
}

// What a webhook is told of.
export async function conclude() {
  const path = await begin('Told');
  await act(path);
  return good('postEvaluation', { path, json: RELEVANT }, 201);
}

export async function improve() {
  await answer();
  await good('putObjective', { path: { slug: 'improve' }, json: { level: 'strategic', title: 'Calm' } }, [200, 201]);
  const path = await begin('Improve');
  const nobody = { path: { id: NOBODY } };
  await tour(
    'moves of initiatives',
    ['getImprovementModel', {}, 200],
    ['advanceInitiative', { path, headers: ANY }, 409],
    ['advanceInitiative', { path, query: { to: 'momentum' }, headers: ANY }, 409],
    ['advanceInitiative', { path, query: { to: 'heaven' }, headers: ANY }, 422],
    ['advanceInitiative', { path, headers: OLD }, 412],
    ['advanceInitiative', { path }, 428],
    ['advanceInitiative', { ...nobody, headers: ANY }, 404],
    ['getEvaluation', { path }, 409],
    ['returnInitiative', { path, json: { to: 'target', reason: 'Too low' }, headers: ANY }, 200],
    ['returnInitiative', { path, json: { to: 'momentum', reason: 'Hurry' }, headers: ANY }, 409],
    ['returnInitiative', { path, json: { to: 'vision', reason: 'x' }, headers: OLD }, 412],
    ['returnInitiative', { path, json: { to: 'vision', reason: 'x' } }, 428],
    ['returnInitiative', { ...nobody, json: { to: 'vision', reason: 'x' }, headers: ANY }, 404],
    ...[{}, { to: 'heaven', reason: 'x' }, { to: 'vision', reason: '' }, { to: 'vision', reason: 'x', more: 1 }].map((json) => [
      'returnInitiative',
      { path, json, headers: ANY },
      422,
    ]),
    ['advanceInitiative', { path, headers: ANY }, 200],
    ['postEvaluation', { path, json: RELEVANT }, 409],
    ['postIteration', { path }, 409],
  );
  await act(path);
  await tour(
    'evaluations of initiatives',
    ['getEvaluation', { path }, 200],
    ['getEvaluation', { path, query: { iteration: 2 } }, 404],
    ['getEvaluation', { path, query: { iteration: 0 } }, 422],
    ['getEvaluation', nobody, 404],
    ...[{}, { still_relevant: 'yes' }, { still_relevant: true, note: '' }, { still_relevant: true, verdict: 'achieved' }].map((json) => [
      'postEvaluation',
      { path, json },
      422,
    ]),
    ['postEvaluation', { path, json: RELEVANT, headers: OLD }, 412],
    ['postEvaluation', { ...nobody, json: RELEVANT }, 404],
    ['postEvaluation', { path, json: RELEVANT }, 201],
    ['postEvaluation', { path, json: RELEVANT }, 200],
    ['postEvaluation', { path, json: { still_relevant: false } }, 409],
    ['getEvaluation', { path }, 200],
    ['postIteration', { path, headers: OLD }, 412],
    ['postIteration', nobody, 404],
    ['postIteration', { path, headers: ANY }, 201],
    ['getEvaluation', { path, query: { iteration: 1 } }, 200],
    ['cancelInitiative', { path, json: { reason: 'No money' }, headers: OLD }, 412],
    ['cancelInitiative', { path, json: { reason: 'No money' } }, 428],
    ['cancelInitiative', { ...nobody, json: { reason: 'No money' }, headers: ANY }, 404],
    ...[{}, { reason: '' }, { reason: 'x', to: 'plan' }].map((json) => ['cancelInitiative', { path, json, headers: ANY }, 422]),
    ['cancelInitiative', { path, json: { reason: 'No money' }, headers: ANY }, 200],
    ['cancelInitiative', { path, json: { reason: 'No money' }, headers: ANY }, 409],
  );
  evaluated.id = (await conclude()).initiative;
}

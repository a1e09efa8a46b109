// Reports of months: what is asked of them, and what is refused.
import { tour } from './asking.mjs';

const PAGE = { headers: { Accept: 'text/html' } };
const month = (name) => ({ path: { month: name } });

export async function report() {
  const now = new Date().toISOString().slice(0, 7);
  await tour(
    'reports',
    ['getReport', month('2026-03'), 200],
    ['getReport', { ...month('2026-03'), query: { scope: 'service:vpn', by: 'channel' } }, 200],
    ['getReport', month(now), 200],
    ['getReport', month('1970-01'), 200],
    ['getReport', { ...month('2026-03'), query: { format: 'html' } }, 200],
    ['getReport', { ...month('2026-03'), query: { format: 'csv' } }, 200],
  );
  await tour('pages', ['getReport', { ...month('2026-03'), ...PAGE }, 200], ['getReport', { ...month(now), ...PAGE }, 200]);
  await tour(
    'reports that there are not',
    ...['2026-13', '2026-00', '2999-01', '2026-3', '2026-03-01', 'x', '2026-ä1'].map((name) => ['getReport', month(name), 404]),
    ...[{ from: '2026-01-01' }, { to: '2026-01-01' }, { last: '30d' }, { metrics: 'happiness' }, { with_excluded: 'true' }, { by: 'mood' }, { format: 'pdf' }].map(
      (query) => ['getReport', { ...month('2026-03'), query, untold: true }, 422],
    ),
  );
}

// Reads the tables of the code that the document has to agree with.
import { readFileSync } from 'node:fs';

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

function rows(path, pattern, least) {
  const found = [...read(path).matchAll(pattern)];
  if (found.length < least) throw new Error(`${path}: ${found.length} rows were found where there are at least ${least}`);
  return found;
}

const MEDIA_TYPES = {
  NONE: [],
  JSON: ['application/json'],
  PATCH: ['application/json', 'application/merge-patch+json'],
  BULK: ['application/x-ndjson', 'text/csv'],
};
const ROLES = { ANYBODY: [], PORTAL: ['portal', 'admin'], DASHBOARD: ['dashboard', 'admin'], ADMIN: ['admin'], ANY_KEY: ['portal', 'dashboard', 'admin'] };

export function routes() {
  const all = rows('service/api/routes.c', /\{METHOD_(\w+), "([^"]+)", (\w+), BODY_(\w+), \w+, \w+\}/g, 20);
  if (all.length !== [...read('service/api/routes.c').matchAll(/\{METHOD_/g)].length) throw new Error('routes.c: rows that are not understood');
  return all.map(([, method, path, role, body]) => {
    if (!(role in ROLES) || !(body in MEDIA_TYPES)) throw new Error(`routes.c: ${role} or ${body} is new; say here what it means`);
    return { method: method.toLowerCase(), path, roles: ROLES[role], media: MEDIA_TYPES[body] };
  });
}

export function errors() {
  return rows('include/base/errors.h', /^ *X\(\w+, (\d+), "([a-z-]+)", "/gm, 15).map(([, status, slug]) => ({ slug, status: Number(status) }));
}

// The schema in which a figure comes, by the part of a metric's row that says its aggregation and unit.
const FIGURES = [
  [/, NET\b/, 'NetFigure'],
  [/, (YES_NO|SHARE_FROM)\b/, 'ShareFigure'],
  [/, (SCORE|COMPARED|STARS)\b/, 'ScoreFigure'],
  [/, PERCENTS?\b/, 'PercentFigure'],
  [/, DAYS\b/, 'DaysFigure'],
  [/, SUM_OF\(/, 'SumFigure'],
  [/, (MINUTES|DURATION)\b/, 'MinutesFigure'],
  [/, MONEY\b/, 'MoneyFigure'],
  [/, TICKETS\(AGGREGATE_COUNT\)/, 'CountFigure'],
  [/, TICKETS\(AGGREGATE_STOCK\)/, 'StockFigure'],
];

// The metrics that are shown.
export function metrics() {
  return rows('service/domain/metric.c', /\{\.id = \d+, \.key = "(\w+)".*\}/g, 20)
    .filter(([row]) => !row.includes('.hidden = true'))
    .map(([row, key]) => {
      const figure = FIGURES.find(([pattern]) => pattern.test(row))?.[1];
      if (!figure) throw new Error(`metric.c: how ${key} is shown is not understood`);
      // Lost time tells more than other minutes.
      return { key, figure: key === 'lost_time' ? 'LostTimeFigure' : figure, histogram: !/(TICKETS|SUM_OF)\(/.test(row), withheld: /, ANSWER\b/.test(row) };
    });
}

export function events() {
  return rows('include/domain/webhook.h', /^#define EVENT_\w+ +"([a-z_.]+)"$/gm, 6).map(([, name]) => name);
}

export function limits() {
  return Object.fromEntries(rows('include/base/limits.h', /^ *(\w+_(?:MAX|DEFAULT)) = (\d+),/gm, 20).map(([, name, value]) => [name, Number(value)]));
}

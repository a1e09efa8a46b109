// Holds the document against the tables of the code, both ways.
import { Tally, differences } from './count.mjs';
import * as code from './code.mjs';
import { document, faults, operations, resolve } from './document.mjs';

const tally = new Tally();
const schemas = document.components.schemas;

const line = ({ method, path, roles, media }) =>
  `${method.toUpperCase()} ${path} for ${roles.join(' and ') || 'anybody'} with ${media.join(', ') || 'no body'}`;

await tally.check('routes', () => {
  const described = operations.map(({ method, path, keyed, roles, body }) =>
    line({ method, path, roles: keyed ? roles : [], media: Object.keys(body?.content ?? {}).sort() }),
  );
  return differences(code.routes().map(line), 'routes.c', described, 'the document');
});

await tally.check('keys and roles', () =>
  operations.flatMap(({ id, path, keyed, roles, responses }) => {
    const refusals = ['401', '403'].filter((status) => status in responses).length;
    // Who has a key may do what all roles may.
    if (keyed && roles.length > 0 && refusals === (roles.length < 3 ? 2 : 1)) return [];
    // What hooks take is proved otherwise than by a key.
    const proved = path.startsWith('/v1/hooks/') && !('403' in responses);
    return !keyed && roles.length === 0 && (refusals === 0 || proved) ? [] : [`${id}: security, roles, and 401 and 403 don't fit together`];
  }),
);

await tally.check('path parameters', () =>
  operations.flatMap(({ id, path, parameters }) =>
    differences(
      [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]),
      `${id}'s path`,
      parameters.filter((parameter) => parameter.in === 'path').map((parameter) => parameter.name),
      'its parameters',
    ),
  ),
);

await tally.check('problem types', () =>
  differences(
    code.errors().map(({ slug }) => `urn:xlad:problem:${slug}`),
    'errors.h',
    schemas.Problem.properties.type.enum,
    'the document',
  ),
);

await tally.check('problem statuses', () =>
  differences(
    code.errors().map(({ status }) => status),
    'errors.h',
    schemas.Problem.properties.status.enum,
    'the document',
  ),
);

// Each answer that is a problem narrows its type; slug and status have to belong together.
await tally.check('problems of answers', () => {
  const statuses = new Map(code.errors().map(({ slug, status }) => [`urn:xlad:problem:${slug}`, status]));
  return operations.flatMap(({ id, responses }) =>
    Object.entries(responses).flatMap(([status, response]) => {
      const schema = resolve(response.content?.['application/problem+json']?.schema);
      if (!schema) return Number(status) >= 400 && !response.content ? [`${id} ${status} has no body`] : [];
      const narrowed = schema.allOf?.[1]?.properties;
      const types = narrowed?.type?.enum ?? [narrowed?.type?.const];
      return types.every((type) => statuses.get(type) === Number(status)) && narrowed.status.const === Number(status)
        ? []
        : [`${id} ${status}: ${types}`];
    }),
  );
});

const reserved = [];
await tally.check('no problem without an answer', () => {
  const text = JSON.stringify([document.paths, document.components.responses]);
  return code
    .errors()
    .map(({ slug }) => slug)
    .filter((slug) => !text.includes(`urn:xlad:problem:${slug}"`) && !reserved.includes(slug) && slug !== 'method-not-allowed')
    .map((slug) => `${slug} is an answer of no operation`);
});

const keys = code.metrics().map(({ key }) => key);
await tally.check('metrics', () => [
  ...differences(keys, 'metric.c', Object.keys(schemas.Metrics.properties), 'the schema Metrics'),
  ...differences(keys, 'metric.c', schemas.MetricKey.enum, 'the schema MetricKey'),
]);

await tally.check('histograms', () =>
  differences(
    code
      .metrics()
      .filter(({ histogram }) => histogram)
      .map(({ key }) => key),
    'metric.c',
    Object.keys(schemas.Histograms.properties),
    'the schema Histograms',
  ),
);

await tally.check('figures', () =>
  code
    .metrics()
    .filter(({ key, figure, withheld }) => {
      // What people answered may be withheld.
      const expected = [figure, ...(withheld ? ['Withheld'] : [])].map((name) => ({ $ref: `#/components/schemas/${name}` }));
      const { [key]: schema } = schemas.Metrics.properties;
      return JSON.stringify(schema?.oneOf ?? [schema]) !== JSON.stringify(expected);
    })
    .map(({ key, figure, withheld }) => `${key} should be a ${figure}${withheld ? ', or Withheld' : ''}`),
);

const { parameters } = document.components;
const answers = schemas.Answers.properties;
const facts = schemas.TicketFacts.properties;
const LIMITS = {
  REF_CHARS_MAX: schemas.Ref.maxLength,
  NAME_CHARS_MAX: schemas.KeyBody.properties.label.maxLength,
  PERSON_CHARS_MAX: schemas.Person.maxLength,
  COMMENT_CHARS_MAX: answers.comment.maxLength,
  FACTOR_CHARS_MAX: answers.factors.items.maxLength,
  FACTORS_MAX: answers.factors.maxItems,
  LOST_MINUTES_MAX: answers.lost_minutes.maximum,
  AGENTS_MAX: facts.agents.maxItems,
  CONTEXT_VALUE_CHARS_MAX: facts.context.additionalProperties.maxLength,
  DIMENSIONS_MAX: facts.context.maxProperties,
  REASSIGNMENTS_MAX: facts.reassignments.maximum,
  HANDLE_MINUTES_MAX: facts.handle_minutes.maximum,
  DIMENSION_VALUES_MAX: schemas.DimensionBody.properties.max_values.maximum,
  IDEMPOTENCY_KEY_CHARS_MAX: parameters.idempotency_key.schema.maxLength,
  PAGE_ITEMS_DEFAULT: parameters.limit.schema.default,
  PAGE_ITEMS_MAX: parameters.limit.schema.maximum,
  REQUEST_ISSUES_MAX: schemas.Problem.properties.errors.maxItems,
  SCOPE_VALUES_MAX: schemas.Head.properties.scope.additionalProperties.maxItems,
  WINDOW_DAYS_MAX: schemas.Points.maxItems,
  WEBHOOK_URL_CHARS_MAX: schemas.WebhookBody.properties.url.maxLength,
};
await tally.check('types of events', () =>
  differences(code.events(), 'webhook.h', schemas.EventType.enum, 'the schema EventType'),
);

await tally.check('limits', () => {
  const limits = code.limits();
  return Object.entries(LIMITS)
    .filter(([name, value]) => limits[name] !== value)
    .map(([name, value]) => `${name} is ${limits[name]}, in the document ${value}`);
});

// Redocly looks at examples too, but not by the whole of JSON Schema 2020.
await tally.check('examples', () => {
  const media = operations.flatMap(({ id, body, responses }) =>
    [['body', body], ...Object.entries(responses)].flatMap(([what, part]) =>
      Object.entries(part?.content ?? {}).map(([type, value]) => ({ name: `${id} ${what} ${type}`, ...value })),
    ),
  );
  return media.flatMap(({ name, schema, examples }) =>
    Object.values(examples ?? {})
      .map(resolve)
      .flatMap(({ value }) => faults(schema, value).map((fault) => `${name}: ${fault}`)),
  );
});

tally.end();

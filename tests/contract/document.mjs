// The OpenAPI document: its parts, and its schemas as validators.
import { readFileSync } from 'node:fs';
import Ajv from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

export const document = JSON.parse(readFileSync(process.env.OPENAPI_JSON, 'utf8'));

const METHODS = ['get', 'put', 'post', 'patch', 'delete', 'head', 'options', 'trace'];

export function resolve(part) {
  let found = part;
  while (found?.$ref)
    found = found.$ref
      .slice(2)
      .split('/')
      .reduce((at, key) => at?.[key.replaceAll('~1', '/').replaceAll('~0', '~')], document);
  return found;
}

export const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  METHODS.filter((method) => item[method]).map((method) => {
    const operation = item[method];
    return {
      method,
      path,
      id: operation.operationId,
      keyed: (operation.security ?? document.security).length > 0,
      roles: (/^Role: ([a-z ]+)\./.exec(operation.description)?.[1] ?? '').split(' or ').filter(Boolean),
      parameters: [...(item.parameters ?? []), ...(operation.parameters ?? [])].map(resolve),
      body: resolve(operation.requestBody),
      responses: Object.fromEntries(Object.entries(operation.responses).map(([status, response]) => [status, resolve(response)])),
    };
  }),
);

const ajv = new Ajv({ strict: true, strictTypes: false, strictRequired: false, strictTuples: false, allErrors: true, validateSchema: false });
formats(ajv);
// At the document's root these stand where a schema has its keywords.
ajv.addVocabulary(Object.keys(document));
ajv.addSchema(document, 'openapi');

const compiled = new Map();

// What is wrong with `value` by a schema of the document.
export function faults(schema, value) {
  if (!compiled.has(schema)) compiled.set(schema, ajv.compile(relative(schema)));
  const validate = compiled.get(schema);
  return validate(value) ? [] : validate.errors.map((error) => `${error.instancePath || '/'} ${error.message} ${JSON.stringify(error.params)}`);
}

// References of a part that is compiled by itself lead into the document.
function relative(schema) {
  return JSON.parse(JSON.stringify(schema), (key, value) => (key === '$ref' && typeof value === 'string' ? `openapi${value}` : value));
}

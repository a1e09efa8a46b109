// Decides whether an answer, and the request it is to, are as the document has them.
import { faults, resolve } from './document.mjs';

// Headers of HTTP itself.
const UNTOLD = new Set(['date', 'content-length', 'content-type', 'connection', 'keep-alive', 'transfer-encoding']);

function typed(schema, text) {
  const type = resolve(schema).type;
  if ((type === 'integer' || type === 'number') && /^-?[0-9.]+$/.test(text)) return Number(text);
  if (type === 'boolean' && /^(true|false)$/.test(text)) return text === 'true';
  return type === 'array' ? text.split(',') : text;
}

function content(type, text) {
  if (/^application\/(.*\+)?json$/.test(type)) return JSON.parse(text);
  return type === 'application/x-ndjson'
    ? text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line))
    : text;
}

function judgeHeaders(described, headers) {
  const known = Object.entries(described ?? {}).map(([name, header]) => [name.toLowerCase(), resolve(header)]);
  const problems = known.flatMap(([name, { schema, required }]) =>
    headers[name] === undefined
      ? required
        ? [`the header ${name} is missing`]
        : []
      : faults(schema, typed(schema, headers[name])).map((fault) => `header ${name}: ${fault}`),
  );
  const names = new Set(known.map(([name]) => name));
  return [
    ...problems,
    ...Object.keys(headers)
      .filter((name) => !UNTOLD.has(name) && !names.has(name))
      .map((name) => `the header ${name} is not described`),
  ];
}

export function judgeAnswer(operation, answer, { bodiless = false } = {}) {
  const response = operation.responses[answer.status];
  if (!response) return [`${answer.status} is not described: ${answer.text.slice(0, 300)}`];
  const problems = judgeHeaders(response.headers, answer.headers);
  const type = answer.headers['content-type'];
  if (!response.content) {
    if (type !== undefined || answer.text !== '') problems.push(`there is a body (${type}), and none is described`);
    return problems;
  }
  const described = response.content[type] ?? response.content[type?.split(';')[0]];
  if (!described) return [...problems, `the content type ${type} is not described`];
  if (!bodiless) problems.push(...faults(described.schema, content(type, answer.text)));
  return problems.map((problem) => `${problem}; the answer: ${answer.text.slice(0, 400)}`);
}

// What the document finds wrong with the parameters of a request. It can't know all that makes one invalid, but nothing that it forbids may be
// accepted.
export function judgeParameters(operation, { path = {}, query = {}, headers = {} }) {
  const { 'Content-Type': type, ...others } = headers;
  const given = Object.entries({ path, query, header: others }).flatMap(([where, members]) =>
    Object.entries(members).map(([name, value]) => ({ where, name, value })),
  );
  const problems = given.flatMap(({ where, name, value }) => {
    const parameter = operation.parameters.find((candidate) => candidate.in === where && candidate.name === name);
    if (!parameter) return where === 'header' ? [] : [`the ${where} parameter ${name} is not described`];
    return faults(parameter.schema, typed(parameter.schema, value)).map((fault) => `${where} parameter ${name}: ${fault}`);
  });
  const missing = operation.parameters.filter(({ name, in: where, required }) => required && where === 'query' && !(name in query));
  return [...problems, ...missing.map(({ name }) => `the query parameter ${name} is missing`)];
}

// The same of its body.
export function judgeBody(operation, { headers = {}, body }) {
  if (!operation.body) return [];
  const type = headers['Content-Type'];
  const described = operation.body.content[type];
  if (!described) return [`the content type ${type} is not described`];
  try {
    return faults(described.schema, content(type, body));
  } catch (error) {
    return [`the body is not JSON: ${error.message}`];
  }
}

// The same of each line of an import that was accepted.
export function judgeLines(operation, { headers = {}, body }, answer) {
  const type = headers['Content-Type'];
  if (type !== 'application/x-ndjson' || answer.headers['content-type'] !== type) return [];
  const lines = body.split('\n');
  const schema = operation.body.content[type].schema;
  return content(type, answer.text)
    .filter(({ status }) => status < 300)
    .flatMap(({ line }) => faults(schema, [JSON.parse(lines[line - 1])]).map((fault) => `line ${line}: ${fault}`));
}

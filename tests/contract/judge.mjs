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
  return type === 'application/x-ndjson' ? text.split('\n').filter(Boolean).map((line) => JSON.parse(line)) : text;
}

function judgeHeaders(described, headers) {
  const known = Object.entries(described ?? {}).map(([name, header]) => [name.toLowerCase(), resolve(header)]);
  const problems = known.flatMap(([name, { schema, required }]) =>
    headers[name] === undefined ? (required ? [`the header ${name} is missing`] : []) : faults(schema, typed(schema, headers[name])).map((fault) => `header ${name}: ${fault}`));
  const names = new Set(known.map(([name]) => name));
  return [...problems, ...Object.keys(headers).filter((name) => !UNTOLD.has(name) && !names.has(name)).map((name) => `the header ${name} is not described`)];
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
  const described = response.content[type];
  if (!described) return [...problems, `the content type ${type} is not described`];
  if (!bodiless) problems.push(...faults(described.schema, content(type, answer.text)));
  return problems.map((problem) => `${problem}; the answer: ${answer.text.slice(0, 400)}`);
}

// What the document finds wrong with a request. It can't know all that makes one invalid, but nothing that it forbids may be accepted.
export function judgeRequest(operation, { path = {}, query = {}, headers = {}, body }) {
  const given = [
    ...Object.entries(path).map(([name, value]) => ['path', name, value]),
    ...Object.entries(query).map(([name, value]) => ['query', name, value]),
    ...Object.entries(headers).filter(([name]) => name !== 'Content-Type').map(([name, value]) => ['header', name, value]),
  ];
  const problems = given.flatMap(([where, name, value]) => {
    const parameter = operation.parameters.find((candidate) => candidate.in === where && candidate.name === name);
    if (!parameter) return where === 'header' ? [] : [`the ${where} parameter ${name} is not described`];
    return faults(parameter.schema, typed(parameter.schema, value)).map((fault) => `${where} parameter ${name}: ${fault}`);
  });
  for (const { name, in: where } of operation.parameters.filter((parameter) => parameter.required && parameter.in === 'query'))
    if (!(name in query)) problems.push(`the ${where} parameter ${name} is missing`);
  if (!operation.body) return problems;
  const described = operation.body.content[headers['Content-Type']];
  if (!described) return [...problems, `the content type ${headers['Content-Type']} is not described`];
  try {
    return [...problems, ...faults(described.schema, content(headers['Content-Type'], body))];
  } catch (error) {
    return [...problems, `the body is not JSON: ${error.message}`];
  }
}

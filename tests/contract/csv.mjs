// Reads CSV as strictly as it is described, and holds it against the same answer as JSON: nothing is lost, and nothing added.

// Members that a table has no use for.
const UNSHOWN = new Set(['as_of', 'next']);

// Records of cells by RFC 4180; throws on anything that isn't that.
export function parse(text) {
  if (!text.startsWith('\uFEFF')) throw new Error('there is no byte order mark');
  const records = [[]];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  cell.lastIndex = 1;
  while (cell.lastIndex < text.length) {
    const { lastIndex: at } = cell;
    const match = cell.exec(text);
    if (!match) throw new Error(`there is no cell at ${at}: ${text.slice(at, at + 80)}`);
    records.at(-1).push(match[1]?.replaceAll('""', '"') ?? match[2]);
    if (match[3] === '\r\n') records.push([]);
  }
  if (records.pop().length > 0) throw new Error('the last line has no end');
  return records;
}

const neutral = (text) => (/^ *[=+\-@\t\r]/.test(text) && !/^-\d+(\.\d+)?$/.test(text) ? `'${text}` : text);

// What an answer says, value by value, and the names that it says it under.
function collect(json, found) {
  if (json === null || typeof json !== 'object') {
    if (json !== null) found.values.add(String(json));
    return found;
  }
  for (const [name, value] of Object.entries(json)) {
    if (UNSHOWN.has(name)) continue;
    if (!Array.isArray(json)) found.names.add(name);
    collect(value, found);
  }
  return found;
}

// The same of a cell, which may hold several values.
function spread(cell) {
  const found = { values: new Set([cell]), names: new Set() };
  if (/^[[{]/.test(cell)) {
    try {
      collect(JSON.parse(cell), found);
    } catch {
      // It is a text.
    }
  }
  for (const part of cell.replace(/^'/, '').split('|')) found.values.add(part);
  return [...found.values];
}

export function judgeTable(json, text) {
  const [names, ...records] = parse(text);
  const problems = [];
  if (new Set(names).size !== names.length || names.includes('')) problems.push(`columns without a name of their own: ${names}`);
  if (records.some((record) => record.length !== names.length)) problems.push('a line has more or fewer cells than there are columns');
  const said = collect(json, { values: new Set(), names: new Set() });
  const cells = new Set(records.flat());
  const shown = new Set([...cells].flatMap(spread));
  const parts = new Set(records.map((record) => record[names.indexOf('part')]));
  const known = (cell) => said.values.has(cell) || said.names.has(cell) || parts.has(cell) || ['', 'true', 'false'].includes(cell);
  const neutralised = new Set([...said.values].map(neutral));
  for (const cell of cells) if (!known(cell) && !neutralised.has(cell) && !spread(cell).slice(1).every(known)) problems.push(`only the table says ${cell}`);
  if (records.length === 0) return problems;
  for (const value of said.values) if (!shown.has(value) && !shown.has(neutral(value)) && !cells.has(neutral(value))) problems.push(`the table doesn't say ${value}`);
  return problems;
}

// Opens the pages of a real daemon in a browser: they show what they say, run nothing, ask for nothing, can be read by everybody, and print.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';
import { Tally } from '../contract/count.mjs';
import { Daemon, xlad } from '../contract/daemon.mjs';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const ARGUMENTS = ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const NASTY = `<img src=x onerror="alert(1)"><script>alert('x')</script> & "co"`;
const A4 = [595, 842]; // points
const PHONE = 320;

const tally = new Tally();
const daemon = new Daemon();

async function send(path, lines) {
  const body = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  const { status, text } = await daemon.call('POST', path, { key: 'portal', headers: { 'Content-Type': 'application/x-ndjson' }, body });
  if (status !== 200 || text.includes('"errors"')) throw new Error(`${path}: ${status} ${text.slice(0, 500)}`);
}

// Two months of two services, one of which got worse.
async function fill() {
  const cases = ['02', '03'].flatMap((month) =>
    ['mail', NASTY].flatMap((service, s) => Array.from({ length: 30 }, (_, i) => ({ ref: `T${month}-${s}-${i}`, month, service, bad: month === '03' && s === 1 }))),
  );
  await send(
    '/v1/tickets/import',
    cases.map(({ ref, month, service }) => ({
      ref,
      opened_at: `2025-${month}-10T08:00:00Z`,
      resolved_at: `2025-${month}-10T09:00:00Z`,
      sla_met: true,
      context: { service },
    })),
  );
  await send(
    '/v1/responses/import',
    cases.map(({ ref, month, bad }) => ({
      ticket: ref,
      respondent: ref,
      submitted_at: `2025-${month}-11T08:00:00Z`,
      happiness: bad ? 2 : 9,
      lost_minutes: bad ? 200 : 10,
    })),
  );
}

// The page, and all that happened while it was opened.
async function open(browser, target, width = 1024) {
  const context = await browser.newContext({
    viewport: { width, height: 800 },
    extraHTTPHeaders: { Authorization: `Bearer ${daemon.keys.dashboard}` },
  });
  const page = await context.newPage();
  const events = [];
  const requests = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('dialog', (dialog) => events.push(`a dialog: ${dialog.message()}`) && dialog.dismiss());
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && events.push(`the console says ${message.text()}`));
  page.on('pageerror', (error) => events.push(`an error: ${error.message}`));
  const answer = await page.goto(`http://127.0.0.1:${daemon.port}${target}`);
  return { page, events, requests, answer };
}

const expect = (what, found, wanted) => (found === wanted ? [] : [`${what} is ${JSON.stringify(found)} instead of ${JSON.stringify(wanted)}`]);

async function report(browser) {
  const target = '/v1/reports/2025-03';
  await tally.check('a report is a page that shows what it says', async () => {
    const { page, events, requests, answer } = await open(browser, target);
    const cells = await page.locator('tbody th').allTextContents();
    return [
      ...events,
      ...expect('the status', answer.status(), 200),
      ...expect('the title', await page.title(), 'Experience report, March 2025'),
      ...expect('the heading', await page.locator('h1').innerText(), 'Experience report, March 2025'),
      ...(cells.includes(NASTY) ? [] : [`no row is called ${NASTY}: ${cells}`]),
      ...expect('the number of scripts and images', await page.locator('script, img').count(), 0),
      ...expect('the number of requests', requests.filter((url) => !url.endsWith('/favicon.ico')).length, 1),
      // Only where the policy allows the page's style
      ...expect('the border of tables', await page.locator('table').first().evaluate((table) => getComputedStyle(table).borderCollapse), 'collapse'),
      ...(/March 2025 there were 60 responses/.test(await page.locator('main').innerText()) ? [] : ['it does not tell how many responses there were']),
    ];
  });
  await tally.check('everybody can read it (WCAG 2.2 AA, as far as a program can tell)', async () => {
    const { page } = await open(browser, target);
    await page.evaluate(AXE);
    const { violations, passes } = await page.evaluate((tags) => window.axe.run(document, { runOnly: tags }), WCAG);
    const found = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' ')}`);
    return passes.length > 10 ? found : [...found, `only ${passes.length} rules were looked at`];
  });
  await tally.check('it fits a phone', async () => {
    const { page } = await open(browser, target, PHONE);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    return width <= PHONE ? [] : [`it is ${width} pixels wide`];
  });
  await tally.check('it prints on A4', async () => {
    const { page } = await open(browser, target);
    const pdf = await page.pdf({ preferCSSPageSize: true });
    const sizes = [...pdf.toString('latin1').matchAll(/\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/g)].map((match) => match.slice(1).map((side) => Math.round(Number(side))));
    return sizes.length > 0 && sizes.every(([width, height]) => width === A4[0] && height === A4[1]) ? [] : [`its sheets are ${JSON.stringify(sizes)}`];
  });
}

let browser;
try {
  xlad('migrate');
  xlad('tenant', 'create', 'acme', '--name', 'Acme', '--time-zone', 'Europe/Oslo');
  for (const role of ['portal', 'dashboard']) daemon.keys[role] = xlad('key', 'create', '--tenant', 'acme', '--role', role);
  await daemon.start();
  await fill();
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
  await report(browser);
} catch (error) {
  await tally.check('the browser and the daemon start', () => [error.stack, daemon.log.slice(-2000)]);
}
await browser?.close();
if (daemon.process) await daemon.stop();
tally.end();

// A real daemon on a private database, with a key of each role, and what it takes to call it.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';

const READY_MS_MAX = 30000;
const CALL_MS_MAX = 30000;

const binary = process.env.XLAD_BINARY ?? 'build/xlad';
const environment = { PATH: process.env.PATH, XLAD_DATABASE_URL: process.env.XLAD_TEST_CLUSTER_URL };

export const xlad = (...words) => execFileSync(binary, words, { env: environment, encoding: 'utf8', timeout: 120000 }).trim();

async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

export class Daemon {
  keys = {};
  log = '';

  async start(settings = {}) {
    this.port = await freePort();
    this.agent = new http.Agent({ keepAlive: true });
    this.process = spawn(binary, ['serve'], {
      env: { ...environment, XLAD_LISTEN: `127.0.0.1:${this.port}`, ...settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.process.stdout, this.process.stderr]) stream.on('data', (bytes) => (this.log += bytes));
    process.once('exit', () => this.process.kill('SIGKILL'));
    for (const end = Date.now() + READY_MS_MAX; ; await new Promise((after) => setTimeout(after, 50))) {
      const answer = await this.call('GET', '/readyz').catch(() => null);
      if (answer?.status === 200) return;
      if (Date.now() > end || this.process.exitCode !== null) throw new Error(`the daemon did not become ready:\n${this.log.slice(-4000)}`);
    }
  }

  // The exit status after SIGTERM.
  async stop() {
    this.agent.destroy();
    if (this.process.exitCode === null) {
      this.process.kill('SIGTERM');
      await once(this.process, 'exit');
    }
    return this.process.exitCode;
  }

  // `length` declares a body that isn't sent.
  call(method, target, { key, headers = {}, body, length } = {}) {
    const all = { ...headers };
    if (key) all.Authorization = `Bearer ${this.keys[key] ?? key}`;
    if (body !== undefined) all['Content-Length'] = Buffer.byteLength(body);
    if (length !== undefined) all['Content-Length'] = length;
    return new Promise((done, fail) => {
      const request = http.request(
        {
          host: '127.0.0.1',
          port: this.port,
          method,
          path: target,
          headers: all,
          agent: length === undefined ? this.agent : false,
          timeout: CALL_MS_MAX,
        },
        (response) => {
          const chunks = [];
          response.on('data', (chunk) => chunks.push(chunk));
          response.on('error', fail);
          response.on('end', () => {
            if (length !== undefined) request.destroy();
            done({ status: response.statusCode, headers: response.headers, text: Buffer.concat(chunks).toString('utf8') });
          });
        },
      );
      request.on('timeout', () => request.destroy(new Error(`${method} ${target.slice(0, 80)}: no answer in time`)));
      request.on('error', fail);
      if (length === undefined) request.end(body);
      else request.flushHeaders();
    });
  }
}

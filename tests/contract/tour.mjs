// Takes a real daemon through every operation, with good and bad requests, and holds each answer against the document.
import { ROLES, SETTINGS, daemon, seen, tally } from './asking.mjs';
import { derive, expire, lose, refuse, wait } from './common.mjs';
import { xlad } from './daemon.mjs';
import { hear } from './events.mjs';
import { operations } from './document.mjs';
import { improve } from './improve.mjs';
import { administer, agree, catalogue, comments, compare, connect, enter, importMany, invite, measure, operate, read, register, respond, surveys, tell } from './work.mjs';
import { report } from './reports.mjs';

// Failures of the service itself can't be had by asking.
const UNSEEN = '500';

try {
  xlad('migrate');
  xlad('tenant', 'create', 'acme', '--name', 'Acme', '--time-zone', 'Europe/Oslo');
  for (const role of ROLES) daemon.keys[role] = xlad('key', 'create', '--tenant', 'acme', '--role', role);
  await daemon.start(SETTINGS);
  for (const part of [measure, respond, enter, importMany, administer, tell, connect, catalogue, read, compare, comments, agree, surveys, invite, register, improve, hear, report, operate, refuse, derive, expire, wait, lose]) {
    await part().catch((error) => tally.check(part.name, () => [error.stack]));
  }
  await tally.check('every answer that is described was seen', () =>
    operations.flatMap(({ id, responses }) =>
      Object.keys(responses)
        .filter((status) => status !== UNSEEN && !seen.has(`${id} ${status}`))
        .map((status) => `${id} ${status}`),
    ),
  );
  if (tally.failed > 0)
    console.log(
      `the daemon's warnings:\n${daemon.log
        .split('\n')
        .filter((line) => /"level":"(warning|error)"/.test(line))
        .slice(0, 20)
        .join('\n')}`,
    );
  await tally.check('the daemon ends', async () => {
    const status = await daemon.stop();
    return status === 0 ? [] : [`exit status ${status}\n${daemon.log.slice(-2000)}`];
  });
} catch (error) {
  await tally.check('the daemon starts', () => [error.stack]);
  daemon.process?.kill('SIGKILL');
}
tally.end();

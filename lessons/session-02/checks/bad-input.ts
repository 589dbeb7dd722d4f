import type { Check, Trial } from '../../../src/verify/check.ts';
import { brief, Queue } from '../queue.ts';
import { calm } from '../settings.ts';

type Case = [
  method: string,
  path: string,
  body: unknown,
  raw: string | Buffer | undefined,
  status: number,
  error: string,
];

const OVER_THE_LIMIT = 1024 * 1024 + 1;

const CASES: Case[] = [
  ['POST', '/task', undefined, '{"data":', 400, 'bad_json'],
  ['POST', '/task', undefined, Buffer.from('{"data":"\xff"}', 'latin1'), 400, 'bad_json'],
  ['POST', '/lease', undefined, 'worker1', 400, 'bad_json'],
  ['POST', '/task', [1], undefined, 400, 'bad_request'],
  ['POST', '/task', {}, undefined, 400, 'bad_request'],
  ['POST', '/task', { id: 7, data: 1 }, undefined, 400, 'bad_request'],
  ['POST', '/lease', {}, undefined, 400, 'bad_request'],
  ['POST', '/lease', { worker: 'w', waitMs: 'long' }, undefined, 400, 'bad_request'],
  ['GET', '/nowhere', undefined, undefined, 404, 'not_found'],
  ['GET', '/task/unknown', undefined, undefined, 404, 'not_found'],
  ['DELETE', '/stats', undefined, undefined, 405, 'method_not_allowed'],
];

export const check: Check = {
  id: 'bad-input',
  promise: 'Bad input is refused, changes nothing, and never ends the broker',
  hints: [
    'Which answer tells a client that it is the one who is wrong?',
    'The given HTTP server turns an HttpError into its answer; any other error becomes 500. Look for one that your code throws.',
  ],
  chapter: 'fundamentals/03-queue-system.md#bad-input',
  services: ['broker'],
  settings: calm,
  async run(trial: Trial) {
    const queue = new Queue(trial, calm);
    const before = await queue.stats();
    for (const [method, path, body, raw, status, error] of CASES) {
      const what = `${method} ${path} with ${raw?.toString() ?? brief(body)}`;
      const answer = await queue.broker.call(method, path, body, raw === undefined ? {} : { raw });
      trial.expectStatus(answer, status, what);
      trial.expectEqual(answer.body?.error, error, `the error of ${what}`);
      const allow = answer.headers.allow ?? '';
      trial.expect(status !== 405 || /\bGET\b/.test(allow), {
        expected: `${what} is refused with a header Allow that names GET`,
        seen: `Allow: ${allow}`,
      });
    }
    // A server may also break the connection instead of reading on.
    const large = JSON.stringify({ data: 'x'.repeat(OVER_THE_LIMIT) });
    const { answer } = await queue.broker.try('POST', '/task', undefined, { raw: large });
    if (answer) trial.expectStatus(answer, 413, 'POST /task with more than 1 MiB');
    trial.expectEqual(await queue.stats(), before, 'GET /stats after nothing but bad input');
    await survivesDeepNesting(queue);
    trial.fact(`${CASES.length + 2} bad requests, and the broker went on`);

    /** Deep JSON is still JSON: it may be taken or refused, but everything must go on working. */
    async function survivesDeepNesting(queue: Queue): Promise<void> {
      const raw = `{"data":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
      const answer = await queue.broker.call('POST', '/task', undefined, { raw });
      trial.expect(answer.status < 500, {
        expected: 'data nested 50,000 levels deep is taken (201) or refused (400)',
        seen: `${answer.status} ${brief(answer.body)}`,
      });
      await queue.tasks();
    }
  },
};

import type { Check, Trial } from '../../../src/verify/check.ts';
import { Messages } from '../messages.ts';
import { brisk, NODES } from '../settings.ts';

type Case = [
  method: string,
  path: string,
  body: string | Buffer | undefined,
  status: number,
  error: string,
  names?: string,
];

const text = (value: unknown) => JSON.stringify(value);
const envelope = { id: 'x', type: 'echo', from: 'node1', to: 'node2', data: 1 };

const CASES: Case[] = [
  ['POST', '/message', '{"id":', 400, 'bad_json'],
  ['POST', '/send', 'hello', 400, 'bad_json'],
  ['POST', '/send', undefined, 400, 'bad_json'],
  ['POST', '/message', text([envelope]), 400, 'bad_request'],
  ['POST', '/message', text({ ...envelope, id: 7 }), 400, 'bad_request', 'id'],
  ['POST', '/message', text({ ...envelope, type: undefined }), 400, 'bad_request', 'type'],
  ['POST', '/send', text({ type: 'echo', data: 1 }), 400, 'bad_request', 'to'],
  [
    'POST',
    '/send',
    text({ to: 'node1', type: 'echo', data: 1, deadlineMs: 'soon' }),
    400,
    'bad_request',
    'deadlineMs',
  ],
  ['POST', '/message', text({ ...envelope, to: 'node3' }), 400, 'wrong_node'],
  ['GET', '/nowhere', undefined, 404, 'not_found'],
  ['DELETE', '/inbox', undefined, 405, 'method_not_allowed'],
  ['POST', '/message', Buffer.alloc(1024 * 1024 + 200, 0x20), 413, 'too_large'],
];

export const check: Check = {
  id: 'bad-input',
  promise: 'Whatever a node is sent, it says what was wrong with it, changes nothing, and goes on',
  hints: [
    'Bad input is the sender’s mistake: 4xx promises that nothing happened.',
    'The given server and parse functions refuse bad input. Does an error in your code turn into something else, or end the node?',
  ],
  chapter: 'fundamentals/02-message-passing.md#bad-input',
  services: NODES,
  settings: brisk,
  async run(trial: Trial) {
    const messages = new Messages(trial);
    const node = trial.node('node2');
    const before = (await messages.inbox('node2')).length;
    for (const [method, path, raw, status, error, names] of CASES) {
      const answer = await node.call(method, path, undefined, raw === undefined ? {} : { raw });
      const request = `${method} ${path} ${raw ? raw.toString().trim().slice(0, 60) || 'of more than 1 MiB' : 'without a body'}`;
      trial.expectStatus(answer, status, request);
      trial.expectEqual(answer.body?.error, error, `the error for ${request}`);
      trial.expect(typeof answer.body?.message === 'string' && answer.body.message.includes(names ?? ''), {
        expected: `the message says in words what is wrong${names ? ` and names the field "${names}"` : ''}`,
        seen: JSON.stringify(answer.body),
      });
      if (status === 405) {
        trial.expect(/GET/.test(answer.headers.allow ?? ''), {
          expected: '405 comes with a header Allow that names GET',
          seen: `Allow: ${answer.headers.allow ?? '(none)'}`,
        });
      }
    }
    const typed = await node.call('POST', '/message', undefined, {
      raw: text({ ...envelope, id: trial.unique('form') }),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    trial.expectStatus(typed, 200, 'POST /message with JSON that calls itself a form, as curl -d sends it');
    trial.expectEqual(
      (await messages.inbox('node2')).length,
      before + 1,
      'the number of messages in the inbox',
    );
    trial.fact(`${CASES.length} bad requests, and node2 went on`);
  },
};

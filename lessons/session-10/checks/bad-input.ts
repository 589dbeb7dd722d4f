import type { Check, Trial } from '../../../src/verify/check.ts';
import { KeyValues } from '../../consensus/key-values.ts';
import { NODES } from '../../consensus/nodes.ts';
import { electing } from '../../consensus/settings.ts';
import { brief } from '../../shared/brief.ts';
import { Electorate } from '../../shared/electorate.ts';

type Case = [
  method: string,
  path: string,
  body: unknown,
  raw: string | undefined,
  status: number,
  error: string,
];

const CASES: Case[] = [
  ['PUT', '/kv/bad', undefined, '{"value":', 400, 'bad_json'],
  ['PUT', '/kv/bad', {}, undefined, 400, 'bad_request'],
  ['PUT', '/kv/bad', [1], undefined, 400, 'bad_request'],
  ['POST', '/kv/bad', { value: 'x' }, undefined, 400, 'bad_request'],
  ['POST', '/kv/bad', { append: 1 }, undefined, 400, 'bad_request'],
  ['PUT', `/kv/${'k'.repeat(257)}`, { value: 1 }, undefined, 400, 'bad_request'],
  ['GET', '/nothing-of-the-kind', undefined, undefined, 404, 'not_found'],
];

const KEYS = [
  'with spaces',
  'slash/question?and#more&%25',
  'ü日本👩',
  '__proto__',
  'constructor',
  'k'.repeat(200),
];

export const check: Check = {
  id: 'bad-input',
  promise: 'Any key and any value is stored; bad input is refused, changes nothing, and never ends a node',
  hints: [
    'Which answer tells a client that it is the one who is wrong?',
    'The given code reads requests before yours sees them. An error that your code throws becomes a 500: look for one.',
  ],
  chapter: 'consensus/15-consensus-system.md#running-the-example',
  services: NODES,
  settings: electing,
  stands: 'The routes are given; the check tells a learner who changes them what broke.',
  async run(trial: Trial) {
    const store = new KeyValues(trial);
    await new Electorate(trial, NODES).leader();
    for (const node of NODES) {
      for (const [method, path, body, raw, status, error] of CASES) {
        const what = `${method} ${path.slice(0, 20)} with ${raw ?? brief(body)} at ${node}`;
        const answer = await trial.node(node).call(method, path, body, raw === undefined ? {} : { raw });
        trial.expectStatus(answer, status, what);
        trial.expectEqual(answer.body?.error, error, `the error of ${what}`);
      }
      const headers = { 'x-client-id': 'somebody', 'x-request-id': 'soon' };
      const answer = await trial.node(node).call('PUT', '/kv/bad', { value: 1 }, { headers });
      trial.expectStatus(answer, 400, `PUT /kv/bad with X-Request-Id: soon at ${node}`);
    }
    await store.expectGone('node1', 'bad', 'nothing but bad input was sent for it');
    const mark = trial.unique('any');
    for (const [n, name] of KEYS.entries()) {
      // These two are what an object has without being told.
      const key = ['__proto__', 'constructor'].includes(name) ? name : `${mark} ${name}`;
      await store.expectGone(NODES[n % NODES.length]!, key, 'nobody has written it');
      const value = [{ n: [n, null, true] }, null, '', 'ü👩', 0][n % 5];
      await store.write(NODES[n % NODES.length]!, key, value);
      await store.expectValue(NODES[(n + 1) % NODES.length]!, key, value, 'an unusual name');
      await store.erase(NODES[n % NODES.length]!, key);
      await store.expectGone(NODES[(n + 2) % NODES.length]!, key, 'it was deleted');
    }
    trial.fact(`${(CASES.length + 1) * NODES.length} bad requests and ${KEYS.length} unusual keys`);
  },
};

import type { Check, Trial } from '../../../src/verify/check.ts';
import { brief } from '../../shared/brief.ts';
import { NODES, ring } from '../settings.ts';
import { Store } from '../store.ts';

type Case = [
  method: string,
  path: string,
  body: unknown,
  raw: string | undefined,
  status: number,
  error: string,
];

const CASES: Case[] = [
  ['PUT', '/bad', undefined, '{"value":', 400, 'bad_json'],
  ['PUT', '/bad', undefined, 'value', 400, 'bad_json'],
  ['PUT', '/bad', {}, undefined, 400, 'bad_request'],
  ['PUT', '/bad', [1], undefined, 400, 'bad_request'],
  ['PUT', '/_ring', { nodes: 'node1' }, undefined, 400, 'bad_request'],
  ['PUT', '/_ring', { nodes: [] }, undefined, 400, 'bad_request'],
  ['POST', '/bad', { value: 1 }, undefined, 405, 'method_not_allowed'],
];

export const check: Check = {
  id: 'bad-input',
  promise: 'Bad input is refused, changes nothing, and never ends a node',
  hints: [
    'Which answer tells a client that it is the one who is wrong?',
    'The given HTTP server turns an HttpError into its answer; any other error becomes 500. Look for one that your code throws.',
  ],
  chapter: 'data-store/04-data-partitioning.md#running-the-example',
  services: NODES,
  settings: ring,
  async run(trial: Trial) {
    const store = new Store(trial);
    for (const node of NODES) {
      for (const [method, path, body, raw, status, error] of CASES) {
        const what = `${method} ${path} with ${raw ?? brief(body)} at ${node}`;
        const answer = await trial.node(node).call(method, path, body, raw === undefined ? {} : { raw });
        trial.expectStatus(answer, status, what);
        trial.expectEqual(answer.body?.error, error, `the error of ${what}`);
      }
      const large = JSON.stringify({ value: 'x'.repeat(1024 * 1024 + 1) });
      const { answer } = await trial.node(node).try('PUT', '/bad', undefined, { raw: large });
      if (answer) trial.expectStatus(answer, 413, `PUT /bad with more than 1 MiB at ${node}`);
    }
    await store.expectGone('node1', 'bad');
    const key = trial.unique('after');
    await store.write('node2', key, 1);
    await store.expectValue('node3', key, 1, 'after nothing but bad input');
    trial.fact(`${(CASES.length + 1) * NODES.length} bad requests, and all nodes went on`);
  },
};

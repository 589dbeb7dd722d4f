import type { Check, Trial } from '../../../src/verify/check.ts';
import { brief } from '../../shared/brief.ts';
import { NODES, refusing } from '../settings.ts';
import { Store } from '../store.ts';

/** A refusal must not take longer than this on an idle machine, ms. */
const BOUND_MS = 5_000;

export const check: Check = {
  id: 'minority-refuses',
  promise:
    'MODE=cp, the network cut: the minority refuses, the majority answers, and what was refused has not happened',
  hints: [
    'Of three owners one side of the cut has one, the other two. Which side may go on, and why can there be only one such side?',
    'Look at canServe: in cp it needs more than half of the owners. And 503 promises that nothing happened: nobody may have been told.',
  ],
  chapter: 'data-store/05-cap-theorem.md#refuse',
  services: NODES,
  settings: refusing,
  async run(trial: Trial) {
    const store = new Store(trial);
    const key = trial.unique('account');
    await store.write('node2', key, 'before');
    await trial.faults.partition([['node1'], ['node2', 'node3']]);
    const timeoutMs = trial.patience(BOUND_MS);
    const write = await store.put('node1', key, 'from the minority', { timeoutMs });
    const read = await store.get('node1', key, { timeoutMs });
    for (const [answer, what] of [
      [write, `PUT /${key} at node1, cut off from two of three owners`],
      [read, `GET /${key} at node1, cut off from two of three owners`],
    ] as const) {
      trial.expect(answer.status === 503 || (answer.status === 504 && answer === write), {
        expected: `${what} is refused: 503 no_quorum (504 once an owner has been told)`,
        seen: `${answer.status} ${brief(answer.body)}`,
      });
    }
    if (write.status === 503)
      trial.expectEqual(write.body?.error, 'no_quorum', 'the error of the refused PUT');
    trial.expect(read.headers['retry-after'] !== undefined, {
      expected: 'a 503 tells with Retry-After when to ask again',
      seen: `its headers are ${Object.keys(read.headers).join(', ')}`,
    });
    const entry = await store.write('node2', key, 'from the majority');
    await store.expectValue('node3', key, 'from the majority', 'written at node2, while node1 is cut off');
    await trial.faults.heal();
    for (const node of NODES) await healed(trial, store, node, key, entry.version);
    trial.fact(
      `cut off, node1 answered ${write.status} to a write and ${read.status} to a read; node2 and node3 went on`,
    );
  },
};

/** The links are whole at once; a node may need a moment to notice. */
async function healed(trial: Trial, store: Store, node: string, key: string, version: number): Promise<void> {
  let seen = '';
  await trial.eventually(
    `${node} reads what the majority was told, after the network is whole`,
    async () => {
      const answer = await store.get(node, key);
      seen = `${answer.status} ${brief(answer.body)}`;
      trial.expect(answer.status !== 200 || answer.body.version >= version, {
        expected: `${node} gives the value that was acknowledged with version ${version}, or a later one`,
        seen,
      });
      trial.expect(answer.body?.value !== 'from the minority', {
        expected: 'a write that was refused never shows up',
        seen: `${node} gives ${seen}`,
      });
      return answer.status === 200;
    },
    { seen: () => seen, withinMs: 5_000 },
  );
}

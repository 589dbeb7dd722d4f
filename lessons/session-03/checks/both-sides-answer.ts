import type { Check, Trial } from '../../../src/verify/check.ts';
import { brief } from '../../shared/brief.ts';
import { answering, NODES } from '../settings.ts';
import { Store } from '../store.ts';

export const check: Check = {
  id: 'both-sides-answer',
  promise:
    'MODE=ap, the network cut: both sides answer, and after the heal all owners agree on the later write',
  hints: [
    'Two users wrote the same key on the two sides of the cut. Both were told "done". Which value can stay, and what happens to the other?',
    'Look at merge: the larger timestamp wins on every node, in whichever order the two entries meet. And canServe in ap: one owner is enough.',
  ],
  chapter: 'data-store/05-cap-theorem.md#risk',
  services: NODES,
  settings: answering,
  async run(trial: Trial) {
    const store = new Store(trial);
    const key = trial.unique('cart');
    await store.write('node2', key, 'before');
    await trial.faults.partition([['node1'], ['node2', 'node3']]);
    const pairs = [
      { key, first: 'node1', second: 'node3' },
      { key: trial.unique('cart'), first: 'node3', second: 'node1' },
    ];
    for (const { key, first, second } of pairs) {
      await store.write(first, key, `earlier, at ${first}`);
      // The clocks are the same here: only the order of the two writes decides.
      await trial.elapse(30);
      await store.write(second, key, `later, at ${second}`);
      await store.expectValue(first, key, `earlier, at ${first}`, 'its own side of the cut');
    }
    await trial.faults.heal();
    for (const { key, first, second } of pairs) {
      await converged(trial, store, key, `later, at ${second}`);
      await listed(trial, store, key, `earlier, at ${first}`);
    }
    trial.fact(
      'both sides took both writes; after the heal the later one stands everywhere, and the other is listed',
    );
  },
};

async function converged(trial: Trial, store: Store, key: string, value: string): Promise<void> {
  let seen = '';
  await trial.eventually(
    `every owner has the later write of ${key} after the network is whole: "${value}"`,
    async () => {
      for (const node of NODES) {
        const answer = await store.get(node, key);
        seen = `${node} gives ${answer.status} ${brief(answer.body?.value)}`;
        if (answer.status !== 200 || answer.body.value !== value) return false;
      }
      return true;
    },
    { seen: () => seen },
  );
  // And it stays so.
  await trial.elapse(3 * Number(answering.RECONCILE_MS));
  for (const node of NODES) await store.expectValue(node, key, value, 'the owners had agreed on it');
}

/** The write that lost was acknowledged. It is not made undone in silence. */
async function listed(trial: Trial, store: Store, key: string, lost: string): Promise<void> {
  await trial.eventually(
    `the write that lost ("${lost}") is listed in GET /_conflicts of a node`,
    async () => {
      const lists = await Promise.all(NODES.map((node) => store.conflicts(node)));
      return lists.flat().some((entry) => entry.key === key && JSON.stringify(entry.lost).includes(lost));
    },
  );
}

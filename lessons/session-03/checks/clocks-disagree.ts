import type { Check, Trial } from '../../../src/verify/check.ts';
import { brief } from '../../shared/brief.ts';
import { answering, NODES } from '../settings.ts';
import { Store } from '../store.ts';

const BEHIND_MS = 5_000;

export const check: Check = {
  id: 'clocks-disagree',
  promise:
    'MODE=ap: the larger timestamp wins, even if it is the timestamp that is wrong, and all owners agree',
  hints: [
    'The clock of node2 is five seconds behind. Which of two writes has the larger timestamp: the later one?',
    'Look at merge: it compares timestamps and nothing else, and the node id only where they are equal.',
  ],
  chapter: 'data-store/05-cap-theorem.md#last-write-wins',
  services: NODES,
  settings: answering,
  async run(trial: Trial) {
    const store = new Store(trial);
    await trial.faults.restart('node2', {
      settings: { ...answering, CLOCK_SKEW_MS: String(-BEHIND_MS) },
    });
    const key = trial.unique('price');
    await trial.faults.partition([['node1', 'node3'], ['node2']]);
    await store.write('node1', key, 'earlier');
    await trial.elapse(30);
    await store.write('node2', key, 'later, by a slow clock');
    await trial.faults.heal();
    let seen = '';
    await trial.eventually(
      'all owners agree on the write with the larger timestamp, "earlier"',
      async () => {
        for (const node of NODES) {
          const answer = await store.get(node, key);
          seen = `${node} gives ${answer.status} ${brief(answer.body?.value)}`;
          if (answer.body?.value !== 'earlier') return false;
        }
        return true;
      },
      { seen: () => seen },
    );
    trial.fact(
      `the write that came later lost, because the clock of its node was ${BEHIND_MS / 1000} s behind`,
    );
  },
};

import type { Check, Trial } from '../../../src/verify/check.ts';
import { expectPoliteEnd } from '../../shared/polite-end.ts';
import { answering, NODES } from '../settings.ts';
import { Store } from '../store.ts';

export const check: Check = {
  id: 'stops-politely',
  promise:
    'SIGTERM: a node ends within 2 s, with exit code 0, and what it had acknowledged is there afterwards',
  hints: [
    'What must be finished before a node may go?',
    'The given program stops the loop that compares owners and closes the log. What in your code could hold it up?',
  ],
  chapter: 'data-store/05-cap-theorem.md#risk',
  services: NODES,
  settings: answering,
  async run(trial: Trial) {
    const store = new Store(trial);
    const key = trial.unique('polite');
    await store.write('node3', key, 'kept');
    const ms = await expectPoliteEnd(trial, 'node3');
    await trial.faults.restart('node3');
    await trial.faults.isolate('node3');
    await store.expectValue('node3', key, 'kept', 'acknowledged before the stop, asked of node3 alone');
    trial.fact(`gone ${ms} ms after SIGTERM, and nothing lost`);
  },
};

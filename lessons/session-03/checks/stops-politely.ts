import type { Check, Trial } from '../../../src/verify/check.ts';
import { answering, NODES } from '../settings.ts';
import { Store } from '../store.ts';

const WITHIN_MS = 2_000;

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
    const { exitCode, ms } = await trial.terminate('node3');
    trial.expect(exitCode === 0, {
      expected: 'after SIGTERM node3 ends by itself with exit code 0',
      seen: exitCode === null ? 'the signal or a SIGKILL ended it' : `exit code ${exitCode}`,
    });
    trial.expect(ms <= WITHIN_MS + trial.slackMs, {
      expected: `after SIGTERM node3 is gone within ${WITHIN_MS / 1000} s`,
      seen: `it took ${Math.round(ms)} ms`,
    });
    await trial.faults.restart('node3');
    await trial.faults.isolate('node3');
    await store.expectValue('node3', key, 'kept', 'acknowledged before the stop, asked of node3 alone');
    trial.fact(`gone ${Math.round(ms)} ms after SIGTERM, and nothing lost`);
  },
};

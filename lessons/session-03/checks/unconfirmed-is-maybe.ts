import type { Check, Trial } from '../../../src/verify/check.ts';
import { brief } from '../../shared/brief.ts';
import { refusing } from '../settings.ts';
import { Store } from '../store.ts';

const OTHERS = ['node2', 'node3'];
const NOTICED_WITHIN_MS = 1_000;

export const check: Check = {
  id: 'unconfirmed-is-maybe',
  promise: 'MODE=cp: a write that too few owners have confirmed is a "maybe" (504): neither done nor refused',
  hints: [
    'The owners answered when they were asked, and fell silent when they were told. What do you know now?',
    'Look at the end of write: it counts how many have confirmed, and asks canServe once more. Why is it 504 and not 503?',
  ],
  chapter: 'data-store/05-cap-theorem.md#refuse',
  services: ['node1', 'node2', 'node3'],
  settings: refusing,
  async run(trial: Trial) {
    const store = new Store(trial);
    const key = trial.unique('maybe');
    await store.write('node2', key, 'before');
    // Whatever a solution's nodes say to each other: to tell a value they must send it.
    const value = trial.unique('told-to-nobody');
    const traps = await Promise.all(
      OTHERS.map((to) =>
        trial.wire.trap({ from: 'node1', to, contains: value, action: 'lose-request', times: 0 }),
      ),
    );
    const answer = await store.put('node1', key, value, { timeoutMs: trial.patience(10_000) });
    const caught = async () => (await Promise.all(traps.map((trap) => trap.caught()))).flat().length;
    // An answer that waits for nobody may be here before the messages are.
    const until = performance.now() + trial.patience(NOTICED_WITHIN_MS);
    while ((await caught()) === 0 && performance.now() < until) await trial.elapse(20);
    const lost = await caught();
    if (lost === 0) {
      trial.inconclusive(
        'No message with the value left node1, so none could be lost.',
        'A node reaches its peers only by the URLs in PEERS; the given code does that.',
      );
    }
    trial.expectStatus(answer, 504, `PUT /${key} at node1, when no other owner could be told`);
    trial.expectEqual(answer.body?.error, 'timeout', 'the error of that PUT');
    await Promise.all(traps.map((trap) => trap.remove()));
    // It may have happened or not. What may not be: a value of which nobody has heard.
    let seen = '';
    await trial.eventually(
      'the key can be read again',
      async () => {
        const read = await store.get('node3', key);
        seen = `${read.status} ${brief(read.body)}`;
        return read.status === 200 && ['before', value].includes(read.body.value);
      },
      { seen: () => seen },
    );
    trial.fact(`${lost} messages were lost, and the client was told "maybe"`);
  },
};

import type { Check, Trial } from '../../../src/verify/check.ts';
import { Messages } from '../messages.ts';
import { brisk, NODES } from '../settings.ts';

/** How long the slow message takes on an idle machine, ms. Others must be answered before it: order is judged, not speed. */
const SLOW_MS = 1_000;
const SENDS = 10;

export const check: Check = {
  id: 'keeps-serving',
  promise: 'A node that waits for something goes on serving everybody else',
  hints: [
    'While one message takes its time, what else does the node do?',
    'Waiting must not hold the event loop: await a timer, never loop or sleep until the time has come. And one message must not wait for another.',
  ],
  chapter: 'fundamentals/02-message-passing.md#timeouts',
  services: NODES,
  settings: brisk,
  async run(trial: Trial) {
    const messages = new Messages(trial);
    await trial.faults.pause('node3');
    const slowMs = trial.patience(SLOW_MS);
    let slowEnded = false;
    const slow = messages.message('node2', { id: trial.unique('slow'), type: 'slow', data: { ms: slowMs } });
    const waiting = messages.send('node2', 'node3', 'echo', { mark: trial.unique('silent') }, slowMs);
    const ended = Promise.all([slow, waiting]).then(() => {
      slowEnded = true;
    });
    for (let n = 0; n < SENDS; n++) {
      await messages.deliver('node1', 'node2', 'echo', { n });
      trial.expectStatus(await trial.node('node2').call('GET', '/health'), 200, 'GET /health at node2');
    }
    trial.expect(!slowEnded, {
      expected: `node2 answers ${SENDS} echoes while it is busy with a message that takes ${slowMs} ms and waits for a silent peer`,
      seen: 'it answered them only after those had ended',
    });
    trial.expectStatus(await slow, 200, 'the slow message');
    await ended;
    trial.fact(
      `node2 answered ${SENDS} echoes and ${SENDS} /health while a message of ${slowMs} ms was in progress`,
    );
  },
};

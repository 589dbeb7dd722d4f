import type { Check, Trial } from '../../../src/verify/check.ts';
import { Messages } from '../messages.ts';
import { brisk, NODES } from '../settings.ts';

/** How long the waiting takes on an idle machine, ms. Others must be answered before it ends: order is judged, not speed. */
const BUSY_MS = 500;
const SENDS = 6;
/** Sends of node2 that nobody answers, all at the same time. */
const IN_VAIN = 8;

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
    // Attempts that fail at once: what node2 does meanwhile is to wait in its pauses.
    await trial.wire.trap({ from: 'node2', to: 'node3', path: '/message', action: 'reset', times: 0 });
    const busyMs = trial.patience(BUSY_MS);
    let ended = false;
    const slow = messages.message('node2', { id: trial.unique('slow'), type: 'slow', data: { ms: busyMs } });
    const inVain = Array.from({ length: IN_VAIN }, () =>
      messages.send('node2', 'node3', 'echo', { mark: trial.unique('in-vain') }, busyMs),
    );
    const waiting = Promise.all([slow, ...inVain]).then((answers) => {
      ended = true;
      return answers;
    });
    // What breaks a promise here is told when it is awaited below.
    waiting.catch(() => {});
    const began = performance.now();
    for (let n = 0; n < SENDS && !ended; n++) {
      await messages.deliver('node1', 'node2', 'echo', { n });
      trial.expectStatus(await trial.node('node2').call('GET', '/health'), 200, 'GET /health at node2');
      if (n % 3 === 0) await messages.deliver('node2', 'node1', 'echo', { n });
    }
    const tookMs = Math.round(performance.now() - began);
    trial.expect(!ended, {
      expected: `node2 answers ${SENDS} echoes while a message takes it ${busyMs} ms and ${IN_VAIN} of its sends wait for a peer`,
      seen: 'it answered them only after those had ended',
    });
    const [answer, ...given] = await waiting;
    trial.expectStatus(answer!, 200, 'the slow message');
    for (const each of given) trial.expectStatus(each, 504, 'a send of node2 that nobody answered');
    await messages.requireTraffic('node2', 'node3');
    trial.fact(
      `node2 answered ${SENDS} echoes and ${SENDS} /health in ${tookMs} ms while a message of ${busyMs} ms was in progress`,
    );
  },
};

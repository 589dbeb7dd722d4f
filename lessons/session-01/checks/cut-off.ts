import type { Check, Trial } from '../../../src/verify/check.ts';
import { Messages } from '../messages.ts';
import { brisk, NODES } from '../settings.ts';

const DEADLINE_MS = 450;

export const check: Check = {
  id: 'cut-off',
  promise: 'A cut link is a timeout, in whichever direction it is cut, and all is well when it is mended',
  hints: [
    'From where the sender stands a cut link, a dead peer and a slow one look alike.',
    'Look at sendWithRetry: 504 says "maybe". After the cut the same code must simply work again.',
  ],
  chapter: 'fundamentals/01-what-is-ds.md#silence',
  services: NODES,
  settings: brisk,
  async run(trial: Trial) {
    const messages = new Messages(trial);
    await trial.faults.isolate('node1');
    const there = trial.unique('no-way-there');
    const isolated = await messages.send('node1', 'node2', 'add', { n: 1, mark: there }, DEADLINE_MS);
    await messages.requireTraffic('node1', 'node2');
    trial.expectStatus(isolated, 504, 'POST /send at a node that is cut off from all others');
    await messages.expectHandled('node2', there, 0, 'nothing of it could get through');
    await messages.deliver('node2', 'node3', 'echo', { mark: trial.unique('others') });
    await trial.faults.heal();
    await trial.faults.cut('node2', 'node1');
    const back = trial.unique('no-way-back');
    const half = await messages.send('node1', 'node2', 'add', { n: 1, mark: back }, DEADLINE_MS);
    trial.expectStatus(half, 504, 'POST /send while every answer is lost');
    await messages.expectHandled('node2', back, 1, 'the requests came through, only the answers did not');
    await trial.faults.heal();
    await messages.deliver('node1', 'node2', 'echo', { mark: trial.unique('healed') });
    await messages.expectHandled('node2', there, 0, 'it was given up before the link was mended');
    trial.fact('504 twice: once nothing had happened, once all of it. The sender could not tell');
  },
};

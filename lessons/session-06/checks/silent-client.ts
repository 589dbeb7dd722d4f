import type { Check, Trial } from '../../../src/verify/check.ts';
import { BEAT_MS, ChatClient } from '../../chat/client.ts';
import { attentive } from '../../chat/settings.ts';

const TIMEOUT_MS = Number(attentive.PRESENCE_TIMEOUT_MS);
/** A healthy client that a busy machine holds up may be given up, too: not three times in a row. */
const TRIES = 3;
/** Clocks of whole milliseconds at both ends. */
const GRAIN_MS = 4;

export const check: Check = {
  id: 'silent-client',
  promise: 'Who sends heartbeats stays; who is silent is offline after the timeout, and closed with 4001',
  hints: [
    'No error, no goodbye: what is the only thing that tells a dead connection from one that has nothing to say?',
    'onPing must note that the connection was heard; sweep gives up those that were silent for longer than the timeout.',
  ],
  chapter: 'real-time/08-websockets.md#the-heartbeat',
  services: ['chat1'],
  settings: attentive,
  async run(trial: Trial) {
    const room = trial.unique('den');
    await idleStays(trial, room);
    const alice = await ChatClient.connect(trial, 'chat1', 'alice', { mayBeMissed: true });
    await alice.join(room);
    const bob = await ChatClient.connect(trial, 'chat1', 'bob', { silent: true });
    const loner = await ChatClient.connect(trial, 'chat1', 'loner', { silent: true });
    await bob.join(room);
    const pingedAt = Date.now();
    const { at: answeredAt } = await bob.ping();
    const { lastSeen } = await alice.sees('bob', room, 'offline', `he was silent for ${TIMEOUT_MS} ms`);
    const silentMs = Date.now() - pingedAt;
    trial.expect(silentMs >= TIMEOUT_MS - GRAIN_MS, {
      expected: `bob is online until he was silent for ${TIMEOUT_MS} ms`,
      seen: `alice was told that he is offline ${silentMs} ms after his last ping`,
    });
    trial.expect(lastSeen >= pingedAt - GRAIN_MS && lastSeen <= answeredAt + GRAIN_MS, {
      expected: `lastSeen is the time of bob's last ping: ${pingedAt} to ${answeredAt}`,
      seen: `${lastSeen}, ${Math.round(lastSeen - answeredAt)} ms after it was answered`,
    });
    for (const silent of [bob, loner]) {
      const where = silent === loner ? 'which has joined no room' : `which was in ${room}`;
      const expected = `the silent connection of ${silent.who}, ${where}, is closed with 4001`;
      const { code } = await trial.eventually(expected, () => silent.line.ended, { withinMs: 5_000 });
      trial.expect(code === 4001, { expected, seen: `it was closed with ${code}` });
    }
    trial.fact(`bob was offline ${silentMs} ms after his last ping; the timeout is ${TIMEOUT_MS} ms`);
  },
};

/** A client with nothing to say but pings is kept, for several timeouts. */
async function idleStays(trial: Trial, room: string): Promise<void> {
  for (let n = 1; ; n++) {
    const carol = await ChatClient.connect(trial, 'chat1', 'carol');
    await carol.join(room);
    await trial.elapse(1.5 * TIMEOUT_MS);
    if (!carol.line.ended) return carol.line.close();
    if (n === TRIES)
      carol.expectOpen(`carol, who pings every ${BEAT_MS} ms, is kept for longer than the timeout`);
  }
}

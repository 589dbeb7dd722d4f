import type { Check, Trial } from '../../../src/verify/check.ts';
import { ChatClient } from '../../chat/client.ts';
import { calm } from '../../chat/settings.ts';

/** Enough of them that some stand behind the slow one in whatever order a server goes through a room. */
const LISTENERS = ['carol', 'dave', 'erin', 'frank', 'grace', 'heidi'];
const MESSAGE_BYTES = 40_000;
const LIMIT_BYTES = 1024 * 1024;
/** More than the limit and any network between two programs on one machine hold back. */
const MOST_BYTES = 24_000_000;

export const check: Check = {
  id: 'slow-reader',
  promise: 'A reader that stops reading delays nobody, and is dropped before it fills the memory',
  hints: [
    'Five hundred people listen, one does not read. Who waits for him, and where is what he has not read?',
    'publish must not wait for a member; one with more than maxBufferBytes unsent is given up (4002), and comes back later.',
  ],
  chapter: 'real-time/08-websockets.md#the-slow-reader',
  services: ['chat1'],
  settings: calm,
  async run(trial: Trial) {
    const room = trial.unique('den');
    const alice = await ChatClient.connect(trial, 'chat1', 'alice');
    const slow = await ChatClient.connect(trial, 'chat1', 'slow');
    const listeners = await Promise.all(LISTENERS.map((name) => ChatClient.connect(trial, 'chat1', name)));
    for (const client of [alice, slow, ...listeners]) await client.join(room);
    // It still sends heartbeats: it is slow, not dead.
    slow.line.pauseReading();
    const content = 'z'.repeat(MESSAGE_BYTES);
    let sent = 0;
    let slowest = 0;
    while (!alice.view(room).statusesOf('slow').includes('offline')) {
      trial.expect(sent * MESSAGE_BYTES < MOST_BYTES, {
        expected: `a reader that does not read is given up when more than MAX_BUFFER_BYTES (${LIMIT_BYTES}) wait for it`,
        seen: `${Math.round((sent * MESSAGE_BYTES) / 1e6)} MB were sent to the room, and it is still in it: the server keeps them in memory`,
      });
      const began = performance.now();
      await alice.say(room, content);
      sent += 1;
      await Promise.all(listeners.map((listener) => listener.upTo(room, sent)));
      slowest = Math.max(slowest, performance.now() - began);
    }
    await trial.eventually(
      'the connection of the slow reader is ended',
      () => {
        slow.line.resumeReading();
        return slow.line.ended;
      },
      { seen: () => 'it reads again, and the connection is still open' },
    );
    const { code } = slow.line.ended!;
    trial.expect(code === 4002 || code === 1006, {
      expected: 'a slow reader is closed with 4002, or cut off where even that does not reach it',
      seen: `it was closed with ${code}`,
    });
    const back = await ChatClient.connect(trial, 'chat1', 'slow', { name: 'slow again' });
    await back.join(room);
    const { sequenceNumber } = await alice.say(room, 'better now?');
    await back.upTo(room, sequenceNumber);
    const megabytes = ((sent * MESSAGE_BYTES) / 1e6).toFixed(1);
    trial.fact(
      `the slow reader was dropped (${code}) after ${megabytes} MB; no message took longer than ${Math.round(slowest)} ms for the others`,
    );
  },
};

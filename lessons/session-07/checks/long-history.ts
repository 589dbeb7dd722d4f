import type { Check, Trial } from '../../../src/verify/check.ts';
import { ChatClient } from '../../chat/client.ts';
import { roomOf } from '../../chat/sequencer.ts';
import { SERVERS } from '../../chat/servers.ts';
import { calm } from '../../chat/settings.ts';

const LIMIT_BYTES = 1024 * 1024;
const MESSAGES = 60;
const BYTES = 40_000;
/** Alice gets each of hers twice, as a message and in its ack, and must not be a slow reader herself. */
const AT_ONCE = 5;

export const check: Check = {
  id: 'long-history',
  promise: 'A long history reaches who asks for it, also where it is more than a slow reader may owe',
  hints: [
    'Who has asked for a lot gets a lot. Is that a slow reader?',
    'While a history is on its way, publish must not take its bytes for those of a reader that is too slow.',
  ],
  chapter: 'real-time/10-chat-system.md#what-did-i-miss',
  services: SERVERS,
  settings: calm,
  stands: 'How bytes are counted is given; the check tells a learner who changes it what broke.',
  async run(trial: Trial) {
    // The other server has to get it from there first.
    const { room } = await roomOf(trial, 'chat1');
    const alice = await ChatClient.connect(trial, 'chat1', 'alice');
    await alice.join(room);
    const content = 'z'.repeat(BYTES);
    for (let said = 0; said < MESSAGES; said += AT_ONCE) {
      await Promise.all(Array.from({ length: AT_ONCE }, () => alice.say(room, content)));
    }
    for (const server of SERVERS) {
      const late = await ChatClient.connect(trial, server, `late-${server}`);
      const joining = late.join(room, 0);
      alice.post(room, 'said meanwhile');
      await joining;
      const { sequenceNumber } = await alice.say(room, 'said afterwards');
      await late.upTo(room, sequenceNumber);
    }
    const megabytes = ((MESSAGES * BYTES) / 1e6).toFixed(1);
    trial.fact(`a history of ${megabytes} MB arrived at both servers; MAX_BUFFER_BYTES is ${LIMIT_BYTES}`);
  },
};

import type { Check, Trial } from '../../../src/verify/check.ts';
import { ChatClient } from '../../chat/client.ts';
import { sameHistory } from '../../chat/history.ts';
import { SERVERS } from '../../chat/servers.ts';
import { calm } from '../../chat/settings.ts';
import { expectOneTruth, Talker } from '../../chat/talker.ts';

const LIVES = 6;
const PAUSE_MS = 5;

export const check: Check = {
  id: 'comes-back-elsewhere',
  promise: 'Cut off in mid-message, a client comes back at the other server and misses and doubles nothing',
  hints: [
    'The client knows up to where it has read. Who knows whether what it said last has arrived?',
    'catchUp brings what was missed before anything live; the outbox says again what was not acknowledged, by the same id.',
  ],
  chapter: 'real-time/10-chat-system.md#what-did-i-miss',
  services: SERVERS,
  settings: calm,
  stands:
    'It is what the session is for. Each way to fail it that we know is caught sooner by a narrower check.',
  async run(trial: Trial) {
    const room = trial.unique('den');
    const others = SERVERS.map((server) => new Talker(trial, `talker-${server}`, room, [server]));
    const talking = Promise.all(others.map((other) => other.talk(PAUSE_MS)));
    talking.catch(() => {});
    let last = 0;
    for (let life = 0; life < LIVES; life++) {
      const server = SERVERS[life % 2]!;
      const alice = await ChatClient.connect(trial, server, 'alice', { name: `alice/${life + 1}` });
      const joined = await alice.join(room, last);
      await alice.upTo(room, joined.sequenceNumber + 2);
      await alice.say(room, `life ${life}, whole`);
      const id = trial.unique('cut');
      // Half of it, or all of it and no time to wait for the ack.
      const frame = { type: 'message', roomId: room, content: `life ${life}, cut`, clientMessageId: id };
      if (life % 3 === 0) alice.line.cutInMidFrame(frame);
      else {
        alice.line.send(frame);
        if (life % 3 === 1) await alice.ping();
        alice.line.cut();
      }
      await trial.eventually('the cut connection is gone', () => alice.line.ended);
      last = alice.lastOf(room);
      const next = await ChatClient.connect(trial, SERVERS[(life + 1) % 2]!, 'alice', {
        name: `alice/${life + 1}b`,
      });
      await next.join(room, last);
      const message = await next.say(room, frame.content, id);
      await next.upTo(room, message.sequenceNumber + 1);
      last = next.lastOf(room);
      next.line.cut();
    }
    for (const other of others) other.stop();
    await talking;
    const history = await sameHistory(trial, room, last);
    for (const other of others) await other.upTo(history.length);
    expectOneTruth(trial, others, history);
    trial.fact(`alice was cut off ${2 * LIVES} times; ${history.length} messages, none missed, none twice`);
  },
};

import type { Check, Trial } from '../../../src/verify/check.ts';
import { ChatClient } from '../../chat/client.ts';
import { sameHistory } from '../../chat/history.ts';
import { SERVERS } from '../../chat/servers.ts';
import { calm } from '../../chat/settings.ts';

const SENDERS = 4;
const ROOMS = 3;
const EACH = 12;
const LONG = 20_000;

export const check: Check = {
  id: 'one-order',
  promise: 'Many speak at once at both servers: everybody sees the same order, numbered from 1, no gap',
  hints: [
    'Two people at two servers speak at the same moment. Who decides which of them was first?',
    'sequence gives the next number and appends the message in one go: with an await in between, two get the same number.',
  ],
  chapter: 'real-time/10-chat-system.md#one-order-for-everybody',
  services: SERVERS,
  settings: calm,
  async run(trial: Trial) {
    const rooms = Array.from({ length: ROOMS }, () => trial.unique('den'));
    const clients = [];
    for (const server of SERVERS) {
      for (let n = 1; n <= SENDERS / 2; n++) {
        clients.push(await ChatClient.connect(trial, server, `sender${n}-${server}`));
      }
      clients.push(await ChatClient.connect(trial, server, `listener-${server}`));
    }
    for (const client of clients) for (const room of rooms) await client.join(room);
    const senders = clients.filter(({ user }) => user.startsWith('sender'));
    await Promise.all(senders.map((sender, n) => speak(trial, sender, rooms, n)));
    const total = SENDERS * EACH;
    for (const room of rooms) {
      const history = await sameHistory(trial, room, total);
      trial.expectEqual(history.length, total, `the number of messages in ${room}`);
      for (const client of clients) {
        const shown = await client.upTo(room, total);
        const wrong = shown.findIndex(({ id }, index) => id !== history[index]!.id);
        trial.expect(wrong < 0, () => ({
          expected: `number ${wrong + 1} of ${room} is "${brief(history[wrong]!.content)}" for everybody`,
          seen: `${client.who} was shown "${brief(shown[wrong]!.content)}" as number ${wrong + 1}`,
        }));
      }
    }
    trial.fact(`${SENDERS} senders, ${clients.length} clients, ${ROOMS * total} messages: one order for all`);
  },
};

/** Says all it has to say without waiting, long and short; each is acknowledged in the end. */
async function speak(trial: Trial, sender: ChatClient, rooms: readonly string[], n: number): Promise<void> {
  const waiting = [];
  for (let each = 0; each < EACH; each++) {
    for (const room of rooms) {
      const content = `${sender.user} ${each}${(each + n) % 3 === 0 ? 'z'.repeat(LONG) : ''}`;
      waiting.push(sender.say(room, content));
    }
    await trial.elapse(trial.random() * 10);
  }
  const acknowledged = await Promise.all(waiting);
  for (const room of rooms) {
    const own = acknowledged.filter(({ roomId }) => roomId === room);
    trial.expect(new Set(own.map(({ sequenceNumber }) => sequenceNumber)).size === EACH, {
      expected: `each of the ${EACH} messages of ${sender.who} in ${room} has a number of its own`,
      seen: own.map(({ sequenceNumber }) => sequenceNumber).join(' '),
    });
  }
}

function brief(content: string): string {
  return content.slice(0, 30);
}

import type { Trial } from '../../src/verify/check.ts';
import { runs } from './label.ts';
import { type ChatMessage, readMessage } from './message.ts';
import { SERVERS } from './servers.ts';

const PAGE = 500;

/** All messages of a room as this server gives them over HTTP: from 1 on, without a gap. */
export async function history(trial: Trial, server: string, room: string): Promise<ChatMessage[]> {
  const messages: ChatMessage[] = [];
  for (;;) {
    const path = `/rooms/${encodeURIComponent(room)}/messages?after=${messages.length}&limit=${PAGE}`;
    const answer = await trial.node(server).call('GET', path);
    trial.expectStatus(answer, 200, `GET ${path} at ${server}`);
    trial.expect(Array.isArray(answer.body), {
      expected: `GET ${path} at ${server} is a list of messages`,
      seen: JSON.stringify(answer.body).slice(0, 160),
    });
    if (answer.body.length === 0) return messages;
    for (const message of answer.body) {
      readMessage(trial, message, `what GET ${path} at ${server} lists`);
      messages.push(message);
    }
    const numbers = messages.map(({ sequenceNumber }) => sequenceNumber);
    trial.expect(
      numbers.every((number, index) => number === index + 1),
      { expected: `GET ${path} at ${server} lists messages by number, from 1 on`, seen: runs(numbers) },
    );
  }
}

/** Waits until both servers give the same history, of at least so many messages. */
export async function sameHistory(trial: Trial, room: string, atLeast: number): Promise<ChatMessage[]> {
  let seen = '';
  return trial.eventually(
    `both servers have the same messages of ${room}`,
    async () => {
      const [one, two] = await Promise.all(SERVERS.map((server) => history(trial, server, room)));
      const first = one!.findIndex(({ id }, index) => two![index] !== undefined && two![index]!.id !== id);
      trial.expect(first < 0, () => ({
        expected: `number ${first + 1} of ${room} is the same message at both servers`,
        seen: `chat1: "${one![first]!.content}", chat2: "${two![first]!.content}"`,
      }));
      seen = `chat1 has ${one!.length}, chat2 has ${two!.length}`;
      return one!.length === two!.length && one!.length >= atLeast && one;
    },
    { seen: () => `${seen}; at least ${atLeast} were expected` },
  );
}

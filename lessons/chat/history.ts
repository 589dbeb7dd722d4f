import type { Trial } from '../../src/verify/check.ts';
import { brief } from '../shared/brief.ts';
import { runs } from './label.ts';
import { type ChatMessage, readMessage } from './message.ts';
import { SERVERS } from './servers.ts';

const PAGE = 500;

/** All messages of a room as this server gives them over HTTP: from 1 on, without a gap. */
export async function history(trial: Trial, server: string, room: string): Promise<ChatMessage[]> {
  const messages: ChatMessage[] = [];
  for (;;) {
    const page = await readPage(trial, server, room, messages.length, PAGE);
    if (page.length === 0) return messages;
    messages.push(...page);
    const numbers = messages.map(({ sequenceNumber }) => sequenceNumber);
    trial.expect(
      numbers.every((number, index) => number === index + 1),
      { expected: `${server} lists the messages of ${room} by number, from 1 on`, seen: runs(numbers) },
    );
  }
}

/** A part of a room's history over HTTP. A room that is not available for the moment is asked for again. */
export async function readPage(
  trial: Trial,
  server: string,
  room: string,
  after: number,
  limit: number,
): Promise<ChatMessage[]> {
  const path = `/rooms/${encodeURIComponent(room)}/messages?after=${after}&limit=${limit}`;
  const what = `GET ${path} at ${server}`;
  const { body } = await trial.eventually(`${what} is answered, and not with 503`, async () => {
    const answer = await trial.node(server).call('GET', path);
    if (answer.status === 503) return undefined;
    trial.expectStatus(answer, 200, what);
    return answer;
  });
  trial.expect(Array.isArray(body), { expected: `${what} is a list of messages`, seen: brief(body) });
  return body.map((message: unknown) => readMessage(trial, message, `what ${what} lists`));
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

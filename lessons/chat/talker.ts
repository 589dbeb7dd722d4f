import type { Trial } from '../../src/verify/check.ts';
import { ChatClient } from './client.ts';
import { runs } from './label.ts';
import type { ChatMessage } from './message.ts';

/** How long it waits before it tries again, ms. */
const PAUSE_MS = 100;
/** How long it waits for an answer before it asks again with the same clientMessageId, ms. */
const ANSWER_WITHIN_MS = 2_000;

/**
 * A client as it should be. What is not acknowledged it says again, with the same clientMessageId; when its line ends it
 * comes back, and asks for what it has missed.
 */
export class Talker {
  readonly user: string;
  readonly room: string;
  /** What was acknowledged, in the order in which it was said. */
  readonly acknowledged: ChatMessage[] = [];
  /** What it was shown of the room, over all of its connections. */
  readonly shown: ChatMessage[] = [];
  /** How often it has said something again. */
  repeats = 0;
  readonly #trial: Trial;
  readonly #servers: readonly string[];
  #client: ChatClient | undefined;
  #read = 0;
  #lives = 0;
  #stopped = false;

  /** @param servers where it tries to be, the first one first */
  constructor(trial: Trial, user: string, room: string, servers: readonly string[]) {
    this.#trial = trial;
    this.user = user;
    this.room = room;
    this.#servers = servers;
  }

  get last(): number {
    return this.shown.at(-1)?.sequenceNumber ?? 0;
  }

  /** Speaks until it is told to stop, and then reads on until `upTo` is called. */
  async talk(pauseMs: number): Promise<void> {
    for (let n = 1; !this.#stopped; n++) {
      await this.say(`${this.user} ${n}`);
      await this.#trial.elapse(pauseMs);
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Says something, again and again, until it is acknowledged. */
  async say(content: string): Promise<ChatMessage> {
    const id = this.#trial.unique('m');
    for (let attempt = 0; ; attempt++) {
      if (attempt > 0) this.repeats++;
      const message = await this.#sayOnce(content, id);
      if (message === undefined) {
        await this.#trial.elapse(PAUSE_MS);
        continue;
      }
      this.acknowledged.push(message);
      return message;
    }
  }

  /** Waits until it was shown everything up to this number, over however many connections. */
  async upTo(last: number): Promise<void> {
    await this.#trial.eventually(
      `${this.user} is shown the messages of ${this.room} up to ${last}`,
      async () => {
        await this.#connected();
        this.#take();
        return this.last >= last;
      },
      { withinMs: 15_000, seen: () => `it was shown ${this.#shownNumbers()}` },
    );
  }

  async #sayOnce(content: string, id: string): Promise<ChatMessage | undefined> {
    const client = await this.#connected();
    if (client === undefined) return undefined;
    const from = client.line.frames.length;
    client.post(this.room, content, id);
    const until = performance.now() + this.#trial.patience(ANSWER_WITHIN_MS);
    while (!client.line.ended && performance.now() < until) {
      const frames = client.line.frames.slice(from);
      const ack = frames.find(({ body }) => body?.type === 'ack' && body.clientMessageId === id);
      if (ack) return ack.body.message;
      const error = frames.find(({ body }) => body?.type === 'error');
      if (error) return this.#expectUnavailable(error.body);
      await this.#trial.elapse(5);
    }
    return undefined;
  }

  #expectUnavailable(error: any): undefined {
    this.#trial.expect(error.code === 'room_unavailable', {
      expected: `what ${this.user} says in ${this.room} is acknowledged, or the room is unavailable for a while`,
      seen: `error ${error.code}: ${error.message}`,
    });
  }

  /** Its connection, in the room; undefined when there is none to be had at present. */
  async #connected(): Promise<ChatClient | undefined> {
    this.#take();
    if (this.#client && !this.#client.line.ended) return this.#client;
    this.#client = undefined;
    for (const server of this.#servers) {
      const name = this.#lives === 0 ? this.user : `${this.user}/${this.#lives + 1}`;
      const client = await ChatClient.tryConnect(this.#trial, server, this.user, { name });
      if (client === undefined || !(await client.tryJoin(this.room, this.last))) continue;
      this.#lives++;
      this.#read = 0;
      this.#client = client;
      return client;
    }
    return undefined;
  }

  /** Takes over what its connection was shown: always the next number. */
  #take(): void {
    const { messages } = this.#client?.view(this.room) ?? { messages: [] };
    for (; this.#read < messages.length; this.#read++) {
      const message = messages[this.#read]!;
      this.#trial.expect(message.sequenceNumber === this.last + 1, {
        expected: `${this.#client!.who} is shown number ${this.last + 1} of ${this.room} next, whatever connection it has`,
        seen: `number ${message.sequenceNumber}`,
        evidence: [`over all connections it was shown ${this.#shownNumbers()}`],
      });
      this.shown.push(message);
    }
  }

  #shownNumbers(): string {
    return runs(this.shown.map(({ sequenceNumber }) => sequenceNumber));
  }
}

/** Everybody was shown the same, all that was acknowledged is in it once, at the number that the ack told. */
export function expectOneTruth(
  trial: Trial,
  talkers: readonly Talker[],
  history: readonly ChatMessage[],
): void {
  for (const talker of talkers) {
    for (const [index, message] of talker.shown.entries()) {
      trial.expect(message.id === history[index]?.id, () => ({
        expected: `number ${index + 1} of ${talker.room}, as ${talker.user} was shown it, is what the history has there`,
        seen: `shown: "${message.content}", history: "${history[index]?.content}"`,
      }));
    }
    for (const { sequenceNumber, id, content } of talker.acknowledged) {
      const kept = history[sequenceNumber - 1];
      trial.expect(kept?.id === id, {
        expected: `"${content}", acknowledged as number ${sequenceNumber}, is number ${sequenceNumber} of ${talker.room}`,
        seen: kept ? `"${kept.content}" is` : `the history ends at ${history.length}`,
      });
    }
  }
  const contents = history.map(({ userId, content }) => `${userId}: ${content}`);
  const double = contents.find((content, index) => contents.indexOf(content) < index);
  trial.expect(double === undefined, {
    expected: 'what was said again with the same clientMessageId is one message',
    seen: `"${double}" is in the history twice`,
  });
}

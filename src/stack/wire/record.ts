import { now } from './clock.ts';
import type { WireMessage } from './protocol.ts';

const MOST_MESSAGES = 5_000;
const MOST_TEXT_BYTES = 4_096;

/** Of all bodies and answers together, in characters: the wire's container has little memory. */
const MOST_TEXT_IN_ALL = 8 * 1024 * 1024;

/** How much of the record somebody wants who only looks on. */
export interface Glance {
  /** Messages. */
  most: number;
  /** Characters of each body and answer. */
  text: number;
  /** Numbers (seq) of earlier messages, of which more may be known by now. */
  also: number[];
}

/** The last messages between the nodes: a ring, so that the wire can run for days. */
export class MessageRecord {
  readonly #ring: WireMessage[] = [];
  #last = 0;
  #oldest = 1;
  #text = 0;

  /** Enters a message that has just been sent. Its later fields are filled in as they come about. */
  enter(
    sent: Pick<WireMessage, 'from' | 'to' | 'method' | 'path'>,
    body: Buffer,
    sentAt = now(),
  ): WireMessage {
    const message: WireMessage = {
      seq: ++this.#last,
      from: sent.from,
      to: sent.to,
      method: sent.method,
      path: sent.path,
      sentAt,
      body: excerpt(body),
      deliveredAt: null,
      answeredAt: null,
      returnedAt: null,
      status: null,
      answer: null,
      outcome: 'waiting',
      faults: [],
    };
    if (message.seq - this.#oldest === MOST_MESSAGES) this.#forgetOldest();
    this.#ring[message.seq % MOST_MESSAGES] = message;
    this.#addText(message.body);
    return message;
  }

  /** Notes what the callee has just answered. */
  noteAnswer(message: WireMessage, status: number, body: Buffer): void {
    message.answeredAt = now();
    message.status = status;
    message.answer = excerpt(body);
    if (message.seq >= this.#oldest) this.#addText(message.answer);
  }

  /** The messages kept whose number is greater, oldest first. */
  after(seq: number): WireMessage[] {
    const messages: WireMessage[] = [];
    for (let next = Math.max(seq + 1, this.#oldest); next <= this.#last; next++) {
      messages.push(this.#ring[next % MOST_MESSAGES]!);
    }
    return messages;
  }

  /** The newest of them, and of the earlier ones those that are asked for; bodies and answers are cut short. */
  glance(seq: number, { most, text, also }: Glance): WireMessage[] {
    const from = Math.max(seq, this.#last - most);
    const earlier = also.filter((wanted) => wanted >= this.#oldest && wanted <= from);
    return [...earlier.map((wanted) => this.#ring[wanted % MOST_MESSAGES]!), ...this.after(from)].map(
      (message) => ({
        ...message,
        body: message.body.slice(0, text),
        answer: message.answer === null ? null : message.answer.slice(0, text),
      }),
    );
  }

  #addText(text: string): void {
    this.#text += text.length;
    while (this.#text > MOST_TEXT_IN_ALL) this.#forgetOldest();
  }

  #forgetOldest(): void {
    const { body, answer } = this.#ring[this.#oldest++ % MOST_MESSAGES]!;
    this.#text -= body.length + (answer?.length ?? 0);
  }
}

/** The beginning of a body as text, at most 4 KiB of it. */
function excerpt(body: Buffer): string {
  return body.toString('utf8', 0, MOST_TEXT_BYTES);
}

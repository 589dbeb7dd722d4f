import { now } from './clock.ts';
import type { WireMessage } from './protocol.ts';

const MOST_MESSAGES = 5_000;
const MOST_TEXT_BYTES = 4_096;

/** The last messages between the nodes: a ring, so that the wire can run for days. */
export class MessageRecord {
  readonly #ring: WireMessage[] = [];
  #last = 0;

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
    this.#ring[message.seq % MOST_MESSAGES] = message;
    return message;
  }

  /** The messages kept whose number is greater, oldest first. */
  after(seq: number): WireMessage[] {
    const messages: WireMessage[] = [];
    const first = Math.max(seq, this.#last - MOST_MESSAGES, 0) + 1;
    for (let next = first; next <= this.#last; next++) messages.push(this.#ring[next % MOST_MESSAGES]!);
    return messages;
  }
}

/** The beginning of a body as text, at most 4 KiB of it. */
export function excerpt(body: Buffer): string {
  return body.toString('utf8', 0, MOST_TEXT_BYTES);
}

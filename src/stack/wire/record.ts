import type { WireMessage } from './protocol.ts';

const MOST_MESSAGES = 5_000;
const MOST_BODY = 4_096;

/** The last messages between the nodes, oldest first. An entry goes on changing until its message is done with. */
export class MessageLog {
  readonly #messages: WireMessage[] = [];
  #lastSeq = 0;

  begin(message: Pick<WireMessage, 'from' | 'to' | 'method' | 'path'>): WireMessage {
    const entry: WireMessage = {
      seq: ++this.#lastSeq,
      ...message,
      sentAt: now(),
      body: '',
      deliveredAt: null,
      answeredAt: null,
      status: null,
      answer: null,
      outcome: 'waiting',
      faults: [],
    };
    this.#messages.push(entry);
    if (this.#messages.length > MOST_MESSAGES) this.#messages.shift();
    return entry;
  }

  /** Those with a greater sequence number. */
  after(seq: number): WireMessage[] {
    return this.#messages.filter((message) => message.seq > seq);
  }
}

/** Epoch ms with a fraction. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}

/** As much of a body as is kept. */
export function excerpt(body: Buffer): string {
  return body.subarray(0, MOST_BODY).toString('utf8');
}

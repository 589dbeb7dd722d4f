import type { ServerResponse } from 'node:http';
import type { LiveEvent } from '../../live/events.ts';

/** Events are sent together, so that a busy cluster costs a message every now and then and not thousands, ms. */
const TOGETHER_MS = 150;

/** How many may wait for a browser. */
const MOST_WAITING = 2_000;

/**
 * Server-sent events to one browser: `{ events, dropped, sentAt }`. For one that reads too slowly the oldest are
 * dropped, and it is told how many: nothing piles up here.
 */
export class EventFeed {
  readonly #response: ServerResponse;
  #waiting: LiveEvent[] = [];
  #dropped = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(response: ServerResponse) {
    this.#response = response;
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.flushHeaders();
    response.on('drain', () => this.#sendSoon());
    response.on('close', () => clearTimeout(this.#timer));
  }

  tell(event: LiveEvent): void {
    this.#waiting.push(event);
    if (this.#waiting.length > 2 * MOST_WAITING) this.#drop();
    this.#sendSoon();
  }

  #sendSoon(): void {
    if (this.#response.writableNeedDrain || this.#response.destroyed || this.#waiting.length === 0) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#send();
    }, TOGETHER_MS);
  }

  #send(): void {
    if (this.#response.writableNeedDrain || this.#response.destroyed) return;
    if (this.#waiting.length > MOST_WAITING) this.#drop();
    const text = JSON.stringify({ events: this.#waiting, dropped: this.#dropped, sentAt: Date.now() });
    this.#waiting = [];
    this.#dropped = 0;
    this.#response.write(`data: ${text}\n\n`);
  }

  #drop(): void {
    this.#dropped += this.#waiting.length - MOST_WAITING;
    this.#waiting = this.#waiting.slice(-MOST_WAITING);
  }
}

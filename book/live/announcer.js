/** Not more often than this, ms: a reader of the screen shall be told, not flooded. */
const PAUSE_MS = 1_500;
const MOST_AT_ONCE = 3;

/** Says what is important to those who do not see the panel; politely: it waits until they are idle. */
export class Announcer {
  #waiting = [];
  #timer;

  /** @param region an element with role="status" */
  constructor(region) {
    this.region = region;
  }

  say(text) {
    if (this.#waiting.at(-1) === text) return;
    this.#waiting.push(text);
    this.#timer ??= setTimeout(() => this.#speak(), this.region.textContent === '' ? 50 : PAUSE_MS);
  }

  #speak() {
    this.#timer = undefined;
    const said = this.#waiting.slice(-MOST_AT_ONCE);
    const more = this.#waiting.length - said.length;
    this.#waiting = [];
    this.region.textContent = `${more > 0 ? `${more} more ${more === 1 ? 'event' : 'events'}. ` : ''}${said.join('. ')}.`;
  }
}

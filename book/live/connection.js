/** The server of this page, with the token that it wrote into the page. */
export class Connection {
  constructor(token) {
    this.token = token;
  }

  /**
   * Tells of each batch `{ events, dropped, sentAt }`; the browser connects again by itself.
   * @param state told `open`, `lost` (it is tried again) or `refused` (it is not)
   * @returns what ends it
   */
  watch(tell, state) {
    const source = new EventSource(this.#url('/live/events'));
    source.onopen = () => state('open');
    source.onmessage = ({ data }) => tell(JSON.parse(data));
    source.onerror = () => state(source.readyState === EventSource.CLOSED ? 'refused' : 'lost');
    return () => source.close();
  }

  /** @returns what was done, in a sentence; throws an Error for a person to read */
  async act(what, args = []) {
    const body = JSON.stringify({ do: what, args });
    const headers = { 'content-type': 'application/json' };
    const { did } = await this.#ask('/live/act', { method: 'POST', headers, body });
    return did;
  }

  /** @returns `{ check, steps, events }` of a recorded run; the first check that failed where none is named */
  recorded(run, check) {
    const query = check ? `&check=${encodeURIComponent(check)}` : '';
    return this.#ask(`/live/runs/${encodeURIComponent(run)}`, {}, query);
  }

  async #ask(path, options, query = '') {
    const response = await fetch(`${this.#url(path)}${query}`, options).catch(() => {
      throw new Error('The server of this book does not answer: dsc book starts it again.');
    });
    const answer = await response.json();
    if (response.ok) return answer;
    throw new Error([answer.error, answer.why, answer.fix].filter(Boolean).join(' '));
  }

  #url(path) {
    return `${path}?token=${this.token}`;
  }
}

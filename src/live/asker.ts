import { httpRequest } from '../stack/http.ts';

/** A node that takes longer is not waited for, ms. */
const ANSWER_WITHIN_MS = 400;

/** After a refusal the same is not asked again for so long, ms: the code may not be written yet. */
const AFTER_REFUSAL_MS = 10_000;

/** Asks nodes what they can tell of themselves, and never twice in a row what a node cannot tell. */
export class Asker {
  readonly #url: (node: string) => string;
  readonly #signal: AbortSignal;
  /** By node and kind of question: before this time it is not asked again, ms. */
  readonly #notBefore = new Map<string, number>();
  /** Time that each node took for its answers since the last look at it, ms. */
  readonly #spentMs = new Map<string, number>();

  /** @param url of a node */
  constructor(url: (node: string) => string, signal: AbortSignal) {
    this.#url = url;
    this.#signal = signal;
  }

  /**
   * @param path with its query
   * @param kind what stands for all questions of this kind; the path where there is one only
   * @returns the answer, or undefined when there is none with status 200 in time
   */
  async ask<T>(node: string, path: string, kind = path): Promise<T | undefined> {
    const key = `${node} ${kind}`;
    const began = performance.now();
    if (began < (this.#notBefore.get(key) ?? 0)) return undefined;
    try {
      const options = { timeoutMs: ANSWER_WITHIN_MS, signal: this.#signal };
      const { status, body } = await httpRequest('GET', `${this.#url(node)}${path}`, options);
      this.#spentMs.set(node, (this.#spentMs.get(node) ?? 0) + performance.now() - began);
      if (status === 200) return JSON.parse(body.toString('utf8')) as T;
      this.#notBefore.set(key, performance.now() + AFTER_REFUSAL_MS);
    } catch {
      // Silence, or no JSON: nothing is known.
    }
    return undefined;
  }

  /** How long the node that worked most for us did so since this was last called, ms. */
  takeSpentMs(): number {
    const most = Math.max(0, ...this.#spentMs.values());
    this.#spentMs.clear();
    return most;
  }
}

import type { Trial } from '../../src/verify/check.ts';
import { brief } from '../shared/brief.ts';
import { KeyValues } from '../store/key-values.ts';

/** The store with the checker as its client, and what only session 3 has: owners, the ring, conflicts. */
export class Store extends KeyValues {
  readonly #trial: Trial;

  constructor(trial: Trial) {
    super(trial);
    this.#trial = trial;
  }

  /** The owners that a node names. */
  async owners(node: string, key: string): Promise<string[]> {
    const answer = await this.#trial.node(node).call('GET', `/_owner/${encodeURIComponent(key)}`);
    this.#trial.expectStatus(answer, 200, `GET /_owner/${key} at ${node}`);
    this.#trial.expect(Array.isArray(answer.body?.owners), {
      expected: `GET /_owner/${key} gives {"owners":[...]}`,
      seen: brief(answer.body),
    });
    return answer.body.owners;
  }

  /** The keys that a node holds itself. */
  async localKeys(node: string): Promise<Set<string>> {
    const answer = await this.#trial.node(node).call('GET', '/_local');
    this.#trial.expectStatus(answer, 200, `GET /_local at ${node}`);
    return new Set(keysIn(answer.body));
  }

  async changeRing(node: string, nodes: readonly string[]): Promise<number> {
    const timeoutMs = this.#trial.patience(20_000);
    const answer = await this.#trial.node(node).call('PUT', '/_ring', { nodes }, { timeoutMs });
    const what = `PUT /_ring of ${nodes.join(', ')} at ${node}`;
    this.#trial.expectStatus(answer, 200, what);
    this.#trial.expect(Number.isInteger(answer.body?.moved) && answer.body.moved >= 0, {
      expected: `${what} gives {"moved": <how many keys>}`,
      seen: brief(answer.body),
    });
    return answer.body.moved;
  }

  /** What a node lists as lost to another write. */
  async conflicts(node: string): Promise<{ key: string; kept: unknown; lost: unknown }[]> {
    const answer = await this.#trial.node(node).call('GET', '/_conflicts');
    this.#trial.expectStatus(answer, 200, `GET /_conflicts at ${node}`);
    this.#trial.expect(Array.isArray(answer.body), {
      expected: 'GET /_conflicts gives a list',
      seen: brief(answer.body),
    });
    return answer.body;
  }
}

/** `/_local` may be a list of keys or of entries, or an object by key: the contract says only that it has the node's own. */
function keysIn(body: any): string[] {
  const list = Array.isArray(body) ? body : (body?.keys ?? body?.entries ?? body ?? {});
  if (!Array.isArray(list)) return Object.keys(list);
  return list.map((each) => (typeof each === 'string' ? each : String(each?.key)));
}

import type { Answer, CallOptions, Trial } from '../../src/verify/check.ts';

/** What a read or write that succeeded says. */
export interface Entry {
  key: string;
  value: unknown;
  version: number;
  servedBy: string;
}

/** The store with the checker as its client. Every answer's shape is checked on the way. */
export class Store {
  readonly #trial: Trial;

  constructor(trial: Trial) {
    this.#trial = trial;
  }

  put(node: string, key: string, value: unknown, options?: CallOptions): Promise<Answer> {
    return this.#trial.node(node).call('PUT', pathOf(key), { value }, options);
  }

  get(node: string, key: string, options?: CallOptions): Promise<Answer> {
    return this.#trial.node(node).call('GET', pathOf(key), undefined, options);
  }

  /** A write that must succeed. */
  async write(node: string, key: string, value: unknown): Promise<Entry> {
    const answer = await this.put(node, key, value);
    const what = `PUT /${key} at ${node}`;
    this.#trial.expectStatus(answer, 200, what);
    return this.readEntry(answer.body, key, what);
  }

  /** A read that must find the key. */
  async read(node: string, key: string): Promise<Entry> {
    const answer = await this.get(node, key);
    const what = `GET /${key} at ${node}`;
    this.#trial.expectStatus(answer, 200, what);
    return this.readEntry(answer.body, key, what);
  }

  /** A read that must find this value. */
  async expectValue(node: string, key: string, value: unknown, why: string): Promise<Entry> {
    const entry = await this.read(node, key);
    this.#trial.expectEqual(entry.value, value, `the value of ${key} at ${node} (${why})`);
    return entry;
  }

  async remove(node: string, key: string): Promise<void> {
    const answer = await this.#trial.node(node).call('DELETE', pathOf(key));
    this.#trial.expectStatus(answer, 200, `DELETE /${key} at ${node}`);
  }

  async expectGone(node: string, key: string): Promise<void> {
    const answer = await this.get(node, key);
    this.#trial.expectStatus(answer, 404, `GET /${key} at ${node}`);
    this.#trial.expectEqual(answer.body?.error, 'no_such_key', `the error of GET /${key} at ${node}`);
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

  readEntry(body: any, key: string, what: string): Entry {
    const problem =
      body?.key !== key
        ? `its "key" is ${brief(body?.key)}`
        : !('value' in body)
          ? 'it has no "value"'
          : !Number.isInteger(body.version)
            ? `its "version" is ${brief(body.version)}`
            : typeof body.servedBy !== 'string'
              ? `its "servedBy" is ${brief(body.servedBy)}`
              : undefined;
    this.#trial.expect(problem === undefined, () => ({
      expected: `${what} is answered with key, value, version (a whole number) and servedBy`,
      seen: `${problem}: ${brief(body)}`,
    }));
    return body;
  }
}

export function brief(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 200 ? `${text.slice(0, 200)}...` : text;
}

function pathOf(key: string): string {
  return `/${encodeURIComponent(key)}`;
}

/** `/_local` may be a list of keys or of entries, or an object by key: the contract says only that it has the node's own. */
function keysIn(body: any): string[] {
  const list = Array.isArray(body) ? body : (body?.keys ?? body?.entries ?? body ?? {});
  if (!Array.isArray(list)) return Object.keys(list);
  return list.map((each) => (typeof each === 'string' ? each : String(each?.key)));
}

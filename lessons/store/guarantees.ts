import type { Trial } from '../../src/verify/check.ts';

/** What one client has seen of each key: what it may never see less of again. */
export class Guarantees {
  readonly #trial: Trial;
  readonly #client: string;
  readonly #written = new Map<string, number>();
  readonly #read = new Map<string, number>();

  constructor(trial: Trial, client: string) {
    this.#trial = trial;
    this.#client = client;
  }

  wrote(key: string, version: number): void {
    this.#written.set(key, Math.max(version, this.#written.get(key) ?? 0));
  }

  /**
   * Holds a read against what this client has written (read your writes) and read (monotonic reads) before.
   *
   * @param where the node and level, for the explanation
   */
  read(key: string, version: number, where: string): void {
    const written = this.#written.get(key) ?? 0;
    this.#trial.expect(version >= written, {
      expected: `${this.#client} reads its own write: ${key} with version ${written} or later`,
      seen: `version ${version}, ${where}`,
    });
    const read = this.#read.get(key) ?? 0;
    this.#trial.expect(version >= read, {
      expected: `${this.#client} never goes back: it has read ${key} with version ${read}`,
      seen: `version ${version}, ${where}`,
    });
    this.#read.set(key, version);
  }
}

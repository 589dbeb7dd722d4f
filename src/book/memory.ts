import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';

/** SHA-256, bytes. */
const SEAL_BYTES = 32;

/**
 * Results that took long, kept in files from one build to the next.
 * A file is a seal and the result. The seal is a hash of the result and of everything that it was made from, so a file
 * that is out of date, cut off or somebody else's does not match, and the result is made anew. That is also why two
 * builds may write at once. There is one file for each name: the folder grows with the book, not with its history.
 */
export class Memory {
  readonly #folder: string;
  readonly #madeBy: string;
  readonly #fresh = new Map<string, { from: string; result: unknown }>();

  /**
   * @param folder absolute; need not exist, or be writable
   * @param madeBy a hash of the code that makes the results
   */
  constructor(folder: string, madeBy: string) {
    this.#folder = folder;
    this.#madeBy = madeBy;
  }

  /**
   * @param name of the result: `page introduction.md`
   * @param from everything that it is made from
   * @param make makes it; what `structuredClone` can copy
   */
  async recall<T>(name: string, from: string, make: () => Promise<T>): Promise<T> {
    const kept = this.#read(name, from);
    if (kept) return deserialize(kept) as T;
    const result = await make();
    this.#fresh.set(name, { from, result });
    return result;
  }

  /** Keeps what was made since. Nothing is kept before, so that a build with a problem leaves nothing behind. */
  save(): void {
    if (this.#fresh.size === 0) return;
    try {
      mkdirSync(this.#folder, { recursive: true });
      for (const [name, { from, result }] of this.#fresh) {
        const bytes = serialize(result);
        writeFileSync(this.#fileOf(name), Buffer.concat([this.#seal(name, from, bytes), bytes]));
      }
    } catch {
      // The next build makes it all again.
    }
  }

  #read(name: string, from: string): Buffer | undefined {
    try {
      const file = readFileSync(this.#fileOf(name));
      const bytes = file.subarray(SEAL_BYTES);
      return this.#seal(name, from, bytes).equals(file.subarray(0, SEAL_BYTES)) ? bytes : undefined;
    } catch {
      return undefined;
    }
  }

  #seal(name: string, from: string, bytes: Uint8Array): Buffer {
    const parts = [process.version, this.#madeBy, name, from];
    return createHash('sha256').update(JSON.stringify(parts)).update(bytes).digest();
  }

  #fileOf(name: string): string {
    return join(this.#folder, encodeURIComponent(name));
  }
}

/**
 * @param paths files, and folders with all that is in them, absolute
 * @returns a hash of their names and contents
 */
export function hashOf(paths: readonly string[]): string {
  const hash = createHash('sha256');
  const add = (path: string, isFolder: boolean) => {
    if (isFolder) {
      for (const entry of readdirSync(path, { withFileTypes: true })) {
        if (entry.name !== '__pycache__') add(join(path, entry.name), entry.isDirectory());
      }
    } else {
      const bytes = readFileSync(path);
      hash.update(`${path}\n${bytes.length}\n`).update(bytes);
    }
  };
  for (const path of paths) add(path, statSync(path).isDirectory());
  return hash.digest('hex');
}

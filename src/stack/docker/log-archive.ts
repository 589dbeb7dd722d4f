import { appendFile, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { StampedLine } from './logs.ts';

/** The output of containers that were replaced by newer ones: the engine forgets it with the container. */
export class DockerLogArchive {
  readonly #folder: string;

  /** @param home of the stack */
  constructor(home: string) {
    this.#folder = join(home, 'logs');
  }

  async add(service: string, lines: readonly StampedLine[]): Promise<void> {
    if (lines.length === 0) return;
    await mkdir(this.#folder, { recursive: true });
    await appendFile(this.#file(service), lines.map(({ stamp, text }) => `${stamp} ${text}\n`).join(''));
  }

  /** Oldest first; none when no container was replaced. */
  async read(service: string): Promise<StampedLine[]> {
    const text = await readFile(this.#file(service), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    const lines = text.split('\n').slice(0, -1);
    return lines.map((line) => {
      const space = line.indexOf(' ');
      return { stamp: line.slice(0, space), text: line.slice(space + 1) };
    });
  }

  async clear(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  #file(service: string): string {
    return join(this.#folder, `${service}.containers.log`);
  }
}

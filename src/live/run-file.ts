import { open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stateFolder } from '../course/workspace.ts';
import type { LiveEvent } from './events.ts';

/** Where the runs of `dsc verify` are recorded, one file each: a line of JSON for each event. */
export function runsFolder(workspace: string): string {
  return stateFolder(workspace, 'runs');
}

export function runFile(workspace: string, id: string): string {
  return join(runsFolder(workspace), `${id}.jsonl`);
}

/** The ids of the recorded runs, newest first: they begin with the date and time. */
export async function runIds(workspace: string): Promise<string[]> {
  const files = await readdir(runsFolder(workspace)).catch(() => []);
  const ids = files.filter((name) => name.endsWith('.jsonl')).map((name) => name.slice(0, -'.jsonl'.length));
  return ids.sort().reverse();
}

/** The events of a run; undefined when there is no such file. A last line that is being written is left out. */
export async function readRunFile(workspace: string, id: string): Promise<LiveEvent[] | undefined> {
  const text = await readFile(runFile(workspace, id), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : eventsOf(text);
}

/** The lines of a file that grows: each call gives those that were added since the one before. */
export class GrowingRun {
  readonly #file: string;
  #position = 0;
  #rest = Buffer.alloc(0);

  constructor(workspace: string, id: string) {
    this.#file = runFile(workspace, id);
  }

  async next(): Promise<LiveEvent[]> {
    const file = await open(this.#file).catch(() => undefined);
    if (!file) return [];
    try {
      const { size } = await file.stat();
      const added = Buffer.alloc(Math.max(0, size - this.#position));
      const { bytesRead } = await file.read(added, 0, added.length, this.#position);
      this.#position += bytesRead;
      const text = Buffer.concat([this.#rest, added.subarray(0, bytesRead)]);
      const end = text.lastIndexOf(10) + 1;
      this.#rest = text.subarray(end);
      return eventsOf(text.toString('utf8', 0, end));
    } finally {
      await file.close();
    }
  }
}

function eventsOf(text: string): LiveEvent[] {
  const lines = text.split('\n');
  return lines.slice(0, text.endsWith('\n') ? undefined : -1).flatMap((line) => {
    if (line === '') return [];
    try {
      return [JSON.parse(line) as LiveEvent];
    } catch {
      // A dsc that was killed while it wrote.
      return [];
    }
  });
}

/** Porcupine in a process of its own: it judges the same histories on request. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { packagePath } from '../src/course/package-root.ts';
import { ABSENT, type KeyState } from '../src/verify/linearizability/key-value.ts';
import type { KeyValueHistory } from '../test/support/random-histories.ts';

/** Histories that are judged together. */
export interface HistorySet {
  what: string;
  /** What every key holds at first. */
  initial: KeyState;
  histories: KeyValueHistory[];
}

export interface PorcupineFigures {
  ms: number;
  /** Of each history: whether it is linearizable. */
  verdicts: boolean[];
}

export class Porcupine {
  readonly #running: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(running: ChildProcess) {
    this.#running = running;
    this.#lines = createInterface({ input: running.stdout! })[Symbol.asyncIterator]();
  }

  /** @returns undefined where it cannot be built: there is no Go, or its module is out of reach */
  static async start(folder: string, sets: readonly HistorySet[]): Promise<Porcupine | undefined> {
    await cp(packagePath('bench/porcupine'), folder, { recursive: true });
    const built = spawnSync('go', ['build', '-o', 'judge', '.'], { cwd: folder, encoding: 'utf8' });
    if (built.status !== 0) {
      console.error(`Without Porcupine: ${built.error?.message ?? built.stderr.trim()}`);
      return undefined;
    }
    const file = join(folder, 'histories.json');
    await writeFile(file, JSON.stringify(sets.map(plainSet)));
    return new Porcupine(spawn(join(folder, 'judge'), [file], { stdio: ['pipe', 'pipe', 'inherit'] }));
  }

  /** Judges every set once. @throws Error when the process has ended */
  async judge(): Promise<PorcupineFigures[]> {
    this.#running.stdin!.write('again\n');
    const { value, done } = await this.#lines.next();
    if (done) throw new Error('Porcupine has ended');
    return JSON.parse(value);
  }

  end(): void {
    this.#running.stdin!.end();
  }
}

/** Values as text, and times as whole numbers in the same order. */
function plainSet({ initial, histories }: HistorySet): unknown {
  return {
    initial: initial === ABSENT ? null : String(initial.value),
    histories: histories.map((history) => {
      const times = history.flatMap(({ called, answer }) => (answer ? [called, answer.at] : [called]));
      const ranks = new Map(times.toSorted((a, b) => a - b).map((time, rank) => [time, rank]));
      return history.map(({ input, called, answer }) => ({
        kind: input.kind,
        key: input.key,
        value: 'value' in input ? String(input.value) : 'text' in input ? input.text : '',
        expected: 'expected' in input && input.expected !== null ? String(input.expected) : null,
        called: ranks.get(called),
        answer: answer && {
          at: ranks.get(answer.at),
          kind: answer.output.kind,
          value: 'value' in answer.output ? String(answer.output.value) : '',
        },
      }));
    }),
  };
}

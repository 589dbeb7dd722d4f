import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createState, type Input, step } from '../../solutions/consensus/core.ts';
import type { LogEntry } from '../../solutions/consensus/messages.ts';
import type { DurableState, RaftState } from '../../solutions/consensus/state.ts';
import { StateMachine } from '../../solutions/consensus/state-machine.ts';
import { packagePath } from '../../src/course/package-root.ts';
import { pythonEnvironment } from '../../src/stack/process/python.ts';
import type { Core } from '../../src/verify/simulator/core.ts';
import { runSeed } from '../../src/verify/simulator/run-seed.ts';

/** What a core or a state machine is told, one after the other. */
type Line =
  | { start: { id: string; peers: string[]; durable: DurableState; maxEntriesPerAppend: number } }
  | { input: Input }
  | { machine: true }
  | { apply: LogEntry };

/** A golden dialogue: what happens to a node, and what it must do and be afterwards. */
interface Dialogue {
  about: string;
  start: Extract<Line, { start: unknown }>['start'];
  steps: { input: Input; effects: unknown; state: unknown }[];
}

const FOLDER = packagePath('test', 'fixtures', 'dialogues');
const SEEDS = 20;

const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.json')).toSorted();
const load = async (name: string) => JSON.parse(await readFile(join(FOLDER, name), 'utf8'));

/** What may be seen of a state. */
function visible(node: RaftState): unknown {
  const { state, currentTerm, votedFor, leader, commitIndex, lastApplied, log } = node;
  const entries = log.map(({ index, term }) => [index, term]);
  return { state, currentTerm, votedFor, leader, commitIndex, lastApplied, log: entries };
}

/** As JSON, so that nothing that happens later changes it. */
const asJson = (value: unknown) => JSON.parse(JSON.stringify(value));

class TypeScriptTwin {
  #node = createState('nobody', [], { currentTerm: 0, votedFor: null, log: [] });
  #machine = new StateMachine();

  async tell(lines: readonly Line[]): Promise<unknown[]> {
    return lines.map((line) => asJson(this.#answer(asJson(line))));
  }

  #answer(line: Line): unknown {
    if ('start' in line) {
      const { id, peers, durable, maxEntriesPerAppend } = line.start;
      this.#node = createState(id, peers, durable, maxEntriesPerAppend);
      return visible(this.#node);
    }
    if ('input' in line) return { effects: step(this.#node, line.input), state: visible(this.#node) };
    if ('apply' in line) return this.#machine.apply(line.apply);
    this.#machine = new StateMachine();
    return null;
  }

  async end(): Promise<void> {}
}

class PythonTwin {
  readonly #child;
  readonly #answers: AsyncIterator<string>;

  private constructor(interpreter: string) {
    this.#child = spawn(interpreter, [packagePath('python', 'tests', 'run_dialogues.py')], {
      env: { PATH: process.env.PATH, PYTHONDONTWRITEBYTECODE: '1' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  static async start(): Promise<PythonTwin> {
    return new PythonTwin(await pythonEnvironment(() => {}));
  }

  async tell(lines: readonly Line[]): Promise<unknown[]> {
    this.#child.stdin.write(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const answers: unknown[] = [];
    for (const line of lines) {
      const { value, done } = await this.#answers.next();
      if (done) throw new Error(`Python does not answer ${JSON.stringify(line)}`);
      answers.push(JSON.parse(value));
    }
    return answers;
  }

  async end(): Promise<void> {
    const closed = once(this.#child, 'close');
    this.#child.stdin.end();
    await closed;
  }
}

describe.each(['typescript', 'python'] as const)('the core in %s', (language) => {
  let twin: TypeScriptTwin | PythonTwin;

  beforeAll(async () => {
    twin = language === 'python' ? await PythonTwin.start() : new TypeScriptTwin();
  });
  afterAll(() => twin.end());

  test.each(names.filter((name) => name !== 'state-machine.json'))('follows %s', async (name) => {
    const { about, start, steps }: Dialogue = await load(name);
    const [, ...answers] = await twin.tell([{ start }, ...steps.map(({ input }) => ({ input }))]);
    for (const [index, { effects, state }] of steps.entries()) {
      expect(answers[index], `${about} Step ${index + 1}.`).toEqual({ effects, state });
    }
  });

  test('has a state machine that follows state-machine.json', async () => {
    const { machine } = await load('state-machine.json');
    const lines = machine.map(({ apply }: { apply: LogEntry }) => ({ apply }));
    const [, ...outcomes] = await twin.tell([{ machine: true }, ...lines]);
    expect(outcomes).toEqual(machine.map(({ outcome }: { outcome: unknown }) => outcome));
  });
});

test(`both languages do the same, step by step, in ${SEEDS} simulated histories`, async () => {
  const python = await PythonTwin.start();
  try {
    let steps = 0;
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      for (const life of livesOf(seed)) {
        const answers = await python.tell(life.map(({ line }) => line));
        expect(answers).toEqual(life.map(({ answer }) => answer));
        steps += life.length;
      }
    }
    expect(steps).toBeGreaterThan(100 * SEEDS);
  } finally {
    await python.end();
  }
});

/** Runs the reference in the simulator, and writes down what each of its nodes was told, from each start on. */
function livesOf(seed: number): { line: Line; answer: unknown }[][] {
  const lives: { line: Line; answer: unknown }[][] = [];
  const lifeOf = new Map<unknown, { line: Line; answer: unknown }[]>();
  const core: Core = {
    createState: (id, peers, durable, maxEntriesPerAppend = 64) => {
      const line = asJson({ start: { id, peers, durable, maxEntriesPerAppend } });
      const node = createState(id, peers, durable, maxEntriesPerAppend);
      const life = [{ line, answer: asJson(visible(node)) }];
      lives.push(life);
      lifeOf.set(node, life);
      return node;
    },
    step: (node, input) => {
      const line = asJson({ input });
      const effects = step(node as RaftState, input as Input);
      lifeOf.get(node)!.push({ line, answer: asJson({ effects, state: visible(node as RaftState) }) });
      return effects as ReturnType<Core['step']>;
    },
    StateMachine,
  };
  expect(runSeed(core, 10, seed).violation).toBeUndefined();
  return lives;
}

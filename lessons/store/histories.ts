import type { Trial } from '../../src/verify/check.ts';
import { checkHistory } from '../../src/verify/linearizability/check.ts';
import { drawExplanation } from '../../src/verify/linearizability/draw.ts';
import { explain } from '../../src/verify/linearizability/explain.ts';
import { HistoryRecorder } from '../../src/verify/linearizability/history.ts';
import {
  DONE,
  found,
  type KeyValueInput,
  type KeyValueOutput,
  MISSING,
} from '../../src/verify/linearizability/key-value.ts';
import { keyValueModel } from '../../src/verify/linearizability/key-value-model.ts';
import { partitionOperations } from '../../src/verify/linearizability/model.ts';
import { pathOf } from './key-values.ts';

const BUDGET_MS = 5_000;
const WIDTH = 96;
/** Between two requests of one client, ms: long histories say no more than short ones, and are harder to judge. */
const PAUSE_MS = 5;
/** A client that hears nothing for so long asks elsewhere, ms. What it has asked for may still happen. */
const IMPATIENCE_MS = 300;
/** After a refusal, ms. */
const REFUSED_PAUSE_MS = 25;

/** Clients at work on a few keys, every request noted with the time of its call and of its answer. */
export interface RecordedClients {
  /** Resolves when this many more operations have succeeded. */
  more(count: number): Promise<void>;
  stop(): Promise<void>;
  /** Breaks the promise if no order of the operations explains all answers. Returns how many there were. */
  expectLinearizable(): Promise<number>;
}

/**
 * Starts clients that read (strong) and write (acknowledged by a majority) a few keys at all of these nodes. Every write
 * has a value of its own: only so does a read tell which write it saw.
 */
export function startRecordedClients(
  trial: Trial,
  nodes: readonly string[],
  { clients, keys }: { clients: number; keys: number },
): RecordedClients {
  const recorder = new HistoryRecorder<KeyValueInput, KeyValueOutput>();
  const names = Array.from({ length: keys }, () => trial.unique('x'));
  let succeeded = 0;
  let stopped = false;

  async function operation(client: string, n: number): Promise<boolean> {
    const key = names[Math.floor(trial.random() * keys)]!;
    const node = nodes[Math.floor(trial.random() * nodes.length)]!;
    const writes = trial.random() < 0.4;
    const input: KeyValueInput = writes
      ? { kind: 'put', key, value: `${client}.${n}` }
      : { kind: 'get', key };
    const options = { timeoutMs: trial.patience(IMPATIENCE_MS) };
    const open = recorder.begin(client, input);
    const { answer, silence } = await (input.kind === 'put'
      ? trial.node(node).try('PUT', pathOf(key), { value: input.value }, options)
      : trial.node(node).try('GET', `${pathOf(key)}?consistency=strong`, undefined, options));
    if (silence?.kind === 'refused') open.refused();
    else if (!answer) open.unknown();
    else {
      const allowed = writes ? [200, 503, 504] : [200, 404, 503, 504];
      trial.expectStatus(answer, allowed, `${writes ? 'PUT' : 'GET'} /${key} at ${node}`);
      if (answer.status === 503) open.refused();
      else if (answer.status === 504) open.unknown();
      else if (writes) open.ok(DONE);
      else open.ok(answer.status === 404 ? MISSING : found(answer.body?.value));
    }
    return answer !== undefined && answer.status < 500;
  }

  async function client(name: string): Promise<void> {
    for (let n = 1; !stopped; n++) {
      const ok = await operation(name, n);
      if (ok) succeeded += 1;
      if (!stopped) await trial.elapse(ok ? PAUSE_MS : REFUSED_PAUSE_MS);
    }
  }

  const running = Promise.all(Array.from({ length: clients }, (_, n) => client(String(n + 1))));
  running.catch(() => {
    stopped = true;
  });
  return {
    async more(count) {
      const goal = succeeded + count;
      const reached = trial.eventually(`${count} more operations succeed`, () => succeeded >= goal, {
        seen: () => `${succeeded - goal + count} did`,
      });
      await Promise.race([reached, running.then(() => reached)]);
    },
    async stop() {
      stopped = true;
      await running;
    },
    expectLinearizable: () => expectLinearizable(trial, recorder),
  };
}

async function expectLinearizable(
  trial: Trial,
  recorder: HistoryRecorder<KeyValueInput, KeyValueOutput>,
): Promise<number> {
  const model = keyValueModel();
  const operations = recorder.operations();
  const budgetMs = trial.patience(BUDGET_MS);
  const { verdict, parts } = await checkHistory(model, operations, { budgetMs });
  if (verdict === 'unknown') {
    trial.inconclusive(
      `${operations.length} operations could not be judged within ${Math.round(budgetMs / 1000)} s.`,
      'Run it again when the machine is less busy.',
    );
  }
  const wrong = parts.find((part) => part.verdict === 'not-linearizable');
  if (wrong === undefined) return operations.length;
  const members = partitionOperations(model, operations).get(wrong.part) ?? [];
  const why = await explain(model, members, { budgetMs });
  trial.broken({
    expected: `strong reads and acknowledged writes look as if there were one copy of ${wrong.part}`,
    seen: why?.sentence ?? 'no order of the operations explains all answers',
    evidence: why ? drawExplanation(why, WIDTH).split('\n') : [],
  });
}

import type { Answer, Broken, CallOptions, NodeClient, Trial } from '../../src/verify/check.ts';
import { checkHistory } from '../../src/verify/linearizability/check.ts';
import { drawExplanation } from '../../src/verify/linearizability/draw.ts';
import { explain } from '../../src/verify/linearizability/explain.ts';
import { HistoryRecorder } from '../../src/verify/linearizability/history.ts';
import type { KeyValueInput, KeyValueOutput } from '../../src/verify/linearizability/key-value.ts';
import { keyValueModel } from '../../src/verify/linearizability/key-value-model.ts';
import { partitionOperations } from '../../src/verify/linearizability/model.ts';
import { brief } from './brief.ts';
import { type RunningClients, startClients } from './clients.ts';

const BUDGET_MS = 5_000;
const WIDTH = 96;
/** Between two requests of one client, ms: long histories say no more than short ones, and are harder to judge. */
const PAUSE_MS = 5;
/** A client that hears nothing for so long asks elsewhere, ms. What it has asked for may still happen. */
const IMPATIENCE_MS = 300;
/** After a refusal, ms. */
const REFUSED_PAUSE_MS = 25;

/** What the clients of a store ask, and how its answers are read. */
export interface Workload {
  /** What these requests promise together: "strong reads and acknowledged writes". */
  readonly name: string;
  /** The next request for a key. `value` is written by nobody else: only so does a read tell which write it saw. */
  choose(random: () => number, key: string, value: string): KeyValueInput;
  /** Sends the request once. */
  send(node: NodeClient, input: KeyValueInput, options: CallOptions): ReturnType<NodeClient['try']>;
  /** What an answer other than 503 and 504 says. @returns undefined for a status that no such request may get */
  read(input: KeyValueInput, answer: Answer): KeyValueOutput | undefined;
}

/** Clients at work on a few keys, every request noted with the time of its call and of its answer. */
export interface RecordedClients extends RunningClients {
  /** Breaks the promise if no order of the operations explains all answers. Returns how many there were. */
  expectLinearizable(): Promise<number>;
}

/** Starts clients that ask all of these nodes for a few keys. */
export function startRecordedClients(
  trial: Trial,
  nodes: readonly string[],
  workload: Workload,
  { clients, keys }: { clients: number; keys: number },
): RecordedClients {
  const recorder = new HistoryRecorder<KeyValueInput, KeyValueOutput>();
  const names = Array.from({ length: keys }, () => trial.unique('x'));

  async function operation(client: number, n: number): Promise<boolean> {
    const key = names[Math.floor(trial.random() * keys)]!;
    const node = nodes[Math.floor(trial.random() * nodes.length)]!;
    const input = workload.choose(() => trial.random(), key, `${client}.${n}`);
    const options = { timeoutMs: trial.patience(IMPATIENCE_MS) };
    const open = recorder.begin(String(client), input);
    const { answer, silence } = await workload.send(trial.node(node), input, options);
    if (silence?.kind === 'refused' || answer?.status === 503) open.refused();
    else if (!answer || answer.status === 504) open.unknown();
    else {
      const output = workload.read(input, answer);
      if (output) open.ok(output);
      else trial.broken(unheardOf(node, input, answer));
    }
    return answer !== undefined && answer.status < 500;
  }

  const what = 'operations succeed';
  const pauses = { pauseMs: PAUSE_MS, refusedPauseMs: REFUSED_PAUSE_MS };
  return {
    ...startClients(trial, clients, what, operation, pauses),
    expectLinearizable: () => expectLinearizable(trial, workload, recorder),
  };
}

function unheardOf(node: string, { kind, key }: KeyValueInput, { status, body }: Answer): Broken {
  return {
    expected: `${kind} of ${key} at ${node} succeeds, is refused, or tells that nobody knows`,
    seen: `${status} ${brief(body)}`,
  };
}

async function expectLinearizable(
  trial: Trial,
  workload: Workload,
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
    expected: `${workload.name} look as if there were one copy of ${wrong.part}`,
    seen: why?.sentence ?? 'no order of the operations explains all answers',
    evidence: why ? drawExplanation(why, WIDTH).split('\n') : [],
  });
}

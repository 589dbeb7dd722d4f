import type { Trial } from '../../src/verify/check.ts';
import { brief } from './brief.ts';
import type { LogEntry } from './cluster.ts';
import { pathOf } from './key-values.ts';

/** How long a writer waits after a refusal before it asks again, ms. */
const PAUSE_MS = 20;

/** A write that was answered with 200. */
export interface Acknowledged {
  key: string;
  value: unknown;
  version: number;
}

/** Clients that write until they are stopped, each key once. */
export interface Writers {
  readonly acknowledged: readonly Acknowledged[];
  /** Resolves when this many more writes are acknowledged. */
  more(count: number): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts clients that write one key after the other at all of these nodes. A refusal (503), a "maybe" (504) and silence
 * are nobody's fault here; any other answer breaks the promise.
 */
export function startWriters(trial: Trial, nodes: readonly string[], clients: number): Writers {
  const acknowledged: Acknowledged[] = [];
  let stopped = false;
  async function write(node: string): Promise<boolean> {
    const key = trial.unique('w');
    const { answer } = await trial.node(node).try('PUT', pathOf(key), { value: key });
    if (!answer) return false;
    trial.expectStatus(answer, [200, 503, 504], `PUT /${key} at ${node}`);
    if (answer.status === 200) acknowledged.push({ key, value: key, version: answer.body?.version });
    return answer.status === 200;
  }
  async function client(number: number): Promise<void> {
    for (let n = number; !stopped; n++) {
      if (!(await write(nodes[n % nodes.length]!)) && !stopped) await trial.elapse(PAUSE_MS);
    }
  }
  const running = Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
  running.catch(() => {
    stopped = true;
  });
  return {
    acknowledged,
    async more(count) {
      const goal = acknowledged.length + count;
      const reached = trial.eventually(
        `${count} more writes are acknowledged`,
        () => acknowledged.length >= goal,
        {
          seen: () => `${acknowledged.length - goal + count} were`,
        },
      );
      await Promise.race([reached, running.then(() => reached)]);
    },
    async stop() {
      stopped = true;
      await running;
    },
  };
}

/** Every acknowledged write is in the log, at the index that is its version. */
export function expectInLog(
  trial: Trial,
  acknowledged: readonly Acknowledged[],
  log: readonly LogEntry[],
  where: string,
): void {
  for (const { key, value, version } of acknowledged) {
    const entry = log[version - (log[0]?.index ?? 1)];
    trial.expect(entry?.key === key && entry.value === value, () => ({
      expected: `the write of ${key}, acknowledged with version ${version}, is entry ${version} of ${where}`,
      seen: entry === undefined ? 'the log ends before' : `entry ${version} is ${brief(entry)}`,
      evidence: [`${acknowledged.length} writes were acknowledged in all`],
    }));
  }
}

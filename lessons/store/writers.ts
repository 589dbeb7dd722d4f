import type { Trial } from '../../src/verify/check.ts';
import { brief } from '../shared/brief.ts';
import { type RunningClients, startClients } from '../shared/clients.ts';
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
export interface Writers extends RunningClients {
  readonly acknowledged: readonly Acknowledged[];
}

/**
 * Starts clients that write one key after the other at all of these nodes. A refusal (503), a "maybe" (504) and silence
 * are nobody's fault here; any other answer breaks the promise.
 */
export function startWriters(trial: Trial, nodes: readonly string[], clients: number): Writers {
  const acknowledged: Acknowledged[] = [];
  async function write(client: number, n: number): Promise<boolean> {
    const node = nodes[(client + n) % nodes.length]!;
    const key = trial.unique('w');
    const { answer } = await trial.node(node).try('PUT', pathOf(key), { value: key });
    if (!answer) return false;
    trial.expectStatus(answer, [200, 503, 504], `PUT /${key} at ${node}`);
    if (answer.status === 200) acknowledged.push({ key, value: key, version: answer.body?.version });
    return answer.status === 200;
  }
  const pauses = { refusedPauseMs: PAUSE_MS };
  return { acknowledged, ...startClients(trial, clients, 'writes are acknowledged', write, pauses) };
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

import type { Check, Trial } from '../../../src/verify/check.ts';
import { Cluster } from '../../store/cluster.ts';
import { pathOf } from '../../store/key-values.ts';
import { NODES, without } from '../../store/nodes.ts';
import { electing } from '../../store/settings.ts';
import { expectInLog, startWriters } from '../../store/writers.ts';

const CLIENTS = 40;
const WRITES = 1_000;

/** The dead node has far less than the others: however the copies are counted, the leader alone is no majority. */
async function nobodyElseHasIt(trial: Trial, leader: string): Promise<void> {
  await trial.faults.isolate(leader);
  const key = trial.unique('alone');
  const { answer } = await trial.node(leader).try('PUT', pathOf(key), { value: 'alone' });
  if (answer) trial.expectStatus(answer, [503, 504], `PUT /${key} at ${leader}, which reaches nobody,`);
  await trial.faults.heal();
}

export const check: Check = {
  id: 'far-behind',
  promise: 'A follower that missed 1,000 writes catches up, while the others go on',
  hints: [
    'The follower was dead for a thousand writes. What does the leader send it first, and what if that does not fit?',
    'takeOver says false where something is missing before the entries; then the given code asks for what is missing.',
  ],
  chapter: 'data-store/06-replication.md#catching-up',
  services: NODES,
  settings: electing,
  async run(trial: Trial) {
    const cluster = new Cluster(trial);
    const { node: leader } = await cluster.leader();
    const [away] = without(leader) as [string];
    await trial.faults.kill(away);
    const writers = startWriters(trial, without(away), CLIENTS);
    await writers.more(WRITES);
    await writers.stop();
    await nobodyElseHasIt(trial, leader);
    await trial.faults.restart(away);
    const began = performance.now();
    expectInLog(trial, writers.acknowledged, await cluster.logsAgree(), 'all logs');
    const ms = Math.round(performance.now() - began);
    trial.fact(`${away} missed ${WRITES} writes and had them ${ms} ms after the last`);
  },
};

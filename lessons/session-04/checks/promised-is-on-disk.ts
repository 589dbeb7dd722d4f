import type { Check, Trial } from '../../../src/verify/check.ts';
import { Cluster } from '../../store/cluster.ts';
import { KeyValues } from '../../store/key-values.ts';
import { NODES } from '../../store/nodes.ts';
import { electing } from '../../store/settings.ts';
import { type Acknowledged, expectInLog } from '../../store/writers.ts';

const WRITES = 12;

export const check: Check = {
  id: 'promised-is-on-disk',
  promise: 'What was acknowledged survives the death of all three nodes at once',
  hints: [
    'A majority has said that it has the entry. Where is it when all of them die the moment after?',
    'takeOver answers true only after log.sync, and write waits for leadership.store: until then the entry is in memory.',
  ],
  chapter: 'data-store/06-replication.md#when-may-i-say-done',
  services: NODES,
  settings: electing,
  async run(trial: Trial) {
    const cluster = new Cluster(trial);
    const store = new KeyValues(trial);
    const { node: leader, term } = await cluster.leader();
    const written: Acknowledged[] = [];
    for (let n = 0; n < WRITES; n++) {
      const key = trial.unique('kept');
      const { version } = await store.write(leader, key, n);
      written.push({ key, value: n, version });
    }
    await Promise.all(NODES.map((node) => trial.faults.kill(node)));
    await Promise.all(NODES.map((node) => trial.faults.restart(node)));
    await cluster.leader({ after: term });
    expectInLog(trial, written, await cluster.logsAgree(), 'all logs, after all nodes were killed');
    const { key, value } = written.at(-1)!;
    for (const node of NODES)
      await store.expectValue(node, key, value, 'written before all nodes were killed');
    trial.fact(`${WRITES} writes were there after all three nodes were killed`);
  },
};

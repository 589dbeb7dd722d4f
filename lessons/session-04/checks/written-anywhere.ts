import type { Check, Trial } from '../../../src/verify/check.ts';
import { Cluster } from '../../store/cluster.ts';
import { KeyValues } from '../../store/key-values.ts';
import { NODES, without } from '../../store/nodes.ts';
import { ELECTION_MAX_MS, electing } from '../../store/settings.ts';

export const check: Check = {
  id: 'written-anywhere',
  promise: 'Written at any node, read at any other, also after the leader was stopped',
  hints: [
    'A client asks whichever node it knows. Who may take a write, and how does it get there?',
    'The given code forwards to the leader. write appends to the log, sends to the followers, and waits until it is safe.',
  ],
  chapter: 'data-store/06-replication.md#running-the-example',
  services: NODES,
  settings: electing,
  async run(trial: Trial) {
    const cluster = new Cluster(trial);
    const store = new KeyValues(trial);
    const before = await cluster.leader();
    const key = trial.unique('key');
    for (const node of NODES) {
      await store.write(node, key, `by ${node}`);
      for (const other of NODES) await store.expectValue(other, key, `by ${node}`, `written at ${node}`);
    }
    await store.remove('node2', key);
    await store.expectGone('node3', key);
    await store.write('node1', key, 'data');
    await trial.terminate(before.node);
    const among = without(before.node);
    await cluster.leader({ among, after: before.term, withinMs: 6 * ELECTION_MAX_MS });
    for (const node of among)
      await store.expectValue(node, key, 'data', `${before.node} led and was stopped`);
    await trial.faults.restart(before.node);
    await cluster.leader();
    await store.expectValue(before.node, key, 'data', 'it was stopped and has started again');
    trial.fact(`written at all three, and still there when ${before.node}, the leader, was stopped`);
  },
};

import type { Check, Trial } from '../../../src/verify/check.ts';
import { KeyValues } from '../../consensus/key-values.ts';
import { NODES, without } from '../../consensus/nodes.ts';
import { ELECTION_MAX_MS, electing } from '../../consensus/settings.ts';
import { Electorate } from '../../shared/electorate.ts';

export const check: Check = {
  id: 'written-anywhere',
  promise: 'Written at any node, read at any other at once, also after the leader was killed',
  hints: [
    'A client asks whichever node it knows. Who may write, who may read, and what do the others do?',
    'execute carries out put and delete; linearizableRead and confirmReads let the leader answer reads. Who does not lead forwards: that is given.',
  ],
  chapter: 'consensus/15-consensus-system.md#running-the-example',
  services: NODES,
  settings: electing,
  async run(trial: Trial) {
    const cluster = new Electorate(trial, NODES);
    const store = new KeyValues(trial);
    const before = await cluster.leader();
    const key = trial.unique('key');
    for (const node of NODES) {
      await store.write(node, key, `by ${node}`);
      for (const other of NODES) await store.expectValue(other, key, `by ${node}`, `written at ${node}`);
    }
    await store.erase('node2', key);
    await store.expectGone('node3', key, 'deleted at node2');
    await store.write('node1', key, 'data');
    await trial.faults.kill(before.node);
    const among = without(before.node);
    await cluster.leader({ among, after: before.term, withinMs: 8 * ELECTION_MAX_MS });
    for (const node of among) await store.expectValue(node, key, 'data', `${before.node} led and was killed`);
    await trial.faults.restart(before.node);
    await store.expectValue(before.node, key, 'data', 'it was killed and has started again');
    trial.fact(`written at all, and still there when ${before.node}, the leader, was killed`);
  },
};

import type { Check, Trial } from '../../../src/verify/check.ts';
import { KeyValues } from '../../consensus/key-values.ts';
import { NODES, without } from '../../consensus/nodes.ts';
import { longBelief } from '../../consensus/settings.ts';
import { Electorate } from '../../shared/electorate.ts';

const ROUNDS = 2;

export const check: Check = {
  id: 'old-leader-asks-first',
  promise: 'A leader that was replaced and does not know it gives no old value',
  hints: [
    'A leader is cut off. For a while it says "I lead", and so does another. What must it find out before it answers a read?',
    'linearizableRead asks all peers after the read came; confirmReads waits until a majority has answered this round.',
  ],
  chapter: 'consensus/15-consensus-system.md#is-this-the-newest',
  services: NODES,
  settings: longBelief,
  stands:
    'read-asks-a-majority shows it of one node for certain; this one shows it in a cluster, of which etcd is one, too.',
  async run(trial: Trial) {
    const cluster = new Electorate(trial, NODES);
    const store = new KeyValues(trial);
    let believed = 0;
    for (let round = 1; round <= ROUNDS && believed === 0; round++) {
      const old = await cluster.leader();
      const others = without(old.node);
      const key = trial.unique('belief');
      await store.write(old.node, key, 'old');
      await store.expectValue(old.node, key, 'old', 'it leads');
      await trial.faults.isolate(old.node);
      const next = await cluster.leader({ among: others, after: old.term });
      await store.write(next.node, key, 'new');
      const health = await cluster.health(old.node);
      if (health?.role === 'leader') believed += 1;
      const why = `it led in term ${old.term}; ${next.node} leads in term ${next.term} and has acknowledged "new"`;
      await store.expectValueOrNothing(old.node, key, 'new', why);
      await store.expectValue(others[0]!, key, 'new', `${next.node} leads`);
      await trial.faults.heal();
    }
    trial.fact(
      believed > 0
        ? 'an old leader believed in itself when it was asked, and did not answer'
        : 'each old leader had stepped down before it could be asked',
    );
  },
};

import type { Check, Trial } from '../../../src/verify/check.ts';
import { Client } from '../../store/client.ts';
import { Cluster } from '../../store/cluster.ts';
import { NODES, without } from '../../store/nodes.ts';
import { longBelief } from '../../store/settings.ts';

const ROUNDS = 3;

export const check: Check = {
  id: 'old-leader-asks-first',
  promise: 'strong: a leader that was replaced and does not know it does not answer',
  hints: [
    'A leader is cut off. For a while it says "I lead", and so does another. What must it find out before it answers a read?',
    'leadership.confirm asks all nodes now and is true if a majority still follows. Ask after the read came, and heed the answer.',
  ],
  chapter: 'data-store/07-consistency.md#as-if-there-were-one',
  services: NODES,
  settings: longBelief,
  async run(trial: Trial) {
    const cluster = new Cluster(trial);
    const client = new Client(trial);
    const strong = { level: 'strong' } as const;
    let believed = 0;
    for (let round = 1; round <= ROUNDS && believed === 0; round++) {
      const old = await cluster.leader();
      const others = without(old.node);
      const key = trial.unique('belief');
      await client.write(old.node, key, 'old');
      await client.expectValue(old.node, key, 'old', strong, 'it leads');
      await trial.faults.isolate(old.node);
      const next = await cluster.leader({ among: others, after: old.term });
      await client.write(next.node, key, 'new');
      const why = `it led in term ${old.term}; ${next.node} leads in term ${next.term} and has acknowledged "new"`;
      await client.expectValueOrNothing(old.node, key, 'new', strong, why);
      // Who still leads now did so all the while it was asked.
      const health = await cluster.health(old.node);
      if (health?.role === 'leader' && health.term === old.term) believed += 1;
      await client.expectValue(others[0]!, key, 'new', strong, `${next.node} leads`);
      await trial.faults.heal();
    }
    trial.fact(
      believed > 0
        ? 'an old leader believed in itself when it was asked, and did not answer'
        : 'each old leader had stepped down before it could be asked',
    );
  },
};

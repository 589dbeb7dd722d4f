import type { Check, Trial } from '../../../src/verify/check.ts';
import { Cluster } from '../../consensus/cluster.ts';
import { NODES, without } from '../../consensus/nodes.ts';
import { ELECTION_MAX_MS, electing } from '../../consensus/settings.ts';

export const check: Check = {
  id: 'hears-no-majority',
  promise: 'A leader that is heard, but hears no majority for an election timeout, steps down',
  hints: [
    "All get the leader's heartbeats, and none of their answers arrives. Who could find out that this leader is of no use?",
    'A leader has an election timeout too. The given checkQuorum ends it with becomeFollower: does that make a follower of a leader when the term stays the same?',
  ],
  chapter: 'consensus/13-raft-leader-election.md#when-a-leader-gives-way',
  services: NODES,
  settings: electing,
  async run(trial: Trial) {
    const cluster = new Cluster(trial);
    const old = await cluster.leader();
    const others = without(old.node);
    // One way only: what they say does not reach it.
    await Promise.all(others.map((node) => trial.faults.cut(node, old.node)));
    const began = performance.now();
    let seen = '';
    await trial.eventually(
      `${old.node}, which hears nobody, leads in term ${old.term} no longer`,
      async () => {
        const health = await cluster.health(old.node);
        seen = health ? `${health.role} in term ${health.term}` : 'silent';
        return health !== undefined && (health.role !== 'leader' || health.term > old.term);
      },
      { withinMs: 8 * ELECTION_MAX_MS, seen: () => `it is ${seen}` },
    );
    const ms = Math.round(performance.now() - began);
    await trial.faults.heal();
    const next = await cluster.leader();
    await cluster.expectOneLeaderATerm();
    trial.fact(
      `${old.node} stepped down after ${ms} ms; with the network whole ${next.node} led in term ${next.term}`,
    );
  },
};

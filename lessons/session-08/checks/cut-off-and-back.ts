import type { Check, Trial } from '../../../src/verify/check.ts';
import { Cluster } from '../../consensus/cluster.ts';
import { NODES, without } from '../../consensus/nodes.ts';
import { ELECTION_MAX_MS, electing } from '../../consensus/settings.ts';

export const check: Check = {
  id: 'cut-off-and-back',
  promise:
    'A leader is cut off: the others elect one, it leads nobody; with the network whole there is one again',
  hints: [
    'On one side of the cut are two nodes, on the other one. Which side may have a leader, and what happens when they meet?',
    'The higher term wins when they meet: whoever hears of it enters it and follows. Then somebody must still be able to win an election in it.',
  ],
  chapter: 'consensus/12-raft-algorithm.md#terms',
  services: NODES,
  settings: electing,
  stands:
    'It shows terms that run apart and meet again. Each way to fail it that we know is caught sooner by a narrower check.',
  async run(trial: Trial) {
    const cluster = new Cluster(trial);
    const old = await cluster.leader();
    await trial.faults.isolate(old.node);
    const among = without(old.node);
    const next = await cluster.leader({ among, after: old.term, withinMs: 8 * ELECTION_MAX_MS });
    let alone = await cluster.health(old.node);
    await trial.eventually(
      `${old.node}, which is cut off, leads no longer`,
      async () => {
        alone = await cluster.health(old.node);
        return alone !== undefined && alone.role !== 'leader';
      },
      { withinMs: 8 * ELECTION_MAX_MS, seen: () => `it says "${alone?.role}" in term ${alone?.term}` },
    );
    // It goes on asking for votes that nobody hears of.
    await trial.elapse(ELECTION_MAX_MS);
    alone = await cluster.health(old.node);
    await trial.faults.heal();
    const led = await cluster.leader({ after: old.term, withinMs: 12 * ELECTION_MAX_MS });
    await cluster.expectOneLeaderATerm();
    trial.fact(
      `cut off, ${old.node} came to term ${alone?.term}, the others to ${next.term}; then ${led.node} led all in term ${led.term}`,
    );
  },
};

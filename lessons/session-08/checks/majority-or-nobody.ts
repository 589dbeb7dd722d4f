import type { Check, Trial } from '../../../src/verify/check.ts';
import { Cluster } from '../../consensus/cluster.ts';
import { NODES, without } from '../../consensus/nodes.ts';
import { ELECTION_MAX_MS, electing } from '../../consensus/settings.ts';

export const check: Check = {
  id: 'majority-or-nobody',
  promise: 'With two of three dead nobody leads; with one of them back somebody does',
  hints: [
    'One node of three is left. How many votes can it get, and how many does it need?',
    'A majority is more than half of all nodes, dead ones too: hasMajority(votes, clusterSize). The own vote counts once.',
  ],
  chapter: 'consensus/11-what-is-consensus.md#majorities',
  services: NODES,
  settings: electing,
  async run(trial: Trial) {
    const cluster = new Cluster(trial);
    const old = await cluster.leader();
    const [survivor, other] = without(old.node) as [string, string];
    await Promise.all([old.node, other].map((node) => trial.faults.kill(node)));
    let terms = 0;
    await trial.holds(
      `${survivor}, which is alone, does not lead`,
      async () => {
        const health = await cluster.health(survivor);
        terms = Math.max(terms, (health?.term ?? 0) - old.term);
        if (health?.role !== 'leader') return undefined;
        return {
          expected: `${survivor}, one of three nodes and alone, leads in no term`,
          seen: `it leads in term ${health.term}`,
        };
      },
      { forMs: 3 * ELECTION_MAX_MS },
    );
    await trial.faults.restart(other);
    const among = [survivor, other];
    const next = await cluster.leader({ among, withinMs: 12 * ELECTION_MAX_MS });
    await cluster.expectOneLeaderATerm();
    trial.fact(`alone, ${survivor} led in no term, and tried ${terms}; with ${other} back ${next.node} led`);
  },
};

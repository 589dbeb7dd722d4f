import type { Check, Trial } from '../../../src/verify/check.ts';
import { Cluster } from '../../consensus/cluster.ts';
import { divided, MAJORITY, NODES } from '../../consensus/nodes.ts';
import { ELECTION_MAX_MS, electing } from '../../consensus/settings.ts';

export const check: Check = {
  id: 'majority-or-nobody',
  promise: 'Without a majority nobody leads; with one node more somebody does',
  hints: [
    'One node of three is left, or two of five. How many votes can they get, and how many do they need?',
    'A majority is more than half of all nodes, dead ones too: hasMajority(votes, clusterSize). The own vote counts once.',
  ],
  chapter: 'consensus/11-what-is-consensus.md#majorities',
  services: NODES,
  settings: electing,
  stands:
    'It shows that no majority means no leader. A wrong count is caught sooner by counts-the-votes or hears-no-majority.',
  async run(trial: Trial) {
    const cluster = new Cluster(trial);
    const old = await cluster.leader();
    const { needed, spare } = divided(old.node);
    // The leader and as many others that one too few is left.
    const [other] = needed as [string];
    const left = [...needed.slice(1), ...spare];
    await Promise.all([old.node, other, ...left.splice(MAJORITY - 1)].map((node) => trial.faults.kill(node)));
    const who = left.join(' and ');
    const healths = () => Promise.all(left.map((node) => cluster.health(node)));
    const last = Math.max(old.term, ...(await healths()).map((health) => health?.term ?? 0));
    let term = last;
    await trial.holds(
      `of ${who}, which are no majority, nobody is elected`,
      async () => {
        for (const health of await healths()) {
          term = Math.max(term, health?.term ?? 0);
          if (health?.role !== 'leader' || health.term <= last) continue;
          return {
            expected: `of ${who}, ${left.length} of ${NODES.length} nodes, nobody is elected in any term`,
            seen: `${health.id} leads in term ${health.term}`,
          };
        }
        return undefined;
      },
      { forMs: 3 * ELECTION_MAX_MS },
    );
    await trial.eventually(`of ${who}, which are no majority, nobody leads any more`, async () =>
      (await healths()).every((health) => health !== undefined && health.role !== 'leader'),
    );
    await trial.faults.restart(other);
    const among = [...left, other];
    const next = await cluster.leader({ among, withinMs: 12 * ELECTION_MAX_MS });
    await cluster.expectOneLeaderATerm();
    trial.fact(`${who} came to term ${term} without a leader; with ${other} back ${next.node} led`);
  },
};

import type { Check, Trial } from '../../../src/verify/check.ts';
import { Client } from '../../store/client.ts';
import { Cluster } from '../../store/cluster.ts';
import { NODES, without } from '../../store/nodes.ts';
import { electing } from '../../store/settings.ts';

export const check: Check = {
  id: 'quorum-sees-it',
  promise: 'quorum: what was acknowledged is seen, also before a follower has applied it',
  hints: [
    'Two followers have the entry in their logs, and have not applied it. What do their values say, and what their logs?',
    'quorum.ts is given: a majority tells how long its logs are, and the read waits until that much is applied here.',
  ],
  chapter: 'data-store/07-consistency.md#ask-a-majority',
  services: NODES,
  settings: electing,
  async run(trial: Trial) {
    const cluster = new Cluster(trial);
    const { node: leader } = await cluster.leader();
    const client = new Client(trial);
    const key = trial.unique('quorum');
    await client.write(leader, key, 'old', { ack: 'all' });
    await cluster.logsAgree();
    const followers = without(leader);
    const quorum = { level: 'quorum' } as const;
    for (const node of followers) await client.expectValue(node, key, 'old', quorum, 'nothing is wrong yet');
    // The entry reaches the followers, and no heartbeat after it: so they do not learn that it is committed.
    const traps = await Promise.all(
      followers.map((to) =>
        trial.wire.trap({ from: leader, to, contains: '"Heartbeat"', action: 'hold-request', times: 0 }),
      ),
    );
    await client.write(leader, key, 'new');
    const asked = await Promise.all(
      followers.map((node) =>
        client.expectValueOrNothing(
          node,
          key,
          'new',
          quorum,
          `acknowledged by ${leader}, and no heartbeat since`,
        ),
      ),
    );
    await Promise.all(traps.map((trap) => trap.remove()));
    await cluster.leader();
    for (const node of NODES) await client.expectValue(node, key, 'new', quorum, 'nothing is wrong any more');
    trial.fact(
      `while no heartbeat came, ${followers.join(' and ')} answered ${asked.map(({ status }) => status).join(' and ')}`,
    );
  },
};

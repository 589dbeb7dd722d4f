import type { Check, Trial } from '../../../src/verify/check.ts';
import { Client } from '../../store/client.ts';
import { Cluster } from '../../store/cluster.ts';
import { NODES, without } from '../../store/nodes.ts';
import { ELECTION_MAX_MS, electing } from '../../store/settings.ts';

export const check: Check = {
  id: 'new-leader-looks-first',
  promise: 'strong: a new leader answers when it knows what the one before has promised',
  hints: [
    'The old leader has acknowledged a write and died before it could tell that it is committed. What does the new one know?',
    'It has the entry in its log, not among its values. leadership.isReady tells when its own first entry is committed, and with it all before.',
  ],
  chapter: 'data-store/07-consistency.md#as-if-there-were-one',
  services: NODES,
  settings: electing,
  async run(trial: Trial) {
    const cluster = new Cluster(trial);
    const client = new Client(trial);
    const old = await cluster.leader();
    const others = without(old.node) as [string, string];
    const key = trial.unique('promised');
    await client.write(old.node, key, 'before', { ack: 'all' });
    await cluster.logsAgree();
    // The entry arrives everywhere; that it is committed is told to nobody.
    for (const to of others) {
      await trial.wire.trap({
        from: old.node,
        to,
        contains: '"Heartbeat"',
        action: 'lose-request',
        times: 0,
      });
    }
    await client.write(old.node, key, 'acknowledged', { ack: 'all' });
    // The new leader's first entry does not arrive anywhere: it cannot be committed.
    const [one, other] = others;
    const traps = [
      await trial.wire.trap({
        from: one,
        to: other,
        contains: '"Replicate"',
        action: 'lose-request',
        times: 0,
      }),
      await trial.wire.trap({
        from: other,
        to: one,
        contains: '"Replicate"',
        action: 'lose-request',
        times: 0,
      }),
    ];
    await trial.faults.kill(old.node);
    const next = await cluster.leader({ among: others, after: old.term, withinMs: 6 * ELECTION_MAX_MS });
    const strong = { level: 'strong' } as const;
    const blind = await client.expectValueOrNothing(
      next.node,
      key,
      'acknowledged',
      strong,
      `elected just now; ${old.node} has acknowledged this before it died`,
    );
    await Promise.all(traps.map((trap) => trap.remove()));
    await trial.eventually('the new leader answers', async () => {
      const answer = await client.expectValueOrNothing(
        next.node,
        key,
        'acknowledged',
        strong,
        'a little later',
      );
      return answer.status === 200;
    });
    trial.fact(
      `${next.node} answered ${blind.status} until its own first entry was committed, and then the value`,
    );
  },
};

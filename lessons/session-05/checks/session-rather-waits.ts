import type { Check, Trial } from '../../../src/verify/check.ts';
import { Client } from '../../store/client.ts';
import { Cluster } from '../../store/cluster.ts';
import { NODES, without } from '../../store/nodes.ts';
import { ELECTION_MAX_MS, electing } from '../../store/settings.ts';

/** An answer must not take longer than this on an idle machine, ms. */
const BOUND_MS = 5_000;
const FROM_THE_FUTURE = '999999999';

export const check: Check = {
  id: 'session-rather-waits',
  promise: 'session: a node that is behind gives the old value to nobody who has seen more',
  hints: [
    'A node is cut off, and a client shows it that it has seen more. What may the node answer? And what to a client that has not?',
    'applied.reaches gives false when it has waited for long enough: return undefined then. If it gives true, nobody else need be asked.',
  ],
  chapter: 'data-store/07-consistency.md#a-slip-of-paper',
  services: NODES,
  settings: electing,
  async run(trial: Trial) {
    const cluster = new Cluster(trial);
    const { node: leader } = await cluster.leader();
    const [away] = without(leader) as [string];
    const key = trial.unique('profile');
    const ann = new Client(trial);
    const ben = new Client(trial);
    await ann.write(leader, key, 'first', { ack: 'all' });
    const first = ann.token;
    ben.token = first;
    const timeoutMs = trial.patience(BOUND_MS);
    const session = { level: 'session', timeoutMs } as const;
    await ben.expectValue(away, key, 'first', session, 'before it was cut off');
    // Perhaps somebody else has answered: a copy of its own it must have, too.
    await trial.eventually(`${away} has "first" itself`, async () => {
      const { status, body } = await new Client(trial).get(away, key, { level: 'eventual', timeoutMs });
      return status === 200 && body?.value === 'first';
    });
    await trial.faults.isolate(away);
    await ann.write(leader, key, 'second');
    await trial.eventually(
      `${away}, cut off, knows of no leader any more`,
      async () => (await cluster.health(away))?.leader === null,
      { withinMs: 6 * ELECTION_MAX_MS },
    );
    await ann.expectValueOrNothing(
      away,
      key,
      'second',
      session,
      'cut off, asked by who has written "second"',
    );
    // Whoever has answered for it may have come further than the write.
    ben.token = first;
    await ben.expectValue(away, key, 'first', session, 'cut off, asked by who has seen no more than "first"');
    await trial.faults.heal();
    await cluster.leader();
    await ann.expectValue(away, key, 'second', session, 'after the network is whole');
    await Promise.all(NODES.map((node) => fromTheFuture(trial, node, key, timeoutMs)));
    trial.fact(`${away}, cut off, gave the old value to one client and none to the other`);
  },
};

/** No node has come so far, and none will soon. */
async function fromTheFuture(trial: Trial, node: string, key: string, timeoutMs: number): Promise<void> {
  const client = new Client(trial, FROM_THE_FUTURE);
  const answer = await client.get(node, key, { level: 'session', timeoutMs });
  const what = `GET /${key}?consistency=session at ${node} with the token ${FROM_THE_FUTURE}`;
  trial.expectStatus(answer, [503, 504], what);
}

import type { Check, Trial } from '../../../src/verify/check.ts';
import { decided } from '../../shared/decided.ts';
import { Client } from '../../store/client.ts';
import { Cluster } from '../../store/cluster.ts';
import { Guarantees } from '../../store/guarantees.ts';
import { NODES, without } from '../../store/nodes.ts';
import { electing } from '../../store/settings.ts';

/** How long a message to the slow follower takes: longer than from one request of a client to the next, ms. */
const SLOW_MS = 80;
const ROUNDS = 5;

export const check: Check = {
  id: 'session-follows-its-client',
  promise: 'session: who hops from node to node sees its own writes and never goes back',
  hints: [
    'The client carries a number that says what it has seen. What does a node do that has not come so far?',
    'Wait until this.#keyValues.applied reaches the token, and only then read. The answer brings the token for the next request.',
  ],
  chapter: 'data-store/07-consistency.md#a-slip-of-paper',
  services: NODES,
  settings: electing,
  async run(trial: Trial) {
    const { node: leader } = await new Cluster(trial).leader();
    const [slow, other] = without(leader) as [string, string];
    await trial.faults.delay(SLOW_MS, leader, slow);
    const hops = [slow, leader, other, slow] as const;
    const clients = ['Ann', 'Ben'].map((name) => ({
      name,
      client: new Client(trial),
      guarantees: new Guarantees(trial, name),
    }));
    const keys = [trial.unique('ann'), trial.unique('ben')];
    let reads = 0;
    const work = async (who: (typeof clients)[number], own: string) => {
      for (let round = 0; round < ROUNDS; round++) {
        who.guarantees.wrote(own, await who.client.write(leader, own, round));
        for (const [n, node] of hops.entries()) {
          // Its own key and the other's in turn: what was seen of one counts for the other too.
          const key = n % 2 === 0 ? own : keys.find((each) => each !== own)!;
          const what = `GET /${key}?consistency=session at ${node}`;
          const answer = await decided(trial, what, [200, 404], () =>
            who.client.get(node, key, { level: 'session' }),
          );
          who.guarantees.read(key, answer.body?.version, `at ${node}, with the token ${who.client.token}`);
          reads += 1;
        }
      }
    };
    await Promise.all(clients.map((who, n) => work(who, keys[n]!)));
    await toldByAnother(trial, leader, slow);
    trial.fact(
      `${reads} reads of two clients at ${NODES.length} nodes, of which ${slow} was ${SLOW_MS} ms behind`,
    );
  },
};

/** Ann tells Ben what she has written, and gives him her token. */
async function toldByAnother(trial: Trial, leader: string, slow: string): Promise<void> {
  const ann = new Client(trial);
  const key = trial.unique('post');
  await ann.write(leader, key, 'edited');
  const ben = new Client(trial, ann.token);
  await ben.expectValue(
    slow,
    key,
    'edited',
    { level: 'session' },
    'asked with the token of the client that wrote it',
  );
}

import type { Check, Trial } from '../../../src/verify/check.ts';
import { brief } from '../../shared/brief.ts';
import { Client, LEVELS, type Level } from '../../store/client.ts';
import { Cluster } from '../../store/cluster.ts';
import { NODES } from '../../store/nodes.ts';
import { electing } from '../../store/settings.ts';

const FRESH: readonly Level[] = ['session', 'quorum', 'strong'];

export const check: Check = {
  id: 'levels-agree',
  promise: 'While nothing is wrong every level gives what was written, eventual a little later',
  hints: [
    'Which of the four levels may a follower answer by itself, and which must somebody else confirm?',
    'A read that this node cannot answer returns undefined: then it goes to the leader. strong: only the leader answers it.',
  ],
  chapter: 'data-store/07-consistency.md#running-the-example',
  services: NODES,
  settings: electing,
  async run(trial: Trial) {
    const { node: leader } = await new Cluster(trial).leader();
    const client = new Client(trial);
    for (const node of NODES) {
      const key = trial.unique('level');
      await client.write(node, key, 'new');
      trial.expect(client.token !== undefined, {
        expected: 'every write is answered with the header X-Session-Token',
        seen: `PUT /${key} at ${node} had none`,
      });
      for (const other of NODES) {
        for (const level of FRESH) {
          await client.expectValue(other, key, 'new', { level }, `written at ${node} just before`);
        }
        await client.expectValue(other, key, 'new', {}, `written at ${node} just before`);
        await becomesNew(trial, client, other, key);
      }
    }
    const missing = trial.unique('never-written');
    for (const level of LEVELS) {
      const answer = await client.get('node2', missing, { level });
      const what = `GET /${missing}?consistency=${level}, which nobody has written,`;
      trial.expectStatus(answer, 404, what);
      trial.expect(Number.isInteger(answer.body?.version), {
        expected: `${what} carries a version: 404 says "no such key, as of then"`,
        seen: brief(answer.body),
      });
      trial.expect(answer.headers['x-session-token'] !== undefined, {
        expected: `${what} carries a session token too`,
        seen: `its headers are ${brief(Object.keys(answer.headers))}`,
      });
    }
    trial.fact(`${leader} led; ${LEVELS.join(', ')} gave the same at all nodes`);
  },
};

function becomesNew(trial: Trial, client: Client, node: string, key: string): Promise<unknown> {
  let seen = '';
  return trial.eventually(
    `GET /${key}?consistency=eventual at ${node} gives what was written`,
    async () => {
      const answer = await client.get(node, key, { level: 'eventual' });
      seen = `${answer.status} ${brief(answer.body)}`;
      trial.expectStatus(answer, [200, 404], `GET /${key}?consistency=eventual at ${node}`);
      return answer.status === 200 && answer.body.value === 'new';
    },
    { withinMs: 3_000, seen: () => seen },
  );
}

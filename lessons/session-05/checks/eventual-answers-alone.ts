import type { Check, Trial } from '../../../src/verify/check.ts';
import { brief } from '../../shared/brief.ts';
import { Client } from '../../store/client.ts';
import { Cluster } from '../../store/cluster.ts';
import { NODES, without } from '../../store/nodes.ts';
import { ELECTION_MAX_MS, electing } from '../../store/settings.ts';

export const check: Check = {
  id: 'eventual-answers-alone',
  promise: 'eventual answers from what this node has, also cut off and without a leader',
  hints: [
    'What does a node know without asking anybody? And what can it not know?',
    'eventual reads this.#keyValues and asks nobody. strong at a node that does not lead returns undefined.',
  ],
  chapter: 'data-store/07-consistency.md#the-ladder',
  services: NODES,
  settings: electing,
  async run(trial: Trial) {
    const cluster = new Cluster(trial);
    const client = new Client(trial);
    const key = trial.unique('timetable');
    const { node: leader } = await cluster.leader();
    const [away] = without(leader) as [string];
    const eventual = { level: 'eventual' } as const;
    await client.write(leader, key, 'old');
    await reads(trial, client, away, key, 'old');
    await trial.faults.isolate(away);
    await client.write(leader, key, 'new');
    const began = performance.now();
    await trial.eventually(
      `${away}, cut off, knows of no leader any more`,
      async () => (await cluster.health(away))?.leader === null,
      { withinMs: 6 * ELECTION_MAX_MS },
    );
    const asked = performance.now();
    await client.expectValue(away, key, 'old', eventual, 'it is cut off and missed the new one');
    const answeredMs = Math.round(performance.now() - asked);
    const staleMs = Math.round(performance.now() - began);
    for (const asked of [{ level: 'strong' }, { level: 'quorum' }, {}] as const) {
      const answer = await client.get(away, key, asked);
      const how = 'level' in asked ? `?consistency=${asked.level}` : ', that is strong,';
      trial.expectStatus(answer, [503, 504], `GET /${key}${how} at ${away}, which is cut off,`);
    }
    await client.expectValue(
      leader,
      key,
      'new',
      { level: 'strong' },
      `written there, while ${away} is cut off`,
    );
    await trial.faults.heal();
    await reads(trial, client, away, key, 'new');
    trial.fact(
      `${away} still answered with the old value ${staleMs} ms after the new one was written, in ${answeredMs} ms`,
    );
  },
};

function reads(trial: Trial, client: Client, node: string, key: string, value: string): Promise<unknown> {
  let seen = '';
  return trial.eventually(
    `GET /${key}?consistency=eventual at ${node} gives "${value}"`,
    async () => {
      const answer = await client.get(node, key, { level: 'eventual' });
      seen = `${answer.status} ${brief(answer.body)}`;
      return answer.status === 200 && answer.body.value === value;
    },
    { withinMs: 5_000, seen: () => seen },
  );
}

import type { Check, Trial } from '../../../src/verify/check.ts';
import { Client } from '../../store/client.ts';
import { Cluster } from '../../store/cluster.ts';
import { NODES, without } from '../../store/nodes.ts';
import { electing } from '../../store/settings.ts';
import { expectInLog } from '../../store/writers.ts';

const WRITES = 5;

export const check: Check = {
  id: 'acknowledged-as-asked',
  promise: 'ack=all waits for all three, ack=majority for two, ack=one for nobody but the leader',
  hints: [
    'Who must have a write on disk before the client hears "done"? The client has said it.',
    'isAcknowledged: the leader has the entry already. leadership.isOnMajority and leadership.isOnAll wait for the others.',
  ],
  chapter: 'data-store/07-consistency.md#acknowledged-by-whom',
  services: NODES,
  settings: electing,
  async run(trial: Trial) {
    const cluster = new Cluster(trial);
    const client = new Client(trial);
    await cluster.leader();
    for (let n = 0; n < WRITES; n++) {
      const key = trial.unique('all');
      const version = await client.write(NODES[n % 3]!, key, n, { ack: 'all' });
      for (const node of NODES) {
        const log = await cluster.log(node, version);
        expectInLog(
          trial,
          [{ key, value: n, version }],
          log,
          `the log of ${node}, when ack=all was answered`,
        );
      }
    }
    const { node: leader, term } = await cluster.leader();
    const [away, near] = without(leader) as [string, string];
    await trial.faults.isolate(away);
    const all = client.put(leader, trial.unique('all'), 'for all', { ack: 'all' });
    // It comes behind the one for all in the log: so that one is on a majority now too.
    await client.write(leader, trial.unique('two'), 'for two', { ack: 'majority' });
    await trial.faults.isolate(near);
    const now = await cluster.health(leader);
    if (now?.role !== 'leader' || now.term !== term) {
      trial.inconclusive(
        `${leader} led no longer when ${away} and ${near} were cut off.`,
        'Run it again when the machine is less busy.',
      );
    }
    const alone = `at ${leader}, while ${away} and ${near} are cut off,`;
    const one = await client.put(leader, trial.unique('one'), 'for one', { ack: 'one' });
    trial.expectStatus(one, 200, `PUT with ack=one ${alone}`);
    const two = await client.put(leader, trial.unique('two'), 'for two', {});
    trial.expectStatus(two, [503, 504], `PUT without ack, that is ack=majority, ${alone}`);
    trial.expectStatus(await all, 504, `PUT with ack=all at ${leader}, while ${away} is cut off,`);
    await trial.faults.heal();
    const log = await cluster.logsAgree();
    const fate = log.some(({ value }) => value === 'for one') ? 'has survived' : 'is lost';
    trial.fact(
      `cut off, ${leader} acknowledged ack=one alone; after the network was whole that write ${fate}`,
    );
  },
};

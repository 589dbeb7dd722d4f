import type { Check, Trial } from '../../../src/verify/check.ts';
import { startRecordedClients } from '../../shared/histories.ts';
import { Cluster } from '../../store/cluster.ts';
import { NODES, without } from '../../store/nodes.ts';
import { ELECTION_MAX_MS, electing } from '../../store/settings.ts';
import { strongWorkload } from '../../store/workload.ts';

const CLIENTS = 5;
const KEYS = 3;
const OPERATIONS = 25;
const WITHIN_MS = 6 * ELECTION_MAX_MS;

export const check: Check = {
  id: 'one-copy',
  promise: 'strong reads and acknowledged writes are linearizable, whatever happens to leaders',
  hints: [
    'Draw each operation as a bar from its call to its answer. Can you choose a moment in every bar so that the answers fit?',
    'A strong read at a node that was replaced is the usual culprit: confirm leadership after the read came, and be ready first.',
  ],
  chapter: 'data-store/07-consistency.md#as-if-there-were-one',
  services: NODES,
  settings: electing,
  stands:
    'It judges what nobody has thought of. Each way to fail it that we know is caught sooner by a narrower check.',
  async run(trial: Trial) {
    const cluster = new Cluster(trial);
    let led = await cluster.leader();
    const clients = startRecordedClients(trial, NODES, strongWorkload, { clients: CLIENTS, keys: KEYS });
    const replaced = async () => {
      const among = without(led.node);
      led = await cluster.leader({ among, after: led.term, withinMs: WITHIN_MS });
      await clients.more(OPERATIONS);
    };
    await clients.more(OPERATIONS);
    const victim = led.node;
    await trial.faults.isolate(victim);
    await replaced();
    await trial.faults.heal();
    await clients.more(OPERATIONS);
    led = await cluster.leader();
    const asleep = led.node;
    await trial.faults.pause(asleep);
    await replaced();
    await trial.faults.resume(asleep);
    led = await cluster.leader();
    const dead = led.node;
    await trial.faults.kill(dead);
    await replaced();
    await trial.faults.restart(dead);
    await clients.more(OPERATIONS);
    await clients.stop();
    const operations = await clients.expectLinearizable();
    trial.fact(
      `${operations} operations of ${CLIENTS} clients while ${victim} was cut off, ${asleep} paused and ${dead} killed: as if there were one copy`,
    );
  },
};

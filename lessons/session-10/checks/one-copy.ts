import type { Check, Trial } from '../../../src/verify/check.ts';
import { NODES, without } from '../../consensus/nodes.ts';
import { ELECTION_MAX_MS, electing } from '../../consensus/settings.ts';
import { everyKindOfRequest } from '../../consensus/workload.ts';
import { Electorate } from '../../shared/electorate.ts';
import { startRecordedClients } from '../../shared/histories.ts';

const CLIENTS = 5;
const KEYS = 4;
const OPERATIONS = 20;
const WITHIN_MS = 8 * ELECTION_MAX_MS;

export const check: Check = {
  id: 'one-copy',
  promise: 'As if there were one copy: whatever is killed and paused, in the end all at once',
  hints: [
    'Draw each operation as a bar from its call to its answer. Can you choose a moment in every bar so that the answers fit?',
    'A read at a leader that was replaced is the usual culprit, and a command that was applied twice the next. The narrower checks before this one name them.',
  ],
  chapter: 'consensus/15-consensus-system.md#as-if-there-were-one',
  services: NODES,
  settings: electing,
  stands:
    'It judges what nobody has thought of. Each way to fail it that we know is caught sooner by a narrower check.',
  async run(trial: Trial) {
    const cluster = new Electorate(trial, NODES);
    let led = await cluster.leader();
    const clients = startRecordedClients(trial, NODES, everyKindOfRequest(), {
      clients: CLIENTS,
      keys: KEYS,
    });
    const replaced = async () => {
      const among = without(led.node);
      led = await cluster.leader({ among, after: led.term, withinMs: WITHIN_MS });
      await clients.more(OPERATIONS);
    };
    await clients.more(OPERATIONS);
    const asleep = led.node;
    await trial.faults.pause(asleep);
    await replaced();
    await trial.faults.resume(asleep);
    await clients.more(OPERATIONS);
    led = await cluster.leader();
    const dead = led.node;
    await trial.faults.kill(dead);
    await replaced();
    await Promise.all(without(dead).map((node) => trial.faults.kill(node)));
    await Promise.all(NODES.map((node) => trial.faults.restart(node)));
    await clients.more(OPERATIONS);
    await clients.stop();
    const operations = await clients.expectLinearizable();
    trial.fact(
      `${operations} operations of ${CLIENTS} clients while ${asleep} was paused, ${dead} killed, and then all of them: as if there were one copy`,
    );
  },
};

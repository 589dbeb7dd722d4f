import type { Check, Trial } from '../../../src/verify/check.ts';
import { NODES, without } from '../../consensus/nodes.ts';
import { ELECTION_MAX_MS, electing } from '../../consensus/settings.ts';
import { everyKindOfRequest } from '../../consensus/workload.ts';
import { Electorate } from '../../shared/electorate.ts';
import { startRecordedClients } from '../../shared/histories.ts';

const CLIENTS = 5;
const KEYS = 4;
const OPERATIONS = 20;
/** While something is cut off: a leader that hears nobody, and asks for votes again and again, lets few succeed. */
const FEW_OPERATIONS = 6;
const WITHIN_MS = 8 * ELECTION_MAX_MS;
const LOSS = 0.1;

export const check: Check = {
  id: 'one-copy-cut-up',
  promise: 'As if there were one copy: whoever is cut off, on both sides or one, and however much is lost',
  hints: [
    'Draw each operation as a bar from its call to its answer. Can you choose a moment in every bar so that the answers fit?',
    'Which node gave the answer that fits nowhere, and what could it not know? The narrower checks before this one name the usual mistakes.',
  ],
  chapter: 'consensus/15-consensus-system.md#as-if-there-were-one',
  services: NODES,
  settings: electing,
  stands:
    'It judges what nobody has thought of. Each way to fail it that we know is caught sooner by a narrower check.',
  async run(trial: Trial) {
    const cluster = new Electorate(trial, NODES);
    const clients = startRecordedClients(trial, NODES, everyKindOfRequest(), {
      clients: CLIENTS,
      keys: KEYS,
    });
    const faults: string[] = [];
    /** @param fault what happens to the links of the leader; afterwards the network is whole */
    const during = async (what: string, fault: (leader: string, others: string[]) => Promise<unknown>) => {
      const { node } = await cluster.leader({ withinMs: WITHIN_MS });
      await clients.more(OPERATIONS);
      await fault(node, without(node));
      faults.push(what);
      await clients.more(FEW_OPERATIONS);
      await trial.faults.heal();
    };
    await during('the leader was cut off', (leader) => trial.faults.isolate(leader));
    await during('a follower was cut off', (_, [follower]) => trial.faults.isolate(follower!));
    await during('a follower was not heard by the leader', (leader, [follower]) =>
      trial.faults.cut(follower!, leader),
    );
    // Its commands arrive, and may be committed by another leader: only it does not hear so.
    await during('the leader heard nobody', (leader, others) =>
      Promise.all(others.map((follower) => trial.faults.cut(follower, leader))),
    );
    await during('many messages were lost', async () => {
      for (const node of NODES) await trial.faults.loss(LOSS, node);
    });
    await clients.more(OPERATIONS);
    await clients.stop();
    const operations = await clients.expectLinearizable();
    trial.fact(
      `${operations} operations of ${CLIENTS} clients while ${faults.join(', ')}: as if there were one copy`,
    );
  },
};

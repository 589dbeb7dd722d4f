import type { Check, Trial } from '../../../src/verify/check.ts';
import { Cluster } from '../../consensus/cluster.ts';
import { expectInLog, startCommanders } from '../../consensus/commands.ts';
import { NODES, without } from '../../consensus/nodes.ts';
import { electing } from '../../consensus/settings.ts';

const CLIENTS = 5;
const COMMANDS = 30;
/** Of all that a node sends and gets: so a question and its answer are lost four times as often. */
const LOSS = 0.1;

export const check: Check = {
  id: 'bad-network',
  promise: 'Many messages are lost, then two nodes do not hear each other: all that was acknowledged stays',
  hints: [
    'Messages are lost, come late, and are answered when nobody waits any more. Which of them may change something?',
    'Say nothing twice in another way: a message of an earlier term, an answer of an earlier term and an old refusal change nothing.',
  ],
  chapter: 'consensus/14-log-replication.md#what-may-go-wrong',
  services: NODES,
  settings: electing,
  stands:
    'It judges what nobody has thought of. Each way to fail it that we know is caught sooner by a narrower check.',
  async run(trial: Trial) {
    const cluster = new Cluster(trial);
    const { node: leader } = await cluster.leader();
    const commanders = startCommanders(trial, NODES, CLIENTS);
    for (const node of NODES) await trial.faults.loss(LOSS, node);
    await commanders.more(COMMANDS);
    await cluster.expectCommittedIsFinal();
    await trial.faults.heal();
    // A bridge: the leader sees both others, and these do not see each other.
    const [one, other] = without(leader) as [string, string];
    await trial.faults.cut(one, other);
    await trial.faults.cut(other, one);
    await commanders.more(COMMANDS);
    await cluster.expectCommittedIsFinal();
    await trial.faults.heal();
    await commanders.stop();
    const log = await cluster.logsAgree();
    expectInLog(trial, commanders.acknowledged, log, 'all logs');
    await cluster.applied(commanders.acknowledged.at(-1)!.index);
    await cluster.expectCommittedIsFinal();
    await cluster.expectOneLeaderATerm();
    trial.fact(`${commanders.acknowledged.length} acknowledged commands, all of them in all logs`);
  },
};

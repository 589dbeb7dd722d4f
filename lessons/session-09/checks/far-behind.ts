import type { Check, Trial } from '../../../src/verify/check.ts';
import { Cluster } from '../../consensus/cluster.ts';
import { expectInLog, startCommanders } from '../../consensus/commands.ts';
import { NODES, without } from '../../consensus/nodes.ts';
import { electing } from '../../consensus/settings.ts';

const CLIENTS = 20;
const COMMANDS = 400;

export const check: Check = {
  id: 'far-behind',
  promise: 'A follower that missed 400 commands catches up, while the others go on',
  hints: [
    'The follower was dead for 400 commands. What does the leader send it first, and what if that does not fit?',
    'After a refusal onAppendEntriesResponse sets nextIndex back, by one at least, and sends again at once; after a success it sends what is still missing.',
  ],
  chapter: 'consensus/14-log-replication.md#repairing-a-log',
  services: NODES,
  settings: electing,
  stands: 'It is the way a follower falls behind in life; finds-where-logs-part is narrower.',
  async run(trial: Trial) {
    const cluster = new Cluster(trial);
    const { node: leader } = await cluster.leader();
    const [away] = without(leader) as [string];
    await trial.faults.kill(away);
    const commanders = startCommanders(trial, without(away), CLIENTS);
    await commanders.more(COMMANDS);
    await trial.faults.restart(away);
    const began = performance.now();
    await commanders.more(CLIENTS);
    await commanders.stop();
    const log = await cluster.logsAgree();
    const ms = Math.round(performance.now() - began);
    expectInLog(trial, commanders.acknowledged, log, 'all logs');
    await cluster.applied(commanders.acknowledged.at(-1)!.index);
    trial.fact(`${away} missed ${COMMANDS} commands and had them ${ms} ms after it was back`);
  },
};

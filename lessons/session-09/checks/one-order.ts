import type { Check, Trial } from '../../../src/verify/check.ts';
import { Cluster } from '../../consensus/cluster.ts';
import { expectInLog, startCommanders } from '../../consensus/commands.ts';
import { NODES } from '../../consensus/nodes.ts';
import { electing } from '../../consensus/settings.ts';

const CLIENTS = 8;
const COMMANDS = 80;

export const check: Check = {
  id: 'one-order',
  promise: 'Many clients, one order: each command has an index of its own, the same in all logs',
  hints: [
    'Commands come while others are on their way to the followers. What has a follower got when it answers: all that the leader has by now?',
    'onAppendEntriesResponse is given what was sent: matchIndex is prevLogIndex and the number of entries of that message, not the end of the log.',
  ],
  chapter: 'consensus/14-log-replication.md#one-log',
  services: NODES,
  settings: electing,
  async run(trial: Trial) {
    const cluster = new Cluster(trial);
    const { node: leader } = await cluster.leader();
    const commanders = startCommanders(trial, NODES, CLIENTS);
    await commanders.more(COMMANDS);
    await commanders.stop();
    const { acknowledged } = commanders;
    const indexes = new Set(acknowledged.map(({ index }) => index));
    trial.expectEqual(
      indexes.size,
      acknowledged.length,
      'the number of indexes that were given to the commands',
    );
    await cluster.applied(Math.max(...indexes));
    expectInLog(trial, acknowledged, await cluster.logsAgree(), 'all logs');
    trial.fact(
      `${acknowledged.length} commands of ${CLIENTS} clients, ordered by ${leader}, alike in all logs`,
    );
  },
};

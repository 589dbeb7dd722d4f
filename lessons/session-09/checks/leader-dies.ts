import type { Check, Trial } from '../../../src/verify/check.ts';
import { Cluster } from '../../consensus/cluster.ts';
import { expectInLog, startCommanders } from '../../consensus/commands.ts';
import { NODES, without } from '../../consensus/nodes.ts';
import { ELECTION_MAX_MS, electing } from '../../consensus/settings.ts';

const CLIENTS = 5;
const COMMANDS = 40;

export const check: Check = {
  id: 'leader-dies',
  promise: 'The leader is killed under five clients: another goes on, and nothing acknowledged is lost',
  hints: [
    'The dead leader had said "done" to commands. Who else has them, and can somebody be elected who has not?',
    'Say success only to what is on disk (onAppendEntries), commit only what a majority has (advanceCommitIndex), vote for no log that lacks it (onRequestVote).',
  ],
  chapter: 'consensus/14-log-replication.md#when-is-an-entry-committed',
  services: NODES,
  settings: electing,
  stands:
    'It is what the session is for. Each way to fail it that we know is caught sooner by a narrower check.',
  async run(trial: Trial) {
    const cluster = new Cluster(trial);
    const old = await cluster.leader();
    const commanders = startCommanders(trial, NODES, CLIENTS);
    await commanders.more(COMMANDS);
    await cluster.expectCommittedIsFinal();
    const before = commanders.acknowledged.length;
    await trial.faults.kill(old.node);
    const among = without(old.node);
    const next = await cluster.leader({ among, after: old.term, withinMs: 8 * ELECTION_MAX_MS });
    await commanders.more(COMMANDS);
    await cluster.expectCommittedIsFinal(among);
    await commanders.stop();
    await trial.faults.restart(old.node);
    const log = await cluster.logsAgree();
    expectInLog(trial, commanders.acknowledged, log, 'all logs');
    await cluster.applied(commanders.acknowledged.at(-1)!.index);
    await cluster.expectCommittedIsFinal();
    trial.fact(
      `${next.node} went on for ${old.node}; all ${commanders.acknowledged.length} acknowledged commands are there, ${before} of them from before`,
    );
  },
};

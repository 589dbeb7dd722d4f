import type { Check, Trial } from '../../../src/verify/check.ts';
import { Cluster } from '../../consensus/cluster.ts';
import { command, expectInLog, tryCommand } from '../../consensus/commands.ts';
import { NODES, without } from '../../consensus/nodes.ts';
import { ELECTION_MAX_MS, electing } from '../../consensus/settings.ts';

const DRAFTS = 4;

export const check: Check = {
  id: 'wrong-entries-are-replaced',
  promise: 'What a leader wrote alone is never acknowledged, and gives way to what a majority has committed',
  hints: [
    'A leader is cut off and goes on writing. What are these entries worth, and who takes them away?',
    'onAppendEntries cuts its own log at the first entry whose term differs from that of the leader, and takes the rest.',
  ],
  chapter: 'consensus/14-log-replication.md#repairing-a-log',
  services: NODES,
  settings: electing,
  stands: 'It shows in a cluster what conflicts-are-cut decides about one node.',
  async run(trial: Trial) {
    const cluster = new Cluster(trial);
    const old = await cluster.leader();
    await cluster.logsAgree();
    await trial.faults.isolate(old.node);
    const drafts = Array.from({ length: DRAFTS }, () =>
      tryCommand(trial, old.node, trial.unique('draft'), 'draft'),
    );
    const among = without(old.node);
    const next = await cluster.leader({ among, after: old.term, withinMs: 8 * ELECTION_MAX_MS });
    const written = [
      await command(trial, next.node, trial.unique('kept'), 1, among),
      await command(trial, next.node, trial.unique('kept'), 2, among),
    ];
    await cluster.expectCommittedIsFinal();
    const answers = await Promise.all(drafts);
    for (const answer of answers) {
      trial.expect(answer?.status !== 200, {
        expected: `${old.node}, which is cut off, acknowledges no command: the others do not have it`,
        seen: `200 ${JSON.stringify(answer?.body)}`,
      });
    }
    const said = answers.map((answer) => answer?.status ?? 'nothing').join(', ');
    await trial.faults.heal();
    expectInLog(trial, written, await cluster.logsAgree(), 'all logs, after the network is whole');
    await cluster.applied(written[1]!.index);
    await cluster.expectCommittedIsFinal();
    await cluster.expectOneLeaderATerm();
    trial.fact(
      `${old.node} answered ${said} while it was cut off; what ${next.node} committed stands in all logs`,
    );
  },
};

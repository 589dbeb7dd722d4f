import type { Check, Trial } from '../../../src/verify/check.ts';
import { Cluster } from '../../consensus/cluster.ts';
import { command, expectInLog } from '../../consensus/commands.ts';
import { NODES, without } from '../../consensus/nodes.ts';
import { electing } from '../../consensus/settings.ts';

export const check: Check = {
  id: 'command-is-an-entry',
  promise: 'A command becomes an entry of all logs, committed and applied; who does not lead says who does',
  hints: [
    'The leader has written the command into its log. Who must do what until it may say "done"?',
    'onAppendEntries takes it over, onAppendEntriesResponse notes who has it, advanceCommitIndex finds that a majority has. Which of them never says so?',
  ],
  chapter: 'consensus/14-log-replication.md#running-the-example',
  services: NODES,
  settings: electing,
  async run(trial: Trial) {
    const cluster = new Cluster(trial);
    const { node: leader } = await cluster.leader();
    const first = await command(trial, leader, trial.unique('first'), 1);
    const second = await command(trial, leader, trial.unique('second'), { two: [2, null] });
    trial.expect(second.index > first.index && first.index >= 2, {
      expected:
        'the first command has index 2 or more (1 is what the leader wrote itself), the second a larger one',
      seen: `${first.index} and ${second.index}`,
    });
    await cluster.applied(second.index);
    const log = await cluster.logsAgree();
    trial.expectEqual(
      log[first.index - 1]?.command?.value,
      1,
      `the value in entry ${first.index} of all logs`,
    );
    trial.expectEqual(
      log[second.index - 1]?.command?.value,
      { two: [2, null] },
      `the value in entry ${second.index} of all logs`,
    );
    expectInLog(trial, [first], log, 'all logs');
    for (const node of without(leader)) {
      const what = `POST /command at ${node}, while ${leader} leads,`;
      const answer = await trial.node(node).call('POST', '/command', { key: 'elsewhere', value: 1 });
      // It may have been elected just now.
      if (answer.status === 200) continue;
      trial.expectStatus(answer, 421, what);
      trial.expectEqual(answer.body?.error, 'not_leader', `the error of ${what}`);
      const named = answer.body?.leader;
      trial.expect(named === null || (NODES as readonly string[]).includes(named), {
        expected: `${what} names the leader, or null`,
        seen: JSON.stringify(named),
      });
    }
    trial.fact(`two commands became entries ${first.index} and ${second.index} of all logs`);
  },
};

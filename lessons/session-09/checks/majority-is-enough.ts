import type { Check, Trial } from '../../../src/verify/check.ts';
import { Cluster } from '../../consensus/cluster.ts';
import { type Acknowledged, command, expectInLog } from '../../consensus/commands.ts';
import { divided, NODES } from '../../consensus/nodes.ts';
import { electing } from '../../consensus/settings.ts';

const COMMANDS = 10;
/** A healthy majority answers sooner than this, also where others are away, ms. */
const PROMPT_MS = 700;

export const check: Check = {
  id: 'majority-is-enough',
  promise: 'A command is acknowledged when a majority has it on disk, and needs nobody else for it',
  hints: [
    'Two of three have the entry. Is that enough to answer? Is less?',
    'advanceCommitIndex counts the leader too: an index is on a majority if hasMajority of the peers whose matchIndex has reached it, and one.',
  ],
  chapter: 'consensus/14-log-replication.md#when-is-an-entry-committed',
  services: NODES,
  settings: electing,
  async run(trial: Trial) {
    const cluster = new Cluster(trial);
    const { node: leader } = await cluster.leader();
    const { needed, spare } = divided(leader);
    const majority = [leader, ...needed];
    for (const far of spare) await trial.faults.isolate(far);
    const written: Acknowledged[] = [];
    let slowest = 0;
    for (let n = 0; n < COMMANDS; n++) {
      const entry = await command(trial, leader, trial.unique('m'), n, majority);
      slowest = Math.max(slowest, entry.ms);
      written.push(entry);
      for (const node of majority) {
        const log = await cluster.log(node, entry.index);
        expectInLog(trial, [entry], log, `the log of ${node}, at the moment of the answer`);
      }
    }
    trial.expect(slowest <= PROMPT_MS + trial.slackMs, {
      expected: `with ${spare.join(' and ')} cut off, ${majority.length} of ${NODES.length} nodes commit a command within ${PROMPT_MS} ms`,
      seen: `it took ${Math.round(slowest)} ms`,
    });
    await trial.faults.heal();
    expectInLog(trial, written, await cluster.logsAgree(), 'all logs, after the network is whole');
    trial.fact(
      `${COMMANDS} commands, each on ${majority.join(' and ')} when it was acknowledged (at most ${Math.round(slowest)} ms)`,
    );
  },
};

import type { Check, Trial } from '../../../src/verify/check.ts';
import { Cluster } from '../../consensus/cluster.ts';
import { type Acknowledged, command, expectInLog } from '../../consensus/commands.ts';
import { NODES } from '../../consensus/nodes.ts';
import { electing } from '../../consensus/settings.ts';

const COMMANDS = 12;

export const check: Check = {
  id: 'promised-is-on-disk',
  promise: 'What was acknowledged survives the death of all nodes at once, and is committed again',
  hints: [
    'A majority has said that it has the entry. Where is it when all of them die the moment after?',
    'Whatever changes the log sets effects.persist. After the restart nobody knows what was committed: the first entry of the new leader tells.',
  ],
  chapter: 'consensus/14-log-replication.md#when-is-an-entry-committed',
  services: NODES,
  settings: electing,
  stands: 'It is the promise itself; taken-is-on-disk is narrower, and does not depend on who leads.',
  async run(trial: Trial) {
    const cluster = new Cluster(trial);
    const { node: leader, term } = await cluster.leader();
    const written: Acknowledged[] = [];
    for (let n = 0; n < COMMANDS; n++) written.push(await command(trial, leader, trial.unique('kept'), n));
    await Promise.all(NODES.map((node) => trial.faults.kill(node)));
    await Promise.all(NODES.map((node) => trial.faults.restart(node)));
    await cluster.leader({ after: term });
    expectInLog(trial, written, await cluster.logsAgree(), 'all logs, after all nodes were killed');
    // No client asks for anything: the new leader commits what it has found by an entry of its own.
    await cluster.applied(written.at(-1)!.index);
    trial.fact(`${COMMANDS} commands were there, and committed, after all nodes were killed`);
  },
};

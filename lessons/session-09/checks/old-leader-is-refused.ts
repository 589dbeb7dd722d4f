import type { Check, Trial } from '../../../src/verify/check.ts';
import { position } from '../../consensus/messages.ts';
import { SUBJECT } from '../../consensus/nodes.ts';
import { Peer } from '../../consensus/peer.ts';
import { quiet } from '../../consensus/settings.ts';

export const check: Check = {
  id: 'old-leader-is-refused',
  promise: 'What a leader of an earlier term sends changes nothing, and is answered with the present term',
  hints: [
    'A leader wakes up after a long sleep and goes on as if nothing had happened. Who can stop it?',
    'onAppendEntries first looks at the term: is it earlier than currentTerm, then nothing of the message counts.',
  ],
  chapter: 'consensus/14-log-replication.md#old-messages',
  services: [SUBJECT],
  settings: quiet,
  async run(trial: Trial) {
    const peer = await Peer.meet(trial);
    const { end } = peer;
    const old = peer.term;
    const present = old + 2;
    const mark = trial.unique('e');
    const entries = peer.entries(end.index, [present, present], mark);
    const taken = await peer.append(end, entries, { term: present, from: 'node3' });
    trial.expectEqual(
      taken.success,
      true,
      `the success of node1 with entries of node3, which leads in term ${present},`,
    );
    const { commitIndex } = await peer.status();
    const late = peer.entries(end.index, [old, old, old], `${mark}-late`);
    const fitting = peer.entries(end.index + 2, [present], `${mark}-fitting`);
    for (const answer of [
      await peer.append(end, late, { term: old, leaderCommit: end.index + 3 }),
      await peer.append(position(entries[1]!), fitting, { term: old, leaderCommit: end.index + 3 }),
    ]) {
      trial.expectEqual(
        answer.success,
        false,
        `the success of node1, in term ${present}, with entries of a leader of term ${old},`,
      );
      trial.expectEqual(answer.term, present, `the term in which node1 answers a message of term ${old}`);
    }
    trial.expectEqual(await peer.logAfter(end.index), entries, 'what node1 has in its log then');
    const status = await peer.status();
    trial.expectEqual(
      [status.leader, status.commitIndex],
      ['node3', commitIndex],
      'the leader that node1 names then, and its commitIndex',
    );
    trial.fact(`in term ${present}, node1 refused what node2 sent as leader of term ${old}`);
  },
};

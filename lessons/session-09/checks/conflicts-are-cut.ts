import type { Check, Trial } from '../../../src/verify/check.ts';
import { position } from '../../consensus/messages.ts';
import { SUBJECT } from '../../consensus/nodes.ts';
import { Peer } from '../../consensus/peer.ts';
import { quiet } from '../../consensus/settings.ts';

export const check: Check = {
  id: 'conflicts-are-cut',
  promise: "Entries that differ from the leader's are cut where they begin to; success means: on disk",
  hints: [
    'This node wrote something that the new leader does not have. Where exactly do the two logs part?',
    'Walk through the entries: the same index and term stays; at the first that differs cutFrom there, and append the rest. Then effects.persist.',
  ],
  chapter: 'consensus/14-log-replication.md#repairing-a-log',
  services: [SUBJECT],
  settings: quiet,
  async run(trial: Trial) {
    const peer = await Peer.meet(trial);
    const { term, end } = peer;
    const mark = trial.unique('e');
    const old = peer.entries(end.index, [term, term, term, term], mark);
    const first = await peer.append(end, old);
    trial.expectEqual(first.success, true, 'the success of node1 with four entries that follow on its log');
    const [one, two, three] = old as [any, any, any];
    // The leader of the next term has the first two, and then the third one's command, which its client has repeated there.
    const next = term + 1;
    const other = { ...three, term: next };
    const cut = await peer.append(position(one), [two, other], { term: next, from: 'node3' });
    trial.expectEqual(
      { success: cut.success, matchIndex: cut.matchIndex },
      { success: true, matchIndex: other.index },
      `what node1 answers to entries ${two.index}, which is the same as its own, and ${other.index}, which is another`,
    );
    // The moment after the answer: what is not on disk now is gone.
    await trial.faults.kill(SUBJECT);
    await trial.faults.restart(SUBJECT);
    trial.expectEqual(
      await peer.logAfter(end.index),
      [one, two, other],
      `node1's log after entry ${end.index}, when ${other.index} had come with another term, was taken, and node1 was killed,`,
    );
    const heartbeat = await peer.append({ index: other.index + 1, term }, [], { term: next, from: 'node3' });
    trial.expectEqual(
      heartbeat.success,
      false,
      `the success of node1 with what follows on entry ${other.index + 1}, which was cut,`,
    );
    // The next leader has never got that entry. What it has there is of an earlier term, and counts nevertheless.
    const back = await peer.append(position(two), [three], { term: next + 1 });
    trial.expectEqual(
      back.success,
      true,
      `the success of node1 with entry ${three.index} of term ${term}, which a leader of term ${next + 1} has there,`,
    );
    trial.expectEqual(
      await peer.logAfter(end.index),
      [one, two, three],
      `node1's log after entry ${end.index}, when its entry ${three.index} was of term ${next}, and the leader of term ${next + 1} has one of term ${term} there,`,
    );
    trial.fact(`entries ${other.index} and ${other.index + 1} gave way to the leader's, on disk`);
  },
};

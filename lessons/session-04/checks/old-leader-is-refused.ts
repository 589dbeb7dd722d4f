import type { Check, Trial } from '../../../src/verify/check.ts';
import { Peer, SUBJECT } from '../../store/peer.ts';
import { quiet } from '../../store/settings.ts';

export const check: Check = {
  id: 'old-leader-is-refused',
  promise: 'What a leader of an earlier term sends is refused, and answered with the present term',
  hints: [
    'A leader wakes up after a long sleep and goes on as if nothing had happened. Who can stop it?',
    'takeOver is told the term of the sender and that of this node. Which one is over?',
  ],
  chapter: 'data-store/06-replication.md#who-next',
  services: [SUBJECT],
  settings: quiet,
  stands:
    'leader-sleeps shows the same among three nodes, if the old leader happens to send something; this one always does.',
  async run(trial: Trial) {
    const peer = await Peer.meet(trial);
    const { end } = peer;
    const old = peer.term;
    const present = old + 2;
    const mark = trial.unique('e');
    const entries = peer.entries(end.index, [present, present], mark);
    const taken = await peer.replicate(end, entries, { term: present, from: 'node3' });
    trial.expectEqual(taken.ok, true, `the ok of node1 to node3, which leads in term ${present},`);
    const late = peer.entries(end.index, [old, old, old], `${mark}-late`);
    for (const [answer, what] of [
      [await peer.replicate(end, late, { term: old }), 'Replicate'],
      [await peer.heartbeat(old), 'Heartbeat'],
    ] as const) {
      trial.expectEqual(answer.ok, false, `the ok of node1, in term ${present}, to a ${what} of term ${old}`);
      trial.expectEqual(answer.term, present, `the term in which node1 answers a ${what} of term ${old}`);
    }
    trial.expectEqual(await peer.logAfter(end.index), entries, 'what node1 has in its log then');
    trial.fact(`in term ${present}, node1 refused what node2 sent as leader of term ${old}`);
  },
};

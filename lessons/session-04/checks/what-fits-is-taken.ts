import type { Check, Trial } from '../../../src/verify/check.ts';
import { Peer, position, SUBJECT } from '../../store/peer.ts';
import { quiet } from '../../store/settings.ts';

export const check: Check = {
  id: 'what-fits-is-taken',
  promise: 'A follower takes only what fits, cuts only what differs, and says ok when it is on disk',
  hints: [
    'Two logs agree up to an entry if they have the same term there. What if this node has nothing there, or another term?',
    'takeOver: log.termAt(prevIndex) must be prevTerm. Then log.merge, then log.sync, then true. merge leaves alone what is the same.',
  ],
  chapter: 'data-store/06-replication.md#catching-up',
  services: [SUBJECT],
  settings: quiet,
  async run(trial: Trial) {
    const peer = await Peer.meet(trial);
    const { term, end } = peer;
    const mark = trial.unique('e');
    const [one, two, three] = peer.entries(end.index, [term, term, term], mark) as [any, any, any];
    const logIs = async (expected: unknown[], when: string) =>
      trial.expectEqual(
        await peer.logAfter(end.index),
        expected,
        `node1's log after entry ${end.index}, ${when},`,
      );

    const gap = await peer.replicate(position(one), [two]);
    trial.expectEqual(gap.ok, false, `the ok of node1 to entry ${two.index}, when it has none before it,`);
    await logIs([], 'after an entry that left a gap');
    const all = await peer.replicate(end, [one, two, three]);
    trial.expectEqual(all.ok, true, 'the ok of node1 to three entries that follow on its log');
    await logIs([one, two, three], 'after three entries that fit');
    const duplicate = await peer.replicate(end, [one]);
    trial.expectEqual(duplicate.ok, true, 'the ok of node1 to an old message that comes once more');
    await logIs(
      [one, two, three],
      'after an old message that came once more and is no reason to cut anything',
    );

    const next = term + 1;
    const unlike = await peer.replicate({ index: two.index, term: next }, [], { term: next });
    trial.expectEqual(
      unlike.ok,
      false,
      `the ok of node1 to what follows on an entry ${two.index} of another term`,
    );
    const [other, last] = peer.entries(two.index, [next, next], `${mark}-other`) as [any, any];
    const cut = await peer.replicate(position(one), [two, other, last], { term: next });
    trial.expectEqual(cut.ok, true, `the ok of node1 to entries of which the first is the same as its own`);
    // Before anything else could write it to disk.
    await trial.faults.kill(SUBJECT);
    await trial.faults.restart(SUBJECT);
    await logIs(
      [one, two, other, last],
      `when entry ${other.index} had come with another term, was answered with ok, and node1 was killed`,
    );
    trial.fact(
      'a gap and a mismatch refused, an old copy harmless, a conflict cut where it began, all of it on disk',
    );
  },
};

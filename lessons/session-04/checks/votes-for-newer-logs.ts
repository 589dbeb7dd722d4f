import type { Check, Trial } from '../../../src/verify/check.ts';
import { Peer, type Position, SUBJECT } from '../../store/peer.ts';
import { quiet } from '../../store/settings.ts';

export const check: Check = {
  id: 'votes-for-newer-logs',
  promise: 'A node votes only for a log that is not behind its own: last term first, then length',
  hints: [
    'Which of two logs can lack a write that a majority has: the one with the later last entry, or the longer one?',
    'In shouldGrantVote compare lastLogTerm. Are they different, the larger one is ahead; are they the same, the larger lastLogIndex, and equal is enough.',
  ],
  chapter: 'data-store/06-replication.md#who-may-not',
  services: [SUBJECT],
  settings: quiet,
  async run(trial: Trial) {
    const peer = await Peer.meet(trial);
    const { term, end } = peer;
    // node1's log gets three entries: two of one term, one of the next.
    const entries = peer.entries(end.index, [term, term, term + 1], trial.unique('e'));
    const { ok } = await peer.replicate(end, entries, { term: term + 1 });
    trial.expectEqual(ok, true, 'the ok of node1 to entries that follow on its own');
    const last = { index: end.index + 3, term: term + 1 };
    const cases: [Position, boolean, string][] = [
      [{ index: last.index + 10, term }, false, 'is longer, but its last entry is of an earlier term'],
      [{ index: last.index - 1, term: last.term }, false, 'ends in the same term, but is shorter'],
      [{ index: 0, term: 0 }, false, 'is empty'],
      [last, true, 'is like its own'],
      [{ index: last.index + 1, term: last.term }, true, 'ends in the same term and is longer'],
      [{ index: 1, term: last.term + 1 }, true, 'is shorter, but its last entry is of a later term'],
    ];
    let candidateTerm = term + 1;
    for (const [log, granted, why] of cases) {
      candidateTerm += 2;
      const answer = await peer.askForVote(candidateTerm, log);
      trial.expect(answer.granted === granted, {
        expected: `node1, whose log ends with entry ${last.index} of term ${last.term}, ${granted ? 'votes' : 'does not vote'} for a candidate whose log ${why}`,
        seen: `granted: ${answer.granted}, for entry ${log.index} of term ${log.term}`,
      });
    }
    trial.fact(`${cases.length} candidates: three had to be refused, three had to get the vote`);
  },
};

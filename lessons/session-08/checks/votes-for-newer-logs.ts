import type { Check, Trial } from '../../../src/verify/check.ts';
import type { Position } from '../../consensus/messages.ts';
import { SUBJECT } from '../../consensus/nodes.ts';
import { Peer } from '../../consensus/peer.ts';
import { quiet } from '../../consensus/settings.ts';

export const check: Check = {
  id: 'votes-for-newer-logs',
  promise: 'A node votes only for a log that is not behind its own: last term first, then length',
  hints: [
    'Which of two logs can lack an entry that a majority has: the one with the later last entry, or the longer one?',
    'In onRequestVote compare lastLogTerm with lastTerm(log). Are they different, the larger one is ahead; are they the same, the larger index, and equal is enough.',
  ],
  chapter: 'consensus/13-raft-leader-election.md#who-may-not-lead',
  services: [SUBJECT],
  settings: quiet,
  async run(trial: Trial) {
    const peer = await Peer.meet(trial);
    const { term, end } = peer;
    // node1's log gets three entries: two of one term, one of the next.
    const entries = peer.entries(end.index, [term, term, term + 1], trial.unique('e'));
    const taken = await peer.append(end, entries, { term: term + 1 });
    trial.expectEqual(taken.success, true, 'the success of node1 with entries that follow on its own');
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
        seen: `voteGranted ${answer.granted}, for entry ${log.index} of term ${log.term}`,
      });
      trial.expectEqual(
        answer.term,
        candidateTerm,
        `the term of node1, asked in term ${candidateTerm} for its vote,`,
      );
    }
    trial.fact(`${cases.length} candidates: three had to be refused, three had to get the vote`);
  },
};

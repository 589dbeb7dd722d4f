import type { Check, Trial } from '../../../src/verify/check.ts';
import { SUBJECT } from '../../consensus/nodes.ts';
import { Peer } from '../../consensus/peer.ts';
import { standing } from '../../consensus/settings.ts';
import { Voters } from '../../consensus/voters.ts';

export const check: Check = {
  id: 'candidate-gives-way',
  promise: 'A candidate follows whoever leads in its own term',
  hints: [
    'Two stood in the same term, and the other one has won. How does the loser hear of it?',
    'AppendEntries of the own term: the given followLeader calls becomeFollower with a term that is not a later one. Does that end a candidacy?',
  ],
  chapter: 'consensus/13-raft-leader-election.md#when-a-leader-gives-way',
  services: [SUBJECT],
  // Between two candidacies there is time for a message.
  settings: { ...standing, ELECTION_MIN_MS: '700', ELECTION_MAX_MS: '800' },
  async run(trial: Trial) {
    const voters = await Voters.play(trial);
    voters.fallSilent();
    const peer = await Peer.meet(trial);
    let { currentTerm } = await voters.status();
    for (;;) {
      const { message } = await voters.candidacy(currentTerm);
      const { success, term } = await peer.append(peer.end, [], { term: message.term, from: 'node3' });
      // On a busy machine it may stand in the next term already.
      if (term > message.term) {
        currentTerm = message.term;
        continue;
      }
      trial.expectEqual(
        success,
        true,
        `the success of ${SUBJECT} with a heartbeat of its own term ${message.term}`,
      );
      const status = await peer.status();
      const follows = status.state === 'follower' && status.leader === 'node3';
      trial.expect(follows || status.currentTerm > message.term, {
        expected: `${SUBJECT}, a candidate in term ${message.term}, follows node3, which leads in that term`,
        seen: `it is ${status.state}, and names ${status.leader ?? 'nobody'} as the leader`,
      });
      trial.fact(`${SUBJECT} stood in term ${message.term} and then followed node3 in it`);
      return;
    }
  },
};

import type { Check, Trial } from '../../../src/verify/check.ts';
import { SUBJECT } from '../../consensus/nodes.ts';
import { Peer } from '../../consensus/peer.ts';
import { quiet, standing } from '../../consensus/settings.ts';
import { Voters } from '../../consensus/voters.ts';
import { brief } from '../../shared/brief.ts';

export const check: Check = {
  id: 'asks-for-votes',
  promise: 'A node that hears no leader enters a new term, votes for itself on disk, and asks all others',
  hints: [
    'The node has waited long enough. In which term does it stand, and whom does it ask for what?',
    'onElectionTimeout: candidate, the next term, votedFor is itself, effects.persist, and a RequestVote for each peer with lastIndex and lastTerm of its log.',
  ],
  chapter: 'consensus/13-raft-leader-election.md#an-election',
  services: [SUBJECT],
  settings: standing,
  async run(trial: Trial) {
    const voters = await Voters.play(trial);
    voters.fallSilent();
    const before = await voters.status();
    const { message: first } = await voters.candidacy(before.currentTerm);
    const { term } = first;
    await trial.eventually(
      `${SUBJECT} asks ${voters.names.join(' and ')} for their votes in term ${term}`,
      () =>
        voters.names.every((name) =>
          voters.votes.some(({ message }) => message.term === term && message.to === name),
        ),
    );
    // As its log has not changed since, whoever gives a longer one is wrong.
    const { from, data } = first;
    trial.expectEqual(
      { from, lastLogIndex: data?.lastLogIndex, lastLogTerm: data?.lastLogTerm },
      { from: SUBJECT, lastLogIndex: before.lastLogIndex, lastLogTerm: before.lastLogTerm },
      `what ${SUBJECT} says of itself and its log in its RequestVote`,
    );
    const { state, currentTerm, votedFor } = await voters.status();
    trial.expect(state === 'candidate' && currentTerm >= term && votedFor === SUBJECT, {
      expected: `${SUBJECT} is a candidate in term ${term} or later and has voted for itself`,
      seen: brief({ state, currentTerm, votedFor }),
    });
    // Its own vote was on disk before it asked for others: at the moment when they are asked.
    const stood = Math.max(...voters.votes.map(({ message }) => message.term));
    let killing: Promise<void> | undefined;
    voters.onVote = ({ message }) => {
      if (message.term > stood) killing ??= trial.faults.kill(SUBJECT);
      return undefined;
    };
    await voters.candidacy(stood);
    await killing;
    await trial.faults.restart(SUBJECT, { settings: quiet });
    const asked = Math.max(...voters.votes.map(({ message }) => message.term));
    const peer = await Peer.meet(trial);
    const second = await peer.askForVote(asked, { index: 99, term: asked });
    trial.expect(!second.granted && second.term >= asked, {
      expected: `${SUBJECT}, which asked for votes in term ${asked} and was killed since, votes for nobody else in that term`,
      seen: `voteGranted ${second.granted}, in term ${second.term}`,
    });
    trial.fact(`it stood in term ${term}, and knew of its own vote in term ${asked} after it was killed`);
  },
};

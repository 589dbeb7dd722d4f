import type { Check, Trial } from '../../../src/verify/check.ts';
import { SUBJECT } from '../../consensus/nodes.ts';
import { Peer } from '../../consensus/peer.ts';
import { electing } from '../../consensus/settings.ts';
import { Voters } from '../../consensus/voters.ts';

const MIN_MS = 600;
const MAX_MS = 700;
const EVERY_MS = 40;
const HEARTBEATS = 30;
/**
 * Timers may fire a little early, and the clocks of two machines differ a little, ms. On a busy machine it is more: a timer is
 * set by the time at which the program was last given the processor.
 */
const TOLERANCE_MS = 150;

export const check: Check = {
  id: 'waits-for-a-leader-only',
  promise:
    'Only the leader of this term and a vote that was given make a node wait again; a refused candidate does not',
  hints: [
    'A candidate that nobody may vote for asks and asks. Will there ever be another one?',
    'resetElectionTimer: when this term has a leader that is heard, when a vote is granted, when the node stands itself. Never when it refuses.',
  ],
  chapter: 'consensus/13-raft-leader-election.md#what-resets-the-timer',
  services: [SUBJECT],
  settings: { ...electing, ELECTION_MIN_MS: String(MIN_MS), ELECTION_MAX_MS: String(MAX_MS) },
  async run(trial: Trial) {
    const voters = await Voters.play(trial);
    voters.fallSilent();
    const peer = await Peer.meet(trial);
    const { end } = peer;
    const leading = peer.term + 10;

    /**
     * A candidacy of a later term began after this term's message had been handled: MIN_MS after it was sent at the
     * earliest. Timers may be late, never early.
     */
    const expectPatience = (at: number, term: number, what: string) => {
      for (const { message, sentAt } of voters.votes) {
        trial.expect(message.term <= term || sentAt >= at + MIN_MS - trial.patience(TOLERANCE_MS), {
          expected: `after ${what} ${SUBJECT} waits for ${MIN_MS} ms at least before it stands`,
          seen: `it stood in term ${message.term}, ${Math.round(sentAt - at)} ms after that was sent`,
        });
      }
    };

    for (let n = 0; n < HEARTBEATS; n++) {
      const { currentTerm } = await peer.status();
      const at = Date.now();
      const term = Math.max(leading, currentTerm);
      const { success } = await peer.append(end, [], { term });
      await trial.elapse(EVERY_MS);
      if (success) expectPatience(at, term, `a heartbeat of term ${term}`);
    }

    // It has just waited for a part of the time: a vote given now makes it wait anew.
    await trial.elapse(MIN_MS / 2);
    const { currentTerm } = await peer.status();
    const at = Date.now();
    const term = currentTerm + 5;
    const { granted } = await peer.askForVote(term, { index: end.index + 1, term: currentTerm });
    trial.expectEqual(granted, true, `the vote of ${SUBJECT} for node2 in term ${term}`);
    await trial.elapse(MIN_MS);
    expectPatience(at, term, `its vote for node2 in term ${term}`);

    // Whoever is refused again and again holds nobody up, candidate or leader of a term that is over.
    const stood = voters.votes.length;
    const before = (await peer.status()).currentTerm;
    let refused = 0;
    await trial.eventually(
      `${SUBJECT} stands for election although node3, which it refuses, asks for its vote again and again, and node2 sends heartbeats of an earlier term`,
      async () => {
        const answer = await peer.askForVote(before, end, 'node3');
        if (!answer.granted) refused += 1;
        const stale = await peer.append(end, [], { term: before - 1 });
        if (!stale.success) refused += 1;
        return voters.votes.length > stood;
      },
      { withinMs: 12 * MAX_MS, seen: () => `it refused ${refused} times, and did not stand` },
    );
    trial.fact(`${HEARTBEATS} heartbeats and a vote made it wait, ${refused} refused messages did not`);
  },
};

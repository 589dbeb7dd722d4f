import type { Check, Trial } from '../../../src/verify/check.ts';
import type { AppendEntries } from '../../consensus/messages.ts';
import { SUBJECT } from '../../consensus/nodes.ts';
import { Peer } from '../../consensus/peer.ts';
import { STANDING_MIN_MS, standing } from '../../consensus/settings.ts';
import { type Received, Voters } from '../../consensus/voters.ts';

/** So far that nobody gets there by standing for election. */
const AHEAD = 10_000;
const HEARD_WITHIN_MS = 3_000;
const HEARTBEATS = 4;
/** So many in a row are no accident. */
const LONG_PAUSES = 6;
const PAUSES_WITHIN_MS = 15_000;

export const check: Check = {
  id: 'leader-is-heard',
  promise: 'A leader is heard by all again and again, until it hears of a later term',
  hints: [
    'A leader has a higher term before its eyes, in an answer or in a question. Is it still the leader?',
    'The given code calls becomeFollower with every later term, from whichever message: the term, no vote, and a follower, whatever it was before.',
  ],
  chapter: 'consensus/13-raft-leader-election.md#when-a-leader-gives-way',
  services: [SUBJECT],
  settings: standing,
  async run(trial: Trial) {
    const voters = await Voters.play(trial);
    const peer = await Peer.meet(trial);
    const heardIn = (term: number, name: string) =>
      voters.appends.filter(({ message }) => message.term === term && message.to === name).length;

    const first = await voters.leads();
    await trial.eventually(
      `${SUBJECT} is heard ${HEARTBEATS} times by each of the others while it leads`,
      async () => {
        const { currentTerm } = await voters.status();
        return voters.names.every((name) => heardIn(currentTerm, name) >= HEARTBEATS);
      },
      {
        seen: () =>
          voters.names.map((name) => `${name} heard it ${heardIn(first.currentTerm, name)} times`).join(', '),
      },
    );

    // One short pause shows that it can; only many long ones, and none short, show a slow clock and no busy machine.
    for (const name of voters.names) {
      const expected = `${name} hears ${SUBJECT} more often than every ${STANDING_MIN_MS} ms, after which it would stand itself: HEARTBEAT_MS is ${standing.HEARTBEAT_MS}`;
      const pauses = await trial.eventually(
        expected,
        () => {
          const all = pausesBetween(voters.appends.filter(({ message }) => message.to === name));
          return (all.length >= LONG_PAUSES || all.some((ms) => ms < STANDING_MIN_MS)) && all;
        },
        { withinMs: PAUSES_WITHIN_MS },
      );
      trial.expect(Math.min(...pauses) < STANDING_MIN_MS, {
        expected,
        seen: `between what ${SUBJECT} sent it were ${pauses.join(', ')} ms`,
      });
    }

    /** It has heard of a later term, for which nobody has elected it. */
    const expectEnd = async (old: number, how: string) => {
      const later = old + AHEAD;
      const { state, currentTerm } = await trial.eventually(
        `${SUBJECT}, which led in term ${old}, enters term ${later}, of which it has heard ${how}`,
        async () => {
          const status = await voters.status();
          return status.currentTerm >= later && status;
        },
        { withinMs: HEARD_WITHIN_MS },
      );
      const led = voters.appends.filter(({ message }) => message.term === later);
      trial.expect(led.length === 0 && (state !== 'leader' || currentTerm > later), {
        expected: `${SUBJECT}, which led in term ${old}, does not lead in term ${later}, of which it has heard ${how}`,
        seen: `it is ${state} in term ${currentTerm}, and has sent ${led.length} AppendEntries of term ${later}`,
      });
    };

    // In an answer to its heartbeat.
    const { currentTerm: one } = await voters.leads();
    const take = voters.onAppend;
    voters.onAppend = ({ message }) => ({
      term: Math.max(message.term, one + AHEAD),
      data: { success: false, matchIndex: 0 },
    });
    voters.onVote = ({ message }) => ({ data: { voteGranted: message.term > one + AHEAD } });
    await expectEnd(one, 'in an answer');
    voters.onAppend = take;

    // In the question of a candidate.
    const { currentTerm: two } = await voters.leads(one);
    const answer = await peer.askForVote(two + AHEAD, { index: 0, term: 0 }, 'node3');
    trial.expect(answer.term >= two + AHEAD, {
      expected: `${SUBJECT}, asked for its vote in term ${two + AHEAD}, answers in that term`,
      seen: `it answers in term ${answer.term}`,
    });
    await expectEnd(two, 'from a candidate');
    trial.fact(`it led in term ${one} and ${two}, each time until it heard of a later one`);
  },
};

/**
 * The times between heartbeats of the same term, in ms. The first of a term tells of the election, and not of the clock:
 * the pause after it does not count.
 */
function pausesBetween(heard: readonly Received<AppendEntries>[]): number[] {
  return heard.flatMap(({ message, sentAt }, n) => {
    const [first, before] = [heard[n - 2], heard[n - 1]];
    const isOneTerm = first?.message.term === message.term && before?.message.term === message.term;
    return isOneTerm ? [Math.round(sentAt - before.sentAt)] : [];
  });
}

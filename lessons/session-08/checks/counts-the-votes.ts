import type { Check, Trial } from '../../../src/verify/check.ts';
import { divided, SUBJECT } from '../../consensus/nodes.ts';
import { STANDING_MAX_MS, standing } from '../../consensus/settings.ts';
import { Voters } from '../../consensus/voters.ts';

/** So often in a row no machine is too busy. */
const TRIES = 3;

export const check: Check = {
  id: 'counts-the-votes',
  promise: 'A candidate leads with the votes of a majority, of this term, and with no fewer',
  hints: [
    'Three nodes. With how many votes may a candidate lead? And what is a vote worth that comes when its term is over?',
    'onRequestVoteResponse: drop it unless the node is a candidate and the answer is of its currentTerm; only voteGranted counts; hasMajority of all nodes.',
  ],
  chapter: 'consensus/13-raft-leader-election.md#counting-votes',
  services: [SUBJECT],
  settings: standing,
  async run(trial: Trial) {
    const voters = await Voters.play(trial);
    const { currentTerm: before } = await voters.status();
    const nobodyLeads = async (why: string) => {
      const { state, currentTerm } = await voters.status();
      const led = voters.appends.filter(({ message }) => message.term > before);
      trial.expect(state !== 'leader' && led.length === 0, {
        expected: `${SUBJECT} does not lead: ${why}`,
        seen: `in term ${currentTerm} it says that it is ${state}, and it has sent ${led.length} AppendEntries`,
      });
    };

    voters.fallSilent();
    voters.onVote = () => ({ data: { voteGranted: false } });
    const refused = await voters.candidacy(before);
    await voters.candidacy(refused.message.term);
    await nobodyLeads('all others refused, which is an answer but no vote');

    // Granted, but the answers come when the candidate stands in a later term already.
    let release = () => {};
    const later = new Promise<void>((resolve) => {
      release = resolve;
    });
    const past = Math.max(...voters.votes.map(({ message }) => message.term));
    let late: number | undefined;
    // A candidate may ask again whoever has not answered.
    const answered = new Set<string>();
    voters.onVote = async ({ message }) => {
      if (message.term > past) late ??= message.term;
      if (message.term !== late) return undefined;
      await later;
      answered.add(message.to);
      return { data: { voteGranted: true } };
    };
    await trial.eventually(
      `${SUBJECT} stands again when nobody has answered`,
      () => late !== undefined && voters.votes.some(({ message }) => message.term > late!),
    );
    release();
    await trial.eventually(
      'the votes of an earlier term arrive',
      () => answered.size === voters.names.length,
    );
    await trial.holds(
      'late votes count for nothing',
      async () => {
        await nobodyLeads(`the votes that it got were given in term ${late}, and it stands in a later one`);
        return undefined;
      },
      { forMs: STANDING_MAX_MS / 2 },
    );

    // So many that with its own it is just a majority.
    const { needed } = divided(SUBJECT);
    voters.onAppend = ({ message }) => ({ data: voters.take(message) });
    voters.onVote = ({ message }) => ({ data: { voteGranted: needed.includes(message.to) } });
    const { currentTerm: term } = await voters.leads(late);
    await trial.eventually(`${SUBJECT} tells all others that it leads`, () =>
      voters.names.every((name) => voters.appends.some(({ message }) => message.to === name)),
    );
    await leadsOn(trial, voters, needed, term);
    trial.fact(
      `refusals and the votes of term ${late} counted for nothing; with ${needed.length} of ${voters.names.length} it led in term ${term}`,
    );
  },
};

/** With the answers of these it has a majority: it goes on leading. A busy machine may end that, but not every time. */
async function leadsOn(trial: Trial, voters: Voters, needed: readonly string[], term: number): Promise<void> {
  voters.onAppend = ({ message }) =>
    needed.includes(message.to) ? { data: voters.take(message) } : undefined;
  const ended: number[] = [];
  for (let led = term; ended.length < TRIES; led = (await voters.leads(led)).currentTerm) {
    await trial.elapse(3 * STANDING_MAX_MS);
    const { state, currentTerm } = await voters.status();
    if (state === 'leader' && currentTerm === led) return;
    ended.push(led);
  }
  trial.broken({
    expected: `${SUBJECT} goes on leading while ${needed.join(' and ')} answers its heartbeats: with its own that is a majority`,
    seen: `it has led in terms ${ended.join(', ')}, and stepped down each time`,
  });
}

import type { Check, Trial } from '../../../src/verify/check.ts';
import { SUBJECT } from '../../consensus/nodes.ts';
import { electing } from '../../consensus/settings.ts';
import { Voters } from '../../consensus/voters.ts';

const MIN_MS = 80;
const MAX_MS = 600;
const ROUNDS = 8;
const MOST_ROUNDS = 16;
/** So far apart are the shortest and the longest of eight waits between 80 and 600 ms, but for one time in 2,000. */
const SPREAD_MS = 0.25 * (MAX_MS - MIN_MS);

export const check: Check = {
  id: 'waits-a-random-time',
  promise: 'A candidate that nobody answers tries again in the next term, each time after another time',
  hints: [
    'Two nodes stand at the same moment, and each votes for itself. What keeps them from doing so for ever?',
    'onElectionTimeout sets effects.resetElectionTimer: the given code then waits for another random time. Without it there is no second try.',
  ],
  chapter: 'consensus/13-raft-leader-election.md#split-votes',
  services: [SUBJECT],
  settings: { ...electing, ELECTION_MIN_MS: String(MIN_MS), ELECTION_MAX_MS: String(MAX_MS) },
  async run(trial: Trial) {
    const voters = await Voters.play(trial);
    voters.fallSilent();
    const stood = new Map<number, number>();
    const waits = () => {
      for (const { message, sentAt } of voters.votes) {
        stood.set(message.term, Math.min(sentAt, stood.get(message.term) ?? sentAt));
      }
      const times = [...stood].sort(([a], [b]) => a - b).map(([, at]) => at);
      return times.slice(1).map((at, n) => at - times[n]!);
    };
    const spread = () => Math.max(...waits()) - Math.min(...waits());
    await trial.eventually(
      `${SUBJECT}, which gets no vote, stands ${ROUNDS} times more`,
      () => waits().length >= ROUNDS,
      { withinMs: 12 * ROUNDS * MAX_MS, seen: () => `it stood ${waits().length} times more` },
    );
    const { state } = await voters.status();
    trial.expect(state !== 'leader', {
      expected: `${SUBJECT}, for which nobody has voted, does not lead`,
      seen: 'it says that it leads',
    });
    if (spread() < SPREAD_MS) {
      await trial.eventually('more rounds', () => waits().length >= MOST_ROUNDS, {
        withinMs: 12 * MOST_ROUNDS * MAX_MS,
      });
    }
    const all = waits().map((ms) => Math.round(ms));
    trial.expect(spread() >= SPREAD_MS, {
      expected: `${SUBJECT} waits for a random time between ${MIN_MS} and ${MAX_MS} ms before it stands again`,
      seen: `it waited ${all.join(', ')} ms`,
    });
    const sum = all.reduce((a, b) => a + b, 0);
    trial.expect(sum + trial.slackMs >= (all.length * MIN_MS) / 2, {
      expected: `${SUBJECT} waits for ${MIN_MS} ms at least before it stands again`,
      seen: `it waited ${all.join(', ')} ms`,
    });
    trial.fact(`it waited ${all.join(', ')} ms`);
  },
};

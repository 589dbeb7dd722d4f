import type { Check, Trial } from '../../../src/verify/check.ts';
import { Messages } from '../messages.ts';
import { brisk, NODES } from '../settings.ts';

const SENDS = 8;
const BASE_MS = Number(brisk.BACKOFF_BASE_MS);
const MAX_MS = Number(brisk.BACKOFF_MAX_MS);
/** Time for a pause that grew far beyond the limit, if there were none, ms. */
const DEADLINE_MS = 1_400;
/** Also on a busy machine: it need not show more than a few pauses. */
const MOST_DEADLINE_MS = 4_000;
/** Without a maximum, the ceiling of this level would be four times the maximum. */
const FAR_LEVEL = Math.log2((4 * MAX_MS) / BASE_MS);
/** Clocks and timers count in whole ms. */
const GRAIN_MS = 3;

export const check: Check = {
  id: 'growing-pauses',
  promise: 'The pauses between attempts grow up to a limit, and no two senders keep the same beat',
  hints: [
    'A peer in trouble is not helped by being asked as often as possible, by everybody, at the same moments.',
    'Look at backoffMs: the ceiling doubles with each failure up to the maximum, the pause is drawn between half of it and all of it.',
  ],
  chapter: 'fundamentals/02-message-passing.md#retry-with-backoff',
  services: NODES,
  settings: brisk,
  async run(trial: Trial) {
    const messages = new Messages(trial);
    // A connection that breaks at once fails the attempt at once: what lies between two attempts is the pause alone.
    await trial.wire.trap({ from: 'node1', to: 'node2', path: '/message', action: 'reset', times: 0 });
    const marks = Array.from({ length: SENDS }, () => trial.unique('pause'));
    const deadlineMs = Math.min(trial.patience(DEADLINE_MS), MOST_DEADLINE_MS);
    await Promise.all(marks.map((mark) => messages.send('node1', 'node2', 'echo', { mark }, deadlineMs)));
    await messages.requireTraffic('node1', 'node2');
    const pauses = await Promise.all(marks.map((mark) => pausesOf(messages, mark)));
    // Levels that few senders reached say little: one late stamp would decide.
    const lengths = pauses.map((each) => each.length).sort((a, b) => a - b);
    const levels = Math.min(8, lengths[SENDS / 2]!);
    trial.expect(levels >= 3, {
      expected: `in ${deadlineMs} ms a send makes several attempts, with pauses that begin at ${BASE_MS} ms`,
      seen: `${levels + 1} attempts in the middle of ${SENDS} sends`,
      evidence: pauses.map(row),
    });
    for (let level = 0; level < levels; level++) judgeGrowth(trial, pauses, level);
    judgeMaximum(trial, pauses);
    judgeShortest(trial, pauses);
    judgeJitter(trial, pauses);
    trial.fact(
      `two senders, two rhythms: ${list(pauses[0]!.slice(0, 6))} and ${list(pauses[1]!.slice(0, 6))} ms`,
    );
  },
};

async function pausesOf(messages: Messages, mark: string): Promise<number[]> {
  const attempts = await messages.attemptsOnTheWire('node1', 'node2', mark);
  return attempts.slice(1).map(({ at }, index) => at - attempts[index]!.at);
}

/** Lateness makes gaps longer than their pauses: of eight sends the longest gap tells whether the pauses have grown. */
function judgeGrowth(trial: Trial, pauses: number[][], level: number): void {
  const gaps = pauses.map((each) => each[level]).filter((gap) => gap !== undefined);
  const least = ceilingOf(level) / 2;
  trial.expect(Math.max(...gaps) >= least - GRAIN_MS, () => ({
    expected: `after ${level + 1} failed attempts the pause is at least ${least} ms`,
    seen: `the longest of ${gaps.length} was ${Math.round(Math.max(...gaps))} ms`,
    evidence: pauses.map(row),
  }));
}

/** Doubled without end, pauses of this level are more than twice the maximum. No machine is that late half of the time. */
function judgeMaximum(trial: Trial, pauses: number[][]): void {
  const late = pauses.flatMap((gaps) => gaps.slice(FAR_LEVEL)).sort((a, b) => a - b);
  if (late.length < SENDS / 2) return;
  const middle = late[Math.floor(late.length / 2)]!;
  trial.expect(middle <= Math.max(2 * MAX_MS, trial.patience(MAX_MS)), () => ({
    expected: `the pauses stop growing at ${MAX_MS} ms (BACKOFF_MAX_MS)`,
    seen: `half of the pauses after ${FAR_LEVEL + 1} failed attempts and more were longer than ${Math.round(middle)} ms`,
    evidence: pauses.map(row),
  }));
}

/**
 * The wire stamps an attempt before it breaks its connection, and the pause begins after that: no gap is shorter than
 * its pause, however busy the machine is. Only a clock that is set back makes some look so.
 */
function judgeShortest(trial: Trial, pauses: number[][]): void {
  const all = pauses.flatMap((gaps) => gaps.map((gap, level) => ({ gap, least: ceilingOf(level) / 2 })));
  const short = all.filter(({ gap, least }) => gap < least - GRAIN_MS);
  trial.expect(short.length <= all.length / 8, () => ({
    expected:
      'each pause is drawn between half of its ceiling and all of it, so it is never shorter than half',
    seen: `${short.length} of ${all.length} were, for example ${Math.round(short[0]!.gap)} ms instead of at least ${short[0]!.least} ms`,
    evidence: pauses.map(row),
  }));
}

/**
 * Drawn pauses lie all over their range. Without a draw those that have reached the maximum are the same but for
 * lateness, which only spreads them: the tenths at both ends are left out, so that a few late ones do not hide that.
 */
function judgeJitter(trial: Trial, pauses: number[][]): void {
  const longest = pauses.flatMap((gaps) => gaps.filter((_, level) => ceilingOf(level) === MAX_MS));
  longest.sort((a, b) => a - b);
  if (longest.length < 5 * SENDS) return;
  const tenth = Math.floor(longest.length / 10);
  const spread = longest.at(-1 - tenth)! - longest[tenth]!;
  trial.expect(spread >= MAX_MS / 4, () => ({
    expected: `the ${longest.length} longest pauses of ${SENDS} senders are spread over ${MAX_MS / 2} ms`,
    seen: `most of them lie within ${spread.toFixed(1)} ms of each other`,
    evidence: pauses.map(row),
  }));
}

function ceilingOf(level: number): number {
  return Math.min(BASE_MS * 2 ** level, MAX_MS);
}

function row(pauses: number[], index: number): string {
  return `send ${index + 1}: pauses of ${list(pauses)} ms`;
}

function list(pauses: number[]): string {
  return pauses.map((ms) => Math.round(ms)).join(', ');
}

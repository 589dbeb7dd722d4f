import type { Check, Trial } from '../../../src/verify/check.ts';
import { Messages } from '../messages.ts';
import { brisk, NODES } from '../settings.ts';

const SENDS = 8;
const BASE_MS = Number(brisk.BACKOFF_BASE_MS);
const MAX_MS = Number(brisk.BACKOFF_MAX_MS);
/** Time for a pause that grew far beyond the limit, if there were none, ms. */
const DEADLINE_MS = 2_500;
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
    const deadlineMs = trial.patience(DEADLINE_MS);
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
    for (let level = 0; level < levels; level++) judge(trial, pauses, level);
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

/**
 * Lateness of machine or wire makes some gaps longer and some shorter; of eight sends the longest gap is hardly ever
 * shorter than its pause, and the shortest hardly ever longer.
 */
function judge(trial: Trial, pauses: number[][], level: number): void {
  const gaps = pauses.map((each) => each[level]).filter((gap) => gap !== undefined);
  const ceiling = Math.min(BASE_MS * 2 ** level, MAX_MS);
  trial.expect(Math.max(...gaps) >= ceiling / 2 - GRAIN_MS, () => ({
    expected: `after ${level + 1} failed attempts the pause is at least ${ceiling / 2} ms`,
    seen: `the longest of ${gaps.length} was ${Math.round(Math.max(...gaps))} ms`,
    evidence: pauses.map(row),
  }));
  // A ceiling that starts one step higher is a matter of counting.
  const most = Math.min(2 * ceiling, MAX_MS) + trial.slackMs;
  trial.expect(Math.min(...gaps) <= most, () => ({
    expected: `after ${level + 1} failed attempts the pause is at most ${MAX_MS} ms (BACKOFF_MAX_MS)`,
    seen: `the shortest of ${gaps.length} was ${Math.round(Math.min(...gaps))} ms`,
    evidence: pauses.map(row),
  }));
}

/** Senders that were drawn different pauses drift apart. Without a draw all gaps of a level are the same but for lateness. */
function judgeJitter(trial: Trial, pauses: number[][]): void {
  const last = pauses.map((each) => each[4]).filter((gap) => gap !== undefined);
  const spread = Math.max(...last) - Math.min(...last);
  if (last.length < 4) return;
  const range = Math.min(BASE_MS * 16, MAX_MS) / 2;
  trial.expect(spread >= range / 16, () => ({
    expected: `the fifth pauses of ${last.length} senders are spread over ${range} ms`,
    seen: `all of them lie within ${spread.toFixed(1)} ms of each other`,
    evidence: pauses.map(row),
  }));
}

function row(pauses: number[], index: number): string {
  return `send ${index + 1}: pauses of ${list(pauses)} ms`;
}

function list(pauses: number[]): string {
  return pauses.map((ms) => Math.round(ms)).join(', ');
}

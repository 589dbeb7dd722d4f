import type { Answer, Check, Trial } from '../../../src/verify/check.ts';
import { Messages } from '../messages.ts';
import { brisk, NODES } from '../settings.ts';

const DEADLINE_MS = 500;
/** Longer than any deadline here: only the deadline can end an attempt. */
const PATIENT_ATTEMPTS = { ...brisk, ATTEMPT_TIMEOUT_MS: '60000' };
/** An answer may be late because the machine was busy. Is it late this many times in a row, it is the node. */
const TRIES = 3;

export const check: Check = {
  id: 'deadline',
  promise:
    'When the deadline is over the client hears so, never later, and hears that the outcome is unknown',
  hints: [
    'Somebody waits for the answer of send. How long did they say they would?',
    'Look at sendWithRetry: no attempt and no pause may reach past the deadline; then DeadlinePassed with the attempts.',
  ],
  chapter: 'fundamentals/02-message-passing.md#deadlines',
  services: NODES,
  settings: brisk,
  async run(trial: Trial) {
    const messages = new Messages(trial);
    await trial.faults.pause('node2');
    await trial.faults.kill('node3');
    const [paused, dead] = await Promise.all([
      sendInVain(trial, 'node2', 'add', { n: 1 }, 'a paused peer'),
      sendInVain(trial, 'node3', 'add', { n: 1 }, 'a dead peer'),
    ]);
    await trial.faults.resume('node2');
    for (const { to, mark } of [paused, dead]) {
      await messages.requireTraffic('node1', to);
      const attempts = await messages.attemptsOnTheWire('node1', to, mark);
      const last = (attempts.at(-1)?.at ?? 0) - (attempts[0]?.at ?? 0);
      trial.expect(last <= DEADLINE_MS + trial.slackMs, {
        expected: `no attempt begins after the deadline of ${DEADLINE_MS} ms`,
        seen: `the last attempt to ${to} began ${Math.round(last)} ms after the first`,
      });
    }
    await trial.faults.restart('node1', { settings: PATIENT_ATTEMPTS });
    const slow = await sendInVain(trial, 'node2', 'slow', { ms: 60_000 }, 'a peer that takes its time');
    trial.fact(
      `after ${DEADLINE_MS} ms: 504 in ${paused.ms}, ${dead.ms} and ${slow.ms} ms for a paused, a dead and a slow peer`,
    );
  },
};

/** A send that cannot succeed. @returns the mark in its data, and how long the client waited */
async function sendInVain(trial: Trial, to: string, type: string, data: object, whom: string) {
  const messages = new Messages(trial);
  for (let left = TRIES; ; left--) {
    const mark = trial.unique('in-vain');
    const answer = await messages.send('node1', to, type, { ...data, mark }, DEADLINE_MS);
    expectTimeout(trial, answer, whom);
    const ms = Math.round(answer.ms);
    if (answer.ms <= DEADLINE_MS + 100 + trial.slackMs) return { to, mark, ms };
    trial.note(`the 504 about ${whom} came after ${ms} ms`);
    if (left > 1) continue;
    trial.broken({
      expected: `the answer about ${whom} comes when ${DEADLINE_MS} ms are over`,
      seen: `it came after ${ms} ms, also with ${Math.round(trial.slackMs)} ms granted to this machine`,
    });
  }
}

function expectTimeout(trial: Trial, answer: Answer, whom: string): void {
  trial.expectStatus(answer, 504, `POST /send with a deadline of ${DEADLINE_MS} ms to ${whom}`);
  trial.expectEqual(answer.body?.error, 'timeout', 'the error');
  trial.expect(Number.isInteger(answer.body?.attempts) && answer.body.attempts >= 1, {
    expected: 'the answer says how many attempts were made',
    seen: JSON.stringify(answer.body),
  });
}

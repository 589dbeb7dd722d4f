import type { Answer, Check, Trial } from '../../../src/verify/check.ts';
import { Messages } from '../messages.ts';
import { brisk, NODES } from '../settings.ts';

const DEADLINE_MS = 700;

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
    const marks = { node2: trial.unique('to-paused'), node3: trial.unique('to-dead') };
    const [paused, dead] = await Promise.all([
      messages.send('node1', 'node2', 'add', { n: 1, mark: marks.node2 }, DEADLINE_MS),
      messages.send('node1', 'node3', 'add', { n: 1, mark: marks.node3 }, DEADLINE_MS),
    ]);
    expectTimeout(trial, paused, 'a paused peer');
    expectTimeout(trial, dead, 'a dead peer');
    for (const [to, mark] of Object.entries(marks)) {
      await messages.requireTraffic('node1', to);
      const attempts = await messages.attemptsOnTheWire('node1', to, mark);
      const last = (attempts.at(-1)?.at ?? 0) - (attempts[0]?.at ?? 0);
      trial.expect(last <= DEADLINE_MS + trial.slackMs, {
        expected: `no attempt begins after the deadline of ${DEADLINE_MS} ms`,
        seen: `the last attempt to ${to} began ${Math.round(last)} ms after the first`,
      });
    }
    await trial.faults.resume('node2');
    const slow = await messages.send('node1', 'node2', 'slow', { ms: 60_000 }, DEADLINE_MS);
    expectTimeout(trial, slow, 'a peer that takes its time');
    trial.fact(
      `after ${DEADLINE_MS} ms: 504 in ${Math.round(paused.ms)}, ${Math.round(dead.ms)} and ${Math.round(slow.ms)} ms for a paused, a dead and a slow peer`,
    );
  },
};

function expectTimeout(trial: Trial, answer: Answer, whom: string): void {
  trial.expectStatus(answer, 504, `POST /send with a deadline of ${DEADLINE_MS} ms to ${whom}`);
  trial.expectEqual(answer.body?.error, 'timeout', 'the error');
  trial.expect(Number.isInteger(answer.body?.attempts) && answer.body.attempts >= 1, {
    expected: 'the answer says how many attempts were made',
    seen: JSON.stringify(answer.body),
  });
  trial.expect(answer.ms <= DEADLINE_MS + 100 + trial.slackMs, {
    expected: `the answer about ${whom} comes when ${DEADLINE_MS} ms are over`,
    seen: `it came after ${Math.round(answer.ms)} ms, also with ${trial.slackMs} ms granted to this machine`,
  });
}

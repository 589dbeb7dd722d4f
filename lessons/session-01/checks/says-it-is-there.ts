import type { Answer, Check, Trial } from '../../../src/verify/check.ts';
import { brisk, NODES } from '../settings.ts';

export const check: Check = {
  id: 'says-it-is-there',
  promise: 'Every node says that it is there, without asking anyone else',
  hints: [
    'Does the node come up at all? Its own output tells.',
    'GET /health is given. If it fails, something that runs at the start does: dsc logs shows it.',
  ],
  chapter: 'fundamentals/01-what-is-ds.md#partial-failure',
  services: NODES,
  settings: brisk,
  stands: '/health is given code; the check tells a node that cannot start from one that is wrong.',
  async run(trial: Trial) {
    await trial.faults.isolate('node1');
    const times: number[] = [];
    for (const name of NODES) {
      const answer = await quickestOf(3, () => trial.node(name).call('GET', '/health'));
      trial.expectStatus(answer, 200, `GET /health at ${name}`);
      trial.expectEqual(answer.body.id, name, `"id" in the health of ${name}`);
      trial.expectEqual(answer.body.status, 'ok', `"status" in the health of ${name}`);
      trial.expect(typeof answer.body.role === 'string', {
        expected: `the health of ${name} tells its role`,
        seen: JSON.stringify(answer.body),
      });
      trial.expect(answer.ms <= 50 + trial.slackMs, {
        expected: `${name} answers /health within 50 ms`,
        seen: `it took ${Math.round(answer.ms)} ms, also with ${Math.round(trial.slackMs)} ms granted to this machine`,
      });
      times.push(answer.ms);
    }
    trial.fact(
      `/health took at most ${Math.ceil(Math.max(...times))} ms, also at a node that reached nobody`,
    );
  },
};

/** A single answer may be late because the machine was busy. */
async function quickestOf(times: number, ask: () => Promise<Answer>): Promise<Answer> {
  let quickest = await ask();
  for (let n = 1; n < times; n++) {
    const answer = await ask();
    if (answer.ms < quickest.ms) quickest = answer;
  }
  return quickest;
}

import type { Answer, Trial } from '../../src/verify/check.ts';
import { brief } from './brief.ts';

/** Answers that promise nothing about the key: nothing happened (503), or nobody knows (504). */
export const UNDECIDED = [503, 504];

/**
 * Asks until the answer promises something. Nodes may elect at any time, on a busy machine also when no fault made
 * them, and meanwhile they refuse.
 * @param what the request, in a learner's words
 * @param statuses what a decided answer must have
 * @param ask sends the request; more than once must be no harm
 */
export function decided(
  trial: Trial,
  what: string,
  statuses: number | number[],
  ask: () => Promise<Answer>,
): Promise<Answer> {
  let seen = '';
  return trial.eventually(
    `${what} is answered with ${[statuses].flat().join(' or ')}`,
    async () => {
      const answer = await ask();
      seen = `${answer.status} ${brief(answer.body)}`;
      if (UNDECIDED.includes(answer.status)) return undefined;
      trial.expectStatus(answer, statuses, what);
      return answer;
    },
    { seen: () => seen },
  );
}

import { loadLesson } from '../../src/course/sessions.ts';
import type { Stack } from '../../src/stack/stack.ts';
import type { Check } from '../../src/verify/check.ts';
import { verify } from '../../src/verify/runner.ts';
import type { CheckResult } from '../../src/verify/verdict.ts';

/**
 * Verifies one made-up check of one node on a stack, as a check of session 1.
 * @param node the one that runs
 * @returns its verdict, with the evidence
 */
export async function verifyOne(stack: Stack, node: string, run: Check['run']): Promise<CheckResult> {
  const check: Check = {
    id: 'made-up',
    promise: 'What a test has made up',
    hints: ['There is none.', 'There is none here either.'],
    chapter: 'fundamentals/01-what-is-ds.md',
    services: [node],
    settings: {},
    run,
  };
  const { results } = await verify({
    lesson: await loadLesson(1),
    checks: [check],
    stack,
    languages: ['typescript'],
    seed: 1,
    all: true,
    codeFolders: [],
    onEvent: () => {},
    signal: new AbortController().signal,
  });
  return results[0]!;
}

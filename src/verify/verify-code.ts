import type { Check } from './check.ts';
import { type VerifyEvent, verify } from './runner.ts';
import { createSessionStack, type SessionStackOptions } from './session-stack.ts';
import type { VerifyResult } from './verdict.ts';

export interface VerifyCodeOptions extends SessionStackOptions {
  checks: readonly Check[];
  seed: number;
  all: boolean;
  onEvent: (event: VerifyEvent) => void;
  signal: AbortSignal;
}

/**
 * Verifies code on a stack of its own, which is removed afterwards whatever happened:
 * for the course's own solutions, for mutants, for continuous integration.
 */
export async function verifyCode(options: VerifyCodeOptions): Promise<VerifyResult> {
  const stack = await createSessionStack({ ...options, ownPorts: true });
  let result: VerifyResult | undefined;
  try {
    result = await verify({
      lesson: options.lesson,
      checks: options.checks,
      stack,
      languages: [...options.languages],
      seed: options.seed,
      all: options.all,
      codeFolders: Object.values(options.code),
      onEvent: options.onEvent,
      signal: options.signal,
    });
    return result;
  } finally {
    // Where the machine stood in the way it cannot tidy up either; the result says so.
    if (result?.verdict === 'environment') await stack.remove().catch(() => {});
    else await stack.remove();
  }
}

import { ExitCode, UserError } from '../course/user-error.ts';
import type { NodeDidNotStart } from '../stack/node-did-not-start.ts';

/** The learner's code does not start: the line of its output that says why, where there is one. */
export function didNotStart(error: NodeDidNotStart): UserError {
  const telling =
    error.output.findLast((line) => /^\w*(Error|Exception)\b|not implemented/.test(line)) ??
    error.output.at(-1);
  return new UserError(`${error.message}.`, {
    code: 'node-did-not-start',
    ...(telling && { why: `It printed: ${telling.trim()}` }),
    fix: `dsc logs ${error.node} shows all of it. Mend the code, then: dsc verify`,
    exitCode: ExitCode.checksFailed,
    cause: error,
  });
}

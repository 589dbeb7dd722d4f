import { ExitCode, UserError } from '../course/user-error.ts';

/**
 * @param text `500ms`, `5s`, `2m`, or a bare number of ms
 * @returns ms
 * @throws UserError for anything else
 */
export function parseDuration(text: string): number {
  const [, number, unit = 'ms'] = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text) ?? [];
  if (number !== undefined) return Number(number) * { ms: 1, s: 1_000, m: 60_000 }[unit as 'ms' | 's' | 'm'];
  throw new UserError(`"${text}" is not a span of time.`, {
    code: 'bad-duration',
    fix: 'Write it like 500ms, 5s or 2m.',
    exitCode: ExitCode.usage,
  });
}

/**
 * @param text `30%` or `0.3`
 * @returns 0..1
 */
export function parseShare(text: string): number {
  const [, number, percent] = /^(\d+(?:\.\d+)?)(%)?$/.exec(text) ?? [];
  const share = Number(number) / (percent ? 100 : 1);
  if (share >= 0 && share <= 1) return share;
  throw new UserError(`"${text}" is not a share.`, {
    code: 'bad-share',
    fix: 'Write it like 30% or 0.3.',
    exitCode: ExitCode.usage,
  });
}

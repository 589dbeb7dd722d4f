import type { ChalkInstance } from 'chalk';
import { ExitCode, UserError } from '../../course/user-error.ts';

export interface ErrorStyle {
  json: boolean;
  verbose: boolean;
  paint: ChalkInstance;
}

/**
 * What a person is shown of an error: what happened, why, what to do; with `json` one line for programs.
 * An error that nobody foresaw is a bug of dsc and is shown as one.
 */
export function renderError(thrown: unknown, style: ErrorStyle): string {
  const { paint, verbose } = style;
  const error = thrown instanceof UserError ? thrown : unforeseen(thrown);
  if (style.json) return JSON.stringify({ error: fields(error) });
  const lines = [`${paint.red('✖')} ${error.message}`];
  if (error.why) lines.push(`  Why: ${error.why}`);
  if (error.fix) lines.push(`  Fix: ${error.fix}`);
  if (verbose) lines.push('', paint.dim(stackOf(thrown)));
  return lines.join('\n');
}

export function exitCodeOf(thrown: unknown): ExitCode {
  return thrown instanceof UserError ? thrown.exitCode : ExitCode.internal;
}

function fields(error: UserError): Record<string, string> {
  return {
    code: error.code,
    what: error.message,
    ...(error.why && { why: error.why }),
    ...(error.fix && { fix: error.fix }),
  };
}

function unforeseen(thrown: unknown): UserError {
  const message = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  return new UserError('This is a bug in dsc.', {
    code: 'internal',
    why: message,
    fix: 'Run it again with --verbose and report what it shows.',
    exitCode: ExitCode.internal,
    cause: thrown,
  });
}

function stackOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const cause = thrown.cause === undefined ? '' : `\nCaused by: ${stackOf(thrown.cause)}`;
  return `${thrown.stack ?? thrown.message}${cause}`;
}

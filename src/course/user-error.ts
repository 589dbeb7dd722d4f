/** Exit codes of every dsc command, documented in the README and in `dsc help`. */
export const ExitCode = {
  ok: 0,
  checksFailed: 1,
  usage: 2,
  environment: 3,
  internal: 4,
  inconclusive: 5,
  interrupted: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

export interface UserErrorOptions {
  /** Stable kebab-case name for programs that read `--json`. */
  code: string;
  /** Why it happened, in one sentence. */
  why?: string;
  /** What to do next: a command that can be copied, or one sentence. */
  fix?: string;
  exitCode?: ExitCode;
  cause?: unknown;
}

/**
 * An error meant for a person: what happened, why, what to do next.
 * Thrown anywhere in `src`, printed in one place (`src/cli/main.ts`).
 */
export class UserError extends Error {
  readonly code: string;
  readonly why: string | undefined;
  readonly fix: string | undefined;
  readonly exitCode: ExitCode;

  constructor(what: string, options: UserErrorOptions) {
    super(what, { cause: options.cause });
    this.name = 'UserError';
    this.code = options.code;
    this.why = options.why;
    this.fix = options.fix;
    this.exitCode = options.exitCode ?? ExitCode.environment;
  }
}

import { execa } from 'execa';
import { packagePath } from '../../src/course/package-root.ts';

export interface Run {
  stdout: string;
  stderr: string;
  exitCode?: number | undefined;
}

/** Runs the real program as a user without a terminal would. */
export function dsc(words: readonly string[], cwd: string, env: Record<string, string> = {}): Promise<Run> {
  return execa(process.execPath, [packagePath('bin', 'dsc.js'), ...words], {
    cwd,
    env: { NO_COLOR: '1', ...env },
    reject: false,
    stdin: 'ignore',
  });
}

/** What a command printed with `--json`. */
export function json(run: Run): any {
  return JSON.parse(run.stdout);
}

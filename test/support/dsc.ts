import { execa } from 'execa';
import { packagePath } from '../../src/course/package-root.ts';

export interface Run {
  stdout: string;
  stderr: string;
  exitCode?: number | undefined;
}

/** Several tests run at once: none of them wants the ports of the Compose files. */
const ANY_PORTS = Object.fromEntries(
  ['NODE1', 'NODE2', 'NODE3', 'BROKER', 'WORKER1', 'WORKER2', 'WORKER3', 'PRODUCER', 'CHAT1', 'CHAT2'].map(
    (name) => [`${name}_PORT`, '0'],
  ),
);

// Vitest sets it for its own use; to the store it means something else.
delete process.env.MODE;

/** The environment of a dsc in a test. */
export const TEST_ENVIRONMENT: Readonly<Record<string, string>> = { NO_COLOR: '1', ...ANY_PORTS };

/** Runs the real program as a user without a terminal would. */
export function dsc(words: readonly string[], cwd: string, env: Record<string, string> = {}): Promise<Run> {
  return execa(process.execPath, [packagePath('bin', 'dsc.js'), ...words], {
    cwd,
    env: { ...TEST_ENVIRONMENT, ...env },
    reject: false,
    stdin: 'ignore',
  });
}

/** What a command printed with `--json`. */
export function json(run: Run): any {
  return JSON.parse(run.stdout);
}

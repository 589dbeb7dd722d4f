import { type ChildProcess, spawn } from 'node:child_process';
import type { Live, LiveAction, LiveEvent } from '../book/live/live.ts';
import { packagePath } from '../course/package-root.ts';
import { UserError } from '../course/user-error.ts';
import { injectFault } from './inject-fault.ts';
import { requireStack } from './session-target.ts';

/** What the panel beside the book shows of a workspace, and does in it. */
export class LiveCluster implements Live {
  readonly #workspace: string;
  #verify: ChildProcess | undefined;

  constructor(workspace: string) {
    this.#workspace = workspace;
  }

  watch(_tell: (event: LiveEvent) => void, _signal: AbortSignal): void {}

  async act({ do: what, args }: LiveAction): Promise<string> {
    if (what === 'verify') return this.#beginVerify();
    const { stack } = await requireStack(this.#workspace);
    return injectFault(stack, what, args);
  }

  async runs(): Promise<unknown[]> {
    return [];
  }

  async run(_id: string): Promise<LiveEvent[] | undefined> {
    return undefined;
  }

  /** What was begun ends as with Ctrl-C. */
  end(): void {
    this.#verify?.kill('SIGINT');
  }

  /**
   * The very command, in a process of its own: its checks are told of through its recording.
   * @throws UserError when one runs already
   */
  async #beginVerify(): Promise<string> {
    if (this.#verify) {
      throw new UserError('A verify is running.', { code: 'verify-running', fix: 'Wait for its end.' });
    }
    const child = spawn(process.execPath, [packagePath('bin', 'dsc.js'), 'verify'], {
      cwd: this.#workspace,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#verify = child;
    let complaint = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint = `${complaint}${text}`.slice(-2_000);
    });
    child.on('close', () => {
      this.#verify = undefined;
    });
    return 'The verify has begun.';
  }
}

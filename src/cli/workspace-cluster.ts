import { type ChildProcess, spawn } from 'node:child_process';
import type { LiveAction, LiveCluster, RecordedCheck } from '../book/panel/live-cluster.ts';
import { packagePath } from '../course/package-root.ts';
import { UserError } from '../course/user-error.ts';
import type { LiveEvent } from '../live/events.ts';
import { Latest } from '../live/latest.ts';
import { observe } from '../live/observe.ts';
import { chosenCheck, listRuns, type RunSummary, readRun, replaySteps } from '../live/runs.ts';
import { injectFault } from './inject-fault.ts';
import { findObserved, requireStack } from './session-target.ts';

/** A reader who turns the page is away for a moment: the nodes are observed on for so long, ms. */
const LINGER_MS = 10_000;

/** Messages and lines of the last moments, so that a page that is just opened does not begin with an empty diagram. */
const MOST_RECENT = 600;

/** At each look. The diagram shows a hundred a second; to tell of all that a busy cluster says would cost it time. */
const MOST_MESSAGES = 100;

/** Of what a verify complained about, characters. */
const MOST_COMPLAINT = 2_000;

type Tell = (event: LiveEvent) => void;

/** What the panel beside the book shows of a workspace, and does in it. Nothing is observed while nobody watches. */
export class WorkspaceCluster implements LiveCluster {
  readonly #workspace: string;
  readonly #watchers = new Set<Tell>();
  #latest = new Latest();
  #recent: LiveEvent[] = [];
  #observing: AbortController | undefined;
  #linger: NodeJS.Timeout | undefined;
  #verify: ChildProcess | undefined;
  /** Observations and acts that go on. */
  readonly #unfinished = new Set<Promise<void>>();

  constructor(workspace: string) {
    this.#workspace = workspace;
  }

  watch(tell: Tell, signal: AbortSignal): void {
    for (const event of [...this.#latest.events(), ...this.#recent]) tell(event);
    this.#watchers.add(tell);
    clearTimeout(this.#linger);
    if (!this.#observing) this.#observe();
    signal.addEventListener('abort', () => {
      this.#watchers.delete(tell);
      if (this.#watchers.size === 0) this.#linger = setTimeout(() => this.#rest(), LINGER_MS);
    });
  }

  act({ do: what, args }: LiveAction): Promise<string> {
    const acting = what === 'verify' ? this.#beginVerify() : this.#inject(what, args);
    const ended = acting.then(
      () => {},
      () => {},
    );
    this.#unfinished.add(ended);
    void ended.then(() => this.#unfinished.delete(ended));
    return acting;
  }

  runs(): Promise<RunSummary[]> {
    return listRuns(this.#workspace);
  }

  async recorded(run: string, id?: string): Promise<RecordedCheck | undefined> {
    const events = await readRun(this.#workspace, run);
    const check = events && chosenCheck(events, id);
    return check && { check, steps: replaySteps(check), events };
  }

  /** What was begun here is finished, but a verify ends as with Ctrl-C. */
  async end(): Promise<void> {
    this.#rest();
    const verify = this.#verify;
    if (verify) {
      const ended = new Promise((resolve) => verify.once('close', resolve));
      verify.kill('SIGINT');
      await ended;
    }
    await Promise.all(this.#unfinished);
  }

  async #inject(fault: string, args: string[]): Promise<string> {
    const { stack } = await requireStack(this.#workspace);
    return injectFault(stack, fault, args);
  }

  #observe(): void {
    this.#observing = new AbortController();
    const tell = (event: LiveEvent) => {
      this.#latest.take(event);
      if (event.type === 'cluster') this.#recent = [];
      if (event.type === 'message' || event.type === 'log') this.#recent.push(event);
      if (this.#recent.length > MOST_RECENT) this.#recent.splice(0, MOST_RECENT / 4);
      for (const watcher of this.#watchers) watcher(event);
    };
    const find = () => findObserved(this.#workspace);
    const options = { workspace: this.#workspace, find, mostMessages: MOST_MESSAGES };
    const ended = observe(options, tell, this.#observing.signal);
    this.#unfinished.add(ended);
    void ended.then(() => this.#unfinished.delete(ended));
  }

  /** Who comes later is told everything anew. */
  #rest(): void {
    clearTimeout(this.#linger);
    this.#observing?.abort();
    this.#observing = undefined;
    this.#latest = new Latest();
    this.#recent = [];
  }

  /**
   * The very command, in a process of its own: its checks are told of through its recording.
   * @throws UserError when one runs already, or it ends before it begins
   */
  async #beginVerify(): Promise<string> {
    if (this.#verify) {
      throw new UserError('A verify is running.', { code: 'verify-running', fix: 'Wait for its end.' });
    }
    const command = [packagePath('bin', 'dsc.js'), 'verify'];
    const env = { ...process.env, NO_COLOR: '1' };
    const verify = spawn(process.execPath, command, {
      cwd: this.#workspace,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#verify = verify;
    let complaint = '';
    verify.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint = `${complaint}${text}`.slice(-MOST_COMPLAINT);
    });
    return new Promise((resolve, reject) => {
      // The first that it prints is that it begins; what keeps it from that is said on stderr.
      verify.stdout.on('data', () => resolve('The verify has begun.'));
      verify.on('error', reject);
      verify.on('close', () => {
        this.#verify = undefined;
        const [what = 'The verify did not begin.', ...more] = complaint.trim().split('\n');
        reject(new UserError(what, { code: 'verify-did-not-begin', why: more.join(' ') }));
      });
    });
  }
}

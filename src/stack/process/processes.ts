import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process that may outlive the dsc that started it. The start time tells it from a later one with the same pid. */
export interface ProcessIdentity {
  pid: number;
  /** As the system gives it; only compared for equality. */
  startedAt: string;
}

export type ProcessState = 'running' | 'stopped' | 'gone';

/** @returns the identity of a live process, or undefined when there is none with this pid */
export function identify(pid: number): ProcessIdentity | undefined {
  const found = inspect(pid);
  return found && found.state !== 'gone' ? { pid, startedAt: found.startedAt } : undefined;
}

/** `stopped` is SIGSTOP's state; a zombie counts as gone, for it holds neither memory nor ports. */
export function processState(identity: ProcessIdentity): ProcessState {
  const found = inspect(identity.pid);
  return found && found.startedAt === identity.startedAt ? found.state : 'gone';
}

/** Signals the process and the group it leads, if it is still the same process. */
export function signal(identity: ProcessIdentity, name: NodeJS.Signals): void {
  if (processState(identity) !== 'gone') signalGroup(identity.pid, name);
}

/** Kills what is left of the group of a process that has ended just now: nothing else can have got its number yet. */
export function killOrphans(leader: number): void {
  signalGroup(leader, 'SIGKILL');
}

function signalGroup(leader: number, name: NodeJS.Signals): void {
  try {
    process.kill(-leader, name);
  } catch (error) {
    // Nobody is left in the group; macOS says EPERM when only zombies are.
    if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

function inspect(pid: number): { startedAt: string; state: ProcessState } | undefined {
  return process.platform === 'linux' ? inspectProc(pid) : inspectPs(pid);
}

/**
 * proc(5): after the name in parentheses come the state (field 3), the number of threads (20) and the start time in clock
 * ticks (22). The first thread is a zombie already while the others are dying, and until then the ports are taken.
 */
function inspectProc(pid: number): { startedAt: string; state: ProcessState } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const dying = fields[0] === 'Z' && Number(fields[17]) > 1;
    return { state: dying ? 'running' : stateOf(fields[0] ?? ''), startedAt: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}

function inspectPs(pid: number): { startedAt: string; state: ProcessState } | undefined {
  try {
    // The start time is spelled by language and time zone, which may differ from one dsc command to the next.
    const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
    const line = execFileSync('ps', ['-o', 'state=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      env,
    }).trim();
    return { state: stateOf(line[0] ?? ''), startedAt: line.slice(line.indexOf(' ')).trim() };
  } catch {
    return undefined;
  }
}

function stateOf(letter: string): ProcessState {
  if (letter === 'T' || letter === 't') return 'stopped';
  return letter === 'Z' || letter === 'X' || letter === '' ? 'gone' : 'running';
}

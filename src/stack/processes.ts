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

/** `stopped` is SIGSTOP's state; a zombie counts as gone. */
export function processState(identity: ProcessIdentity): ProcessState {
  const found = inspect(identity.pid);
  return found && found.startedAt === identity.startedAt ? found.state : 'gone';
}

/** Signals the process and the group it leads, if it is still the same process. */
export function signal(identity: ProcessIdentity, name: NodeJS.Signals): void {
  if (processState(identity) === 'gone') return;
  try {
    process.kill(-identity.pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function inspect(pid: number): { startedAt: string; state: ProcessState } | undefined {
  return process.platform === 'linux' ? inspectProc(pid) : inspectPs(pid);
}

/** proc(5): after the name in parentheses come the state (field 3) and, as field 22, the start time in clock ticks. */
function inspectProc(pid: number): { startedAt: string; state: ProcessState } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: stateOf(fields[0] ?? ''), startedAt: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}

function inspectPs(pid: number): { startedAt: string; state: ProcessState } | undefined {
  try {
    const line = execFileSync('ps', ['-o', 'state=,lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return { state: stateOf(line[0] ?? ''), startedAt: line.slice(line.indexOf(' ')).trim() };
  } catch {
    return undefined;
  }
}

function stateOf(letter: string): ProcessState {
  if (letter === 'T' || letter === 't') return 'stopped';
  return letter === 'Z' || letter === 'X' || letter === '' ? 'gone' : 'running';
}

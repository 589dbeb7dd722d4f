import { rmSync } from 'node:fs';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { temporaryName } from './atomic-write.ts';
import { UserError } from './user-error.ts';

/** Who holds a lock. The start time tells a process from a later one with the same id. */
interface Holder {
  pid: number;
  host: string;
  /** As /proc gives it; empty where there is no /proc. */
  processStart: string;
  command: string;
  /** ISO 8601. */
  since: string;
}

/** Looking at a dead lock once more and removing it takes no longer than this even on a busy machine, ms. */
const REMOVAL_WITHIN_MS = 5_000;

export interface LockOptions {
  /** How long to wait for the other one, ms. Default 0: say at once who holds it. */
  waitMs?: number;
  /** Name of the lock file. */
  name?: string;
}

/**
 * Runs `work` while no other dsc does so in this directory (which is made if need be). A lock whose process
 * has died is taken over. The lock is released when `work` has settled or the process exits.
 * @param command what this dsc does, in the words of its command line: `verify`
 * @throws UserError `workspace-busy` that names the other dsc
 */
export async function withLock<T>(
  directory: string,
  command: string,
  work: () => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  const file = join(directory, options.name ?? '.dsc.lock');
  await mkdir(directory, { recursive: true });
  await acquire(file, command, options.waitMs ?? 0);
  const release = () => rmSync(file, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.removeListener('exit', release);
    release();
  }
}

async function acquire(file: string, command: string, waitMs: number): Promise<void> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    if (await create(file, command)) return;
    let holder = await readHolder(file);
    if (holder === 'damaged') {
      // Perhaps only half written yet, on a file system without links.
      await pause(100);
      holder = await readHolder(file);
    }
    if (holder === 'gone') continue;
    if (holder === 'damaged' || !(await isAlive(holder))) {
      await removeDead(file, holder, command);
    } else if (performance.now() >= deadline) {
      throw busy(file, holder);
    } else {
      await pause(20);
    }
  }
}

/** Creates the lock with its whole content in one step: a link to an existing name fails, and nobody sees half a file. */
async function create(file: string, command: string): Promise<boolean> {
  const aside = join(file, '..', temporaryName(basename(file)));
  const holder: Holder = {
    pid: process.pid,
    host: hostname(),
    processStart: (await processStart(process.pid)) ?? '',
    command,
    since: new Date().toISOString(),
  };
  await writeFile(aside, JSON.stringify(holder));
  try {
    await link(aside, file);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    if (code !== 'EPERM' && code !== 'ENOTSUP') throw error;
    return await createWithoutLinks(file, JSON.stringify(holder));
  } finally {
    await rm(aside, { force: true });
  }
}

/** File systems without hard links (exFAT, some network drives). */
async function createWithoutLinks(file: string, content: string): Promise<boolean> {
  try {
    await writeFile(file, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function readHolder(file: string): Promise<Holder | 'gone' | 'damaged'> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Holder;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'gone';
    if (error instanceof SyntaxError) return 'damaged';
    throw error;
  }
}

/**
 * Two processes may find the same dead lock; the slower one must not remove the lock that the quicker one has made
 * since. So removing needs a lock of its own, under which the dead one is looked at again; as its owner is dead, nobody
 * else touches it meanwhile.
 */
async function removeDead(file: string, dead: Holder | 'damaged', command: string): Promise<void> {
  const removal = `${file}.removal`;
  await acquire(removal, command, REMOVAL_WITHIN_MS);
  try {
    const found = await readHolder(file);
    if (JSON.stringify(found) === JSON.stringify(dead)) await rm(file, { force: true });
  } finally {
    await rm(removal, { force: true });
  }
}

async function isAlive(holder: Holder): Promise<boolean> {
  if (holder.host !== hostname()) return true;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const start = await processStart(holder.pid);
  return start === undefined || holder.processStart === '' || start === holder.processStart;
}

/** proc(5): field 22 of stat, counted after the name in parentheses. Undefined where there is no /proc. */
async function processStart(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}

function busy(file: string, holder: Holder): UserError {
  const since = new Date(holder.since).toTimeString().slice(0, 8);
  return new UserError(
    `dsc ${holder.command} (process ${holder.pid}) is working in this workspace since ${since}.`,
    {
      code: 'workspace-busy',
      why: 'Only one dsc at a time may change it.',
      fix:
        holder.host === hostname()
          ? `Wait until it is done, or end it: kill ${holder.pid}`
          : `It runs on ${holder.host}. Wait until it is done; if it is not there any more, delete ${file}`,
    },
  );
}

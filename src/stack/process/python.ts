import { createHash } from 'node:crypto';
import { access, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { withLock } from '../../course/lock.ts';
import { packagePath } from '../../course/package-root.ts';
import { UserError } from '../../course/user-error.ts';
import { cacheFolder } from '../all-stacks.ts';
import type { Report } from '../runtime.ts';

/** How long another dsc may take to install the packages, ms. */
const INSTALL_WITHIN_MS = 300_000;

const CANDIDATES = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python'];

/**
 * The interpreter of a virtual environment with the course's Python packages, made once and kept in the user's cache.
 * @returns absolute path of the environment's `python3`
 * @throws UserError when there is no Python >= 3.11, or its packages cannot be installed
 */
export async function pythonEnvironment(report: Report): Promise<string> {
  const requirements = packagePath('python/solutions/requirements.txt');
  const base = await findPython();
  const key = createHash('sha256')
    .update(await readFile(requirements))
    .update(base.version + base.path)
    .digest('hex')
    .slice(0, 12);
  const directory = cacheFolder(`python-${key}`);
  const python = join(directory, 'bin', 'python3');
  const complete = join(directory, 'complete');
  if (await exists(complete)) return python;
  const prepare = async () => {
    if (await exists(complete)) return;
    report('making a Python environment with the course packages (once)');
    await rm(directory, { recursive: true, force: true });
    await run(base.path, ['-m', 'venv', directory], {
      what: 'Python cannot make a virtual environment.',
      fix: 'Install the venv module (Debian and Ubuntu: apt install python3-venv), then run the command again.',
    });
    await run(
      python,
      ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements],
      {
        what: "The course's Python packages could not be installed.",
        fix: 'Check the network, then run the command again; it is needed only once. Or use --lang ts.',
      },
    );
    await writeFile(complete, '');
  };
  // Another dsc may be at it already: its result will do.
  await withLock(cacheFolder(), 'preparing Python', prepare, { waitMs: INSTALL_WITHIN_MS });
  return python;
}

/** The machine's own interpreter. @throws UserError when there is none >= 3.11 */
export async function findPython(): Promise<{ path: string; version: string }> {
  const wanted = process.env.DSC_PYTHON;
  for (const candidate of wanted ? [wanted] : CANDIDATES) {
    const asked = await execa(
      candidate,
      ['-c', 'import sys; print(sys.executable); print("%d.%d.%d" % sys.version_info[:3])'],
      { reject: false },
    );
    const [path, version] = asked.exitCode === 0 ? asked.stdout.split('\n') : [];
    const [major = 0, minor = 0] = version?.split('.').map(Number) ?? [];
    if (path && version && (major > 3 || (major === 3 && minor >= 11))) return { path, version };
  }
  throw new UserError('Python 3.11 or newer was not found.', {
    code: 'python-missing',
    why: `Python nodes need it; looked for ${wanted ?? CANDIDATES.join(', ')}.`,
    fix: 'Install Python 3.11 or newer (or set DSC_PYTHON to its path), or use --lang ts.',
  });
}

async function run(command: string, args: string[], error: { what: string; fix: string }): Promise<void> {
  const result = await execa(command, args, { reject: false, all: true });
  if (result.exitCode === 0) return;
  const lines = (result.all ?? '').trim().split('\n');
  throw new UserError(error.what, { code: 'python-setup', why: lines.at(-1) ?? '', fix: error.fix });
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

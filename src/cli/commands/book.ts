import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { bookSource, buildBook, renderedBook } from '../../book/mdbook.ts';
import { findPage, listPages } from '../../book/pages.ts';
import { type Language, parseLanguages } from '../../course/languages.ts';
import { type Progress, readProgress } from '../../course/progress.ts';
import { loadLesson } from '../../course/sessions.ts';
import { ExitCode } from '../../course/user-error.ts';
import { findWorkspace, stateFolder } from '../../course/workspace.ts';
import type { Context } from '../context.ts';
import { ProgressLine } from '../output/progress.ts';
import type { WorkspaceCluster } from '../workspace-cluster.ts';

export interface BookOptions {
  chapter?: string;
  build?: boolean;
  terminal?: boolean;
  lang?: string;
  port?: number;
  /** False with --no-open. */
  open: boolean;
  /** Ends when `dsc stop` is called: how `dsc start` begins it. */
  untilStop?: boolean;
}

/** How often a server that ends with `dsc stop` looks whether it was called, ms. */
const LOOK_EVERY_MS = 1_000;

interface Place {
  /** Of the page, below `book/src/`. */
  path: string;
  /** Of a heading. */
  anchor: string | undefined;
}

/** `dsc book`: in the browser until Ctrl-C, or in the terminal; the learner's chapter where none is named. */
export async function run(options: BookOptions, context: Context): Promise<ExitCode> {
  const workspace = await findWorkspace(context.cwd);
  const progress = workspace === undefined ? undefined : await readProgress(workspace);
  const { path, anchor } = options.chapter
    ? await findPage(options.chapter)
    : { path: await pageToRead(progress), anchor: undefined };
  if (options.terminal) {
    const language = options.lang ? parseLanguages(options.lang)[0] : progress?.languages[0];
    return read({ path, anchor }, language ?? 'typescript', context);
  }
  if (options.build || !existsSync(join(renderedBook(), 'index.html'))) await build(context);
  if (!options.build) return serve({ path, anchor }, workspace, options, context);
  context.print(`The book is in ${renderedBook()}`);
  return ExitCode.ok;
}

/** The first chapter of the session that was started last, else the first page. */
async function pageToRead(progress: Progress | undefined): Promise<string> {
  const chapter = progress?.session ? (await loadLesson(progress.session)).chapters[0] : undefined;
  return chapter ?? (await listPages())[0]!.path;
}

async function build(context: Context): Promise<void> {
  const line = await ProgressLine.create(context);
  try {
    const complain = (text: string) => {
      line.stop();
      context.stderr.write(`${text}\n`);
    };
    await buildBook({ source: bookSource(), report: line.step, complain, signal: context.signal });
  } finally {
    line.stop();
  }
}

async function read(place: Place, language: Language, context: Context): Promise<ExitCode> {
  const { renderInTerminal } = await import('../../book/terminal.ts');
  const colour = context.paint.level > 0;
  const width = Math.min(context.width, 100);
  context.print(await renderInTerminal(place.path, { anchor: place.anchor, language, width, colour }));
  return ExitCode.ok;
}

async function serve(
  { path, anchor }: Place,
  workspace: string | undefined,
  options: BookOptions,
  context: Context,
): Promise<ExitCode> {
  const { findServer, pageAddress } = await import('../../book/served-book.ts');
  const running = workspace && options.port === undefined ? await findServer(workspace) : undefined;
  if (running) {
    const url = pageAddress(running.url, path, anchor);
    context.print(`The book: ${url}`);
    await openBrowser(url, options, context);
    return ExitCode.ok;
  }
  const { serveBook } = await import('../../book/serve.ts');
  const cluster = workspace === undefined ? undefined : await clusterOf(workspace);
  const server = await serveBook(renderedBook(), options.port ?? 0, cluster);
  try {
    const url = pageAddress(server.url, path, anchor);
    context.print(`The book: ${url}`, 'Ctrl-C ends it.');
    await openBrowser(url, options, context);
    if (workspace === undefined) await interrupted(context.signal);
    else await serveWorkspace(workspace, server.url, options, context);
  } finally {
    await server.close();
    await cluster?.end();
  }
  return ExitCode.ok;
}

/** Other commands find the server as long as it runs. */
async function serveWorkspace(
  workspace: string,
  url: string,
  options: BookOptions,
  context: Context,
): Promise<void> {
  const { forgetServer, namedServer, rememberServer } = await import('../../book/served-book.ts');
  const isNamed = async () => (await namedServer(workspace))?.pid === process.pid;
  await mkdir(stateFolder(workspace), { recursive: true });
  await rememberServer(workspace, { url, pid: process.pid });
  try {
    if (!options.untilStop) return await interrupted(context.signal);
    while (!context.signal.aborted && (await isNamed())) {
      await Promise.race([pause(LOOK_EVERY_MS), interrupted(context.signal)]);
    }
  } finally {
    if (await isNamed()) await forgetServer(workspace);
  }
}

async function openBrowser(url: string, options: BookOptions, context: Context): Promise<void> {
  if (!options.open || !context.isTTY) return;
  const { default: open } = await import('open');
  // Without a browser the address that was printed has to do.
  await open(url).catch(() => {});
}

function interrupted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

async function clusterOf(workspace: string): Promise<WorkspaceCluster> {
  const { WorkspaceCluster } = await import('../workspace-cluster.ts');
  return new WorkspaceCluster(workspace);
}

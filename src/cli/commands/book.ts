import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bookSource, buildBook, renderedBook } from '../../book/mdbook.ts';
import { findPage, listPages } from '../../book/pages.ts';
import { type Language, parseLanguages } from '../../course/languages.ts';
import { type Progress, readProgress } from '../../course/progress.ts';
import { loadLesson } from '../../course/sessions.ts';
import { ExitCode } from '../../course/user-error.ts';
import { findWorkspace } from '../../course/workspace.ts';
import type { Context } from '../context.ts';
import { ProgressLine } from '../output/progress.ts';

export interface BookOptions {
  chapter?: string;
  build?: boolean;
  terminal?: boolean;
  lang?: string;
  port?: number;
  /** False with --no-open. */
  open: boolean;
}

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
  if (!options.build) return serve({ path, anchor }, options, context);
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

async function serve({ path, anchor }: Place, options: BookOptions, context: Context): Promise<ExitCode> {
  const { serveBook } = await import('../../book/serve.ts');
  const server = await serveBook(renderedBook(), options.port ?? 0);
  const url = `${server.url}/${path.replace(/\.md$/, '.html')}${anchor ? `#${anchor}` : ''}`;
  context.print(`The book: ${url}`, 'Ctrl-C ends it.');
  try {
    if (options.open && context.isTTY) {
      const { default: open } = await import('open');
      // Without a browser the address above has to do.
      await open(url).catch(() => {});
    }
    await new Promise((resolve) => context.signal.addEventListener('abort', resolve));
  } finally {
    await server.close();
  }
  return ExitCode.ok;
}

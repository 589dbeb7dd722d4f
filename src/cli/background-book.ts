import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { renderedBook } from '../book/mdbook.ts';
import { findServer, type ServedBook } from '../book/served-book.ts';
import { packagePath } from '../course/package-root.ts';
import { until } from '../stack/until.ts';

/** How long the server may take to answer, ms. */
const READY_WITHIN_MS = 15_000;

/**
 * Serves the book of this workspace in a process of its own, which lasts until `dsc stop`; one that runs already is found.
 * @returns undefined where there is no rendered book, or it cannot be served
 */
export async function serveInBackground(workspace: string): Promise<ServedBook | undefined> {
  const running = await findServer(workspace);
  if (running || !existsSync(join(renderedBook(), 'index.html'))) return running;
  const args = [packagePath('bin', 'dsc.js'), 'book', '--no-open', '--until-stop'];
  const child = spawn(process.execPath, args, { cwd: workspace, detached: true, stdio: 'ignore' });
  child.on('error', () => {});
  child.unref();
  let served: ServedBook | undefined;
  const answers = async () => {
    served = await findServer(workspace);
    return served !== undefined || child.exitCode !== null;
  };
  await until(answers, { withinMs: READY_WITHIN_MS, what: 'the book to be served' }).catch(() => {});
  return served;
}

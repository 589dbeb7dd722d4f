import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { atomicWrite } from '../course/atomic-write.ts';
import { stateFolder } from '../course/workspace.ts';
import { httpRequest } from '../stack/http.ts';

/** The server of the book that runs for a workspace, so that other commands can point into it; in `.dsc/book.json`. */
export interface ServedBook {
  /** Without a slash at its end. */
  url: string;
  pid: number;
}

const ANSWER_WITHIN_MS = 1_000;

/** Names the server that runs for this workspace. */
export async function rememberServer(workspace: string, served: ServedBook): Promise<void> {
  await atomicWrite(recordOf(workspace), `${JSON.stringify(served)}\n`);
}

/** Makes other commands forget it; one that `dsc start` began ends itself then. */
export async function forgetServer(workspace: string): Promise<void> {
  await rm(recordOf(workspace), { force: true });
}

/** The server that is named, whether it still runs or not. */
export async function namedServer(workspace: string): Promise<ServedBook | undefined> {
  const text = await readFile(recordOf(workspace), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as ServedBook);
}

/** The server that runs for this workspace: it answers, and shows the cluster. */
export async function findServer(workspace: string): Promise<ServedBook | undefined> {
  const served = await namedServer(workspace);
  if (!served) return undefined;
  const options = { timeoutMs: ANSWER_WITHIN_MS };
  const answer = await httpRequest('GET', `${served.url}/live/panel.js`, options).catch(() => undefined);
  return answer?.status === 200 ? served : undefined;
}

/** The address of a page below the server's, from its path in `book/src`, and a heading. */
export function pageAddress(server: string, path: string, anchor?: string): string {
  return `${server}/${path.replace(/\.md$/, '.html')}${anchor ? `#${anchor}` : ''}`;
}

/** The address at which the panel shows a check of a recorded run, beside the chapter that is about it. */
export function replayAddress(server: string, run: string, check: { id: string; chapter: string }): string {
  const [path = '', anchor] = check.chapter.split('#');
  const query = new URLSearchParams({ run, check: check.id });
  return `${pageAddress(server, path)}?${query}${anchor ? `#${anchor}` : ''}`;
}

function recordOf(workspace: string): string {
  return join(stateFolder(workspace), 'book.json');
}

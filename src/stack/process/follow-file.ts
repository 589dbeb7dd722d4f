import { access, type FileHandle, open } from 'node:fs/promises';
import { until } from '../until.ts';

/** How often a follower looks for something new, ms. */
const FOLLOW_EVERY_MS = 100;

/** The last lines are looked for in so much of the file. */
const TAIL_BYTES = 64 * 1024;

/**
 * The lines of a text file, and with `follow` the lines that come later, until the signal aborts; also those of a new file
 * in the place of one that was removed.
 * A file that does not exist has no lines yet; a last line without its newline comes when the reading ends.
 */
export async function* followFile(
  path: string,
  options: { follow?: boolean; signal?: AbortSignal; tail?: number },
): AsyncIterable<string> {
  const { follow, signal } = options;
  let { tail } = options;
  do {
    if (follow) await waitFor(() => exists(path), signal);
    if (signal?.aborted || !(await exists(path))) return;
    yield* readToItsEnd(path, options, tail);
    tail = undefined;
  } while (follow);
}

/** Of a file that is followed the end is its removal. */
async function* readToItsEnd(
  path: string,
  { follow, signal }: { follow?: boolean; signal?: AbortSignal },
  tail?: number,
): AsyncIterable<string> {
  const file = await open(path);
  try {
    let position = tail === undefined ? 0 : await startOfTail(file, tail);
    let rest = Buffer.alloc(0);
    const block = Buffer.alloc(64 * 1024);
    const hasMore = async () => (await file.stat()).size > position;
    const removed = async () => (await file.stat()).nlink === 0;
    while (!signal?.aborted) {
      const { bytesRead } = await file.read(block, 0, block.length, position);
      position += bytesRead;
      rest = Buffer.concat([rest, block.subarray(0, bytesRead)]);
      for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
        yield rest.subarray(0, end).toString('utf8');
        rest = rest.subarray(end + 1);
      }
      if (bytesRead > 0) continue;
      if (!follow || (await removed())) break;
      await waitFor(async () => (await hasMore()) || (await removed()), signal);
    }
    if (rest.length > 0) yield rest.toString('utf8');
  } finally {
    await file.close();
  }
}

/** Where about so many last lines begin: at the end of a file that has not so many in its last part, some are left out. */
async function startOfTail(file: FileHandle, lines: number): Promise<number> {
  const { size } = await file.stat();
  const part = Buffer.alloc(Math.min(size, TAIL_BYTES));
  const { bytesRead } = await file.read(part, 0, part.length, size - part.length);
  let start = part.subarray(0, bytesRead).lastIndexOf(10) + 1;
  for (let count = 0; count < lines && start > 0; count++) start = part.lastIndexOf(10, start - 2) + 1;
  // The part begins in the middle of a line, unless it is the whole file.
  if (start === 0 && size > part.length) start = part.indexOf(10) + 1;
  return size - part.length + start;
}

/** Resolves when the condition holds, or when the signal aborts. */
async function waitFor(condition: () => Promise<boolean>, signal: AbortSignal | undefined): Promise<void> {
  await until(async () => signal?.aborted || (await condition()), {
    withinMs: Number.POSITIVE_INFINITY,
    everyMs: FOLLOW_EVERY_MS,
    what: 'more output',
  });
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

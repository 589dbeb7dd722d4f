import { access, open } from 'node:fs/promises';
import { until } from '../until.ts';

/** How often a follower looks for something new, ms. */
const FOLLOW_EVERY_MS = 100;

/**
 * The lines of a text file, and with `follow` the lines that come later, until the signal aborts; also those of a new file
 * in the place of one that was removed.
 * A file that does not exist has no lines yet; a last line without its newline comes when the reading ends.
 */
export async function* followFile(
  path: string,
  options: { follow?: boolean; signal?: AbortSignal },
): AsyncIterable<string> {
  const { follow, signal } = options;
  do {
    if (follow) await waitFor(() => exists(path), signal);
    if (signal?.aborted || !(await exists(path))) return;
    yield* readToItsEnd(path, options);
  } while (follow);
}

/** Of a file that is followed the end is its removal. */
async function* readToItsEnd(
  path: string,
  { follow, signal }: { follow?: boolean; signal?: AbortSignal },
): AsyncIterable<string> {
  const file = await open(path);
  try {
    let position = 0;
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

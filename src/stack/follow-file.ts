import { open } from 'node:fs/promises';
import { until } from './until.ts';

/**
 * The lines of a text file, and with `follow` the lines appended to it later, until the signal aborts.
 * A file that does not exist has no lines; a last line without its newline comes when the reading ends.
 */
export async function* followFile(
  path: string,
  options: { follow?: boolean; signal?: AbortSignal },
): AsyncIterable<string> {
  const file = await open(path).catch(() => undefined);
  if (!file) return;
  try {
    let position = 0;
    let rest = Buffer.alloc(0);
    const block = Buffer.alloc(64 * 1024);
    while (!options.signal?.aborted) {
      const { bytesRead } = await file.read(block, 0, block.length, position);
      position += bytesRead;
      rest = Buffer.concat([rest, block.subarray(0, bytesRead)]);
      for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
        yield rest.subarray(0, end).toString('utf8');
        rest = rest.subarray(end + 1);
      }
      if (bytesRead > 0) continue;
      if (!options.follow) break;
      await until(async () => (await file.stat()).size > position, {
        withinMs: Number.POSITIVE_INFINITY,
        everyMs: 100,
        what: 'more output',
        signal: options.signal,
      }).catch((error: Error) => {
        if (!options.signal?.aborted) throw error;
      });
    }
    if (rest.length > 0) yield rest.toString('utf8');
  } finally {
    await file.close();
  }
}

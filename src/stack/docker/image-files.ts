import { createReadStream } from 'node:fs';
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Pack, pack } from 'tar-stream';

/** One entry of an image or a build context. Files of root unless `uid` says otherwise. */
export type ImageFile = { path: string; uid?: number } & (
  | { from: string }
  | { text: string | Buffer; mode?: number }
  | { directory: true; mode?: number }
);

/**
 * A tar archive of these files, in this order.
 * A file that cannot be read makes the stream fail.
 */
export function tarOf(files: readonly ImageFile[]): Readable {
  const archive = pack();
  void fill(archive, files).catch((error: Error) => archive.destroy(error));
  return Readable.from(archive as unknown as AsyncIterable<Buffer>, { objectMode: false });
}

async function fill(archive: Pack, files: readonly ImageFile[]): Promise<void> {
  for (const file of files) {
    const owner = { name: file.path, uid: file.uid ?? 0, gid: file.uid ?? 0 };
    if ('from' in file) await addFile(archive, file.from, owner);
    else if ('text' in file) archive.entry({ ...owner, mode: file.mode ?? 0o644 }, file.text);
    else archive.entry({ ...owner, type: 'directory', mode: file.mode ?? 0o755 });
  }
  archive.finalize();
}

async function addFile(archive: Pack, from: string, owner: { name: string; uid: number; gid: number }) {
  const path = await realpath(from);
  const { size, mtime, mode } = await stat(path);
  const entry = archive.entry({ ...owner, size, mtime, mode: mode & 0o777 });
  // Not a byte more than promised, should the file be growing just now.
  const content = createReadStream(path, { end: Math.max(0, size - 1) });
  await pipeline(size === 0 ? Readable.from([]) : content, entry as unknown as NodeJS.WritableStream);
}

/**
 * All files below a directory, links to files followed, in a stable order.
 * @param into the path in the image
 * @param leaveOut told the name and the path relative to the directory
 * @param options.directories whether directories are entries, too, so that empty ones are kept
 */
export async function filesBelow(
  directory: string,
  into: string,
  leaveOut: (name: string, path: string) => boolean,
  options: { directories?: boolean } = {},
): Promise<ImageFile[]> {
  const files: ImageFile[] = [];
  const walk = async (relative: string): Promise<void> => {
    for (const name of (await readdir(join(directory, relative))).sort()) {
      const path = relative ? `${relative}/${name}` : name;
      if (leaveOut(name, path)) continue;
      const from = join(directory, path);
      const found = await stat(from).catch(() => lstat(from));
      if (found.isFile()) files.push({ path: into + path, from });
      if (!found.isDirectory()) continue;
      if (options.directories) files.push({ path: into + path, directory: true });
      await walk(path);
    }
  };
  await walk('');
  return files;
}

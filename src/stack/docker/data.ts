import { posix } from 'node:path';
import { text } from 'node:stream/consumers';
import type Dockerode from 'dockerode';
import { extract } from 'tar-stream';
import { tarOf } from './image-files.ts';

/** The folder of a container that its DATA_DIR names, or its first volume. */
export function dataDirectory(container: Dockerode.ContainerInspectInfo): string {
  const set = container.Config.Env.find((variable) => variable.startsWith('DATA_DIR='));
  const volume = container.Mounts.find(({ Type }) => Type === 'volume');
  return set?.slice('DATA_DIR='.length) || volume?.Destination || '/data';
}

/** The files below a folder of a container, by their path in it. The container need not run. */
export async function readFolder(
  container: Dockerode.Container,
  folder: string,
): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  const archive = extract();
  const stream = await container.getArchive({ path: `${folder}/.` });
  stream.on('error', (error) => archive.destroy(error));
  stream.pipe(archive);
  for await (const entry of archive) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    if (entry.header.type === 'file') files.set(posix.normalize(entry.header.name), Buffer.concat(chunks));
  }
  return files;
}

/** Writes one file below a folder of a container; it belongs to the user that the container runs as. */
export async function writeIntoFolder(
  container: Dockerode.Container,
  info: Dockerode.ContainerInspectInfo,
  folder: string,
  path: string,
  content: Buffer,
): Promise<void> {
  const uid = Number.parseInt(info.Config.User, 10) || 0;
  const parts = posix.normalize(path).split('/');
  const parents = parts.slice(0, -1).map((_, index) => parts.slice(0, index + 1).join('/'));
  const archive = tarOf([
    ...parents.map((parent) => ({ path: parent, directory: true as const, uid })),
    { path: parts.join('/'), text: content, uid },
  ]);
  const answer = await container.putArchive(archive, { path: folder });
  await text(answer);
}

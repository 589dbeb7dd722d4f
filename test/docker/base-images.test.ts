import { Readable } from 'node:stream';
import { pack } from 'tar-stream';
import { beforeAll, describe, expect, test } from 'vitest';
import { ensureBaseImages, hasImage } from '../../src/stack/docker/base-images.ts';
import type { Engine } from '../../src/stack/docker/engine.ts';
import { hostNodeImage, requireSameSystem } from '../../src/stack/docker/host-image.ts';
import { readLog } from '../../src/stack/docker/logs.ts';
import { removeOldImages } from '../../src/stack/docker/remove.ts';
import { requireEngine, uniqueProject } from './docker-stack.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await requireEngine();
});

/** Runs a command as nodes run: without rights, on a read-only file system. */
async function runLockedDown(image: string, command: string[]) {
  const container = await engine.docker.createContainer({
    Image: image,
    Entrypoint: command,
    User: '10001:10001',
    Labels: { 'dsc.project': uniqueProject() },
    HostConfig: { ReadonlyRootfs: true, Init: true, CapDrop: ['ALL'], Tmpfs: { '/tmp': '' } },
  });
  try {
    await container.start();
    const { StatusCode } = await container.wait();
    const output = (await readLog(container)).map(({ text }) => text).join('\n');
    return { exitCode: StatusCode as number, output };
  } finally {
    await container.remove({ force: true });
  }
}

describe('a base image', () => {
  test('runs Node 22 or newer, which runs TypeScript', async () => {
    const { NODE_IMAGE = 'node:24-bookworm-slim' } = await ensureBaseImages(engine, ['node'], () => {});
    const code = 'const n: number = 1; console.log(process.version, require("node:os").tmpdir())';
    const { exitCode, output } = await runLockedDown(NODE_IMAGE, [
      'node',
      '--input-type=commonjs-typescript',
      '-e',
      code,
    ]);
    expect(output).toMatch(/^v2[2-9]\.\d+\.\d+ \/tmp$/);
    expect(exitCode).toBe(0);
  });

  test('runs Python 3.11 or newer with its standard library', async () => {
    const { PYTHON_IMAGE = 'python:3.13-slim-bookworm' } = await ensureBaseImages(
      engine,
      ['python'],
      () => {},
    );
    const code = 'import asyncio, hashlib, json, ssl, sqlite3, sys, zlib; print(sys.version_info >= (3, 11))';
    expect(await runLockedDown(PYTHON_IMAGE, ['python3', '-c', code])).toEqual({
      exitCode: 0,
      output: 'True',
    });
  });

  test('is made once', async () => {
    const first = await ensureBaseImages(engine, ['node'], () => {});
    const steps: string[] = [];
    expect(await ensureBaseImages(engine, ['node'], (step) => steps.push(step))).toEqual(first);
    expect(steps).toEqual([]);
  });

  test('that is made here is named after what is in it', async () => {
    const { name } = await hostNodeImage();
    expect(name).toMatch(/^dsc-base-node:\d+\.\d+\.\d+-[0-9a-f]{12}$/);
    expect((await hostNodeImage()).name).toBe(name);
  });

  test('cannot be made for an engine of another architecture', () => {
    expect(() => requireSameSystem('s390x')).toThrow(
      expect.objectContaining({ code: 'no-base-image', why: expect.stringContaining('s390x') }),
    );
  });

  test('that NODE_IMAGE names is taken as it is', async () => {
    process.env.NODE_IMAGE = 'example/own:1';
    try {
      expect(await ensureBaseImages(engine, ['node'], () => {})).toEqual({ NODE_IMAGE: 'example/own:1' });
    } finally {
      delete process.env.NODE_IMAGE;
    }
  });
});

test('shared images are removed after a week; the newest of each stays, and what is in use', async () => {
  const [unused, inUse, newest] = ['unused', 'in-use', 'newest'].map((tag) => `dsc-wire:test-${tag}`);
  for (const image of [unused!, inUse!]) await importImage(image);
  const user = await engine.docker.createContainer({ Image: inUse!, Cmd: ['true'] });
  // The engine counts in seconds.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  await importImage(newest!);
  try {
    await removeOldImages(engine);
    expect(await hasImage(engine, unused!)).toBe(true);
    await removeOldImages(engine, Date.now() / 1000 + 8 * 24 * 3600);
    expect(await hasImage(engine, unused!)).toBe(false);
    expect(await hasImage(engine, inUse!)).toBe(true);
    expect(await hasImage(engine, newest!)).toBe(true);
  } finally {
    await user.remove();
    for (const image of [inUse!, newest!]) await engine.docker.getImage(image).remove();
  }
});

/** An image with one empty folder, made now. */
async function importImage(image: string): Promise<void> {
  const archive = pack();
  archive.entry({ name: `${image.split(':')[1]}/`, type: 'directory' });
  archive.finalize();
  const [repo, tag] = image.split(':');
  const stream = Readable.from(archive);
  const progress = (await engine.docker.importImage(stream, { repo, tag })) as NodeJS.ReadableStream;
  await new Promise((resolve, reject) => {
    engine.docker.modem.followProgress(progress, (error) => (error ? reject(error) : resolve(undefined)));
  });
}

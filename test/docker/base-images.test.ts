import { beforeAll, describe, expect, test } from 'vitest';
import { ensureBaseImages } from '../../src/stack/docker/base-images.ts';
import type { Engine } from '../../src/stack/docker/engine.ts';
import { hostNodeImage, requireSameSystem } from '../../src/stack/docker/host-image.ts';
import { readLog } from '../../src/stack/docker/logs.ts';
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

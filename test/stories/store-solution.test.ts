import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { buildRing, hash32, ownersOf } from '../../solutions/store/partitioned/ring.ts';
import { derive } from '../../src/course/derive.ts';
import { solutionFiles } from '../../src/course/derive-tree.ts';
import { LANGUAGES, parseLanguages } from '../../src/course/languages.ts';
import { loadLesson } from '../../src/course/sessions.ts';
import { freePorts } from '../../src/stack/ports.ts';
import { pythonEnvironment } from '../../src/stack/process/python.ts';
import type { Stack } from '../../src/stack/stack.ts';
import { until } from '../../src/stack/until.ts';
import { createSessionStack } from '../../src/verify/session-stack.ts';
import { writeSolution } from '../../src/verify/write-solution.ts';
import { writeTree } from '../support/course-fixture.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const NODES = ['node1', 'node2', 'node3'];
const WITHIN_MS = 20_000;

/** Each key on one node: the ring can be seen. */
const RING = { MODE: 'cp', REPLICAS: '1' };
/** Each key on all nodes. */
const REFUSING = { MODE: 'cp', REPLICAS: '3', REPLICA_TIMEOUT_MS: '700' };
const ANSWERING = { MODE: 'ap', REPLICAS: '3', REPLICA_TIMEOUT_MS: '150', RECONCILE_MS: '100' };

interface Answer {
  status: number;
  headers: Headers;
  body: any;
}

async function ask(url: string, method: string, path: string, body?: unknown, headers = {}): Promise<Answer> {
  const sent = typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
  const answer = await fetch(url + path, { method, headers, ...(sent !== undefined && { body: sent }) });
  return { status: answer.status, headers: answer.headers, body: await answer.json() };
}

/** The complete store of session 3, a folder for each language. The sources hold what later sessions make of it, too. */
let solution = '';
beforeAll(async () => {
  solution = await realpath(await mkdtemp(join(tmpdir(), 'dsc-store-solution-')));
  await writeSolution(solution, 3);
});
afterAll(() => rm(solution, { recursive: true }));

const keyNumbers = Array.from({ length: 10_000 }, (_, n) => `key-${n}`);

function ownersOn(nodes: string[], replicas = 1, vnodes = 64): (key: string) => string[] {
  const ring = buildRing(nodes, vnodes);
  return (key) => ownersOf(ring, key, replicas);
}

/** Percent of all keys, to one decimal. */
function share(which: (key: string) => boolean): number {
  return Math.round((keyNumbers.filter(which).length / keyNumbers.length) * 1000) / 10;
}

describe('the ring', () => {
  const three = ownersOn(NODES);
  const four = ownersOn([...NODES, 'node4']);

  test('gives known keys to known nodes', () => {
    expect(hash32('apple')).toBe(981_193_698);
    expect(['key', 'apple', 'banana'].map((key) => three(key)[0])).toEqual(['node1', 'node2', 'node1']);
    expect(ownersOn(NODES, 3)('key').toSorted()).toEqual(NODES);
    expect(ownersOn(NODES, 5)('key')).toHaveLength(3);
  });

  test('spreads keys over the nodes, the better the more points they have', () => {
    expect(NODES.map((node) => share((key) => three(key)[0] === node))).toEqual([31, 35.2, 33.7]);
    const one = ownersOn(NODES, 1, 1);
    expect(NODES.map((node) => share((key) => one(key)[0] === node))).toEqual([39.7, 43.5, 16.8]);
  });

  test('moves keys only to the newcomer, and few of them', () => {
    const moved = (key: string) => three(key)[0] !== four(key)[0];
    expect(share(moved)).toBe(25.9);
    expect(keyNumbers.filter(moved).every((key) => four(key)[0] === 'node4')).toBe(true);
    expect(share((key) => hash32(key) % 3 !== hash32(key) % 4)).toBe(75.5);
  });

  test('begins again after its last point, and a point owns its own place', () => {
    const points = buildRing(NODES, 1);
    const last = keyNumbers.find((key) => hash32(key) > points.at(-1)!.hash)!;
    expect(ownersOf(points, last, 1)).toEqual([points[0]!.node]);
    for (const node of NODES) expect(ownersOf(points, `${node}#0`, 1)).toEqual([node]);
  });
});

describe.each(['ts', 'py', 'ts,py'])('a store in %s', (pattern) => {
  /** Not everything depends on whether the nodes speak the same language. */
  const mixed = pattern.includes(',');
  let home = '';
  let stack: Stack;

  const call = (node: string, method: string, path: string, body?: unknown, headers = {}) =>
    ask(stack.url(node), method, path, body, headers);
  const pathOf = (key: string) => `/${encodeURIComponent(key)}`;
  const put = (node: string, key: string, value: unknown) => call(node, 'PUT', pathOf(key), { value });
  const get = (node: string, key: string) => call(node, 'GET', pathOf(key));

  /** The nodes run with these settings and without anything from before. */
  const begin = (settings: Record<string, string>) => stack.run(NODES, settings, { fresh: true });

  async function write(node: string, key: string, value: unknown): Promise<any> {
    const { status, body } = await put(node, key, value);
    expect([status, body.key, body.value], `PUT of ${key} at ${node}: ${body.message}`).toEqual([
      200,
      key,
      value,
    ]);
    return body;
  }

  async function read(node: string, key: string): Promise<any> {
    const { status, body } = await get(node, key);
    expect(status, `GET of ${key} at ${node}: ${body.message}`).toBe(200);
    return body;
  }

  async function localKeys(node: string): Promise<string[]> {
    return (await call(node, 'GET', '/_local')).body.map((entry: any) => entry.key).toSorted();
  }

  beforeAll(async () => {
    home = await realpath(await mkdtemp(join(tmpdir(), 'dsc-store-')));
    stack = await createSessionStack({
      lesson: await loadLesson(5),
      languages: parseLanguages(pattern),
      code: { typescript: join(solution, 'typescript'), python: join(solution, 'python') },
      home,
      project: `store-${pattern.replace(',', '-')}`,
      runtime: 'process',
      ownPorts: true,
      report: () => {},
    });
  });

  afterEach(() => stack.faults.heal());

  afterAll(async () => {
    await stack.remove();
    await rm(home, { recursive: true });
  });

  describe('with one owner for each key', () => {
    beforeAll(() => begin(RING));

    test('names the same owners at every node', async () => {
      const owners = ownersOn(NODES);
      const ring = (await call('node1', 'GET', '/_ring')).body;
      expect([ring.nodes, ring.vnodes, ring.replicas]).toEqual([NODES, 64, 1]);
      expect(ring.points).toEqual(buildRing(NODES, 64));
      const keys = [...keyNumbers.slice(0, 200), 'ü日本👩', 'a/b?c#d%25'];
      await Promise.all(
        keys.map(async (key, index) => {
          const { body } = await call(NODES[index % 3]!, 'GET', `/_owner${pathOf(key)}`);
          expect(body).toEqual({ key, owners: owners(key) });
        }),
      );
    });

    test('takes any key at any node, and keeps it at its owner', async () => {
      const owners = ownersOn(NODES);
      const keys = ['plain', 'ü日本👩', 'a/b?c#d%25 +', 'k'.repeat(256), '語'.repeat(85)];
      for (const [index, key] of keys.entries()) {
        const value = { n: [index, null, 'ü', '\ud800'] };
        const written = await write(NODES[index % 3]!, key, value);
        expect(written).toEqual({ key, value, version: 1, servedBy: owners(key)[0] });
        for (const node of NODES) {
          expect(await read(node, key)).toEqual(written);
          expect((await localKeys(node)).includes(key)).toBe(owners(key)[0] === node);
        }
      }
    });

    test('passes a value of nearly 1 MiB on, however it is escaped', async () => {
      const value = 'ü'.repeat(500_000);
      for (const node of NODES)
        expect((await read(node, (await write(node, 'large', value)).key)).value).toBe(value);
    });

    test('hands keys to a node that joins, and to nobody else, and takes them back when it leaves', async () => {
      const keys = keyNumbers.slice(0, 60);
      const [two, three] = [ownersOn(['node1', 'node2']), ownersOn(NODES)];
      const places = async (owners: (key: string) => string[]) => {
        for (const node of NODES) {
          const held = (await localKeys(node)).filter((key) => keys.includes(key));
          expect(held).toEqual(keys.filter((key) => owners(key)[0] === node).toSorted());
        }
      };
      const ring = (node: string, nodes: string[]) => call(node, 'PUT', '/_ring', { nodes });
      expect((await ring('node1', ['node2', 'node1'])).status).toBe(200);
      await Promise.all(keys.map((key, index) => write(NODES[index % 3]!, key, index)));
      await places(two);
      const before = await Promise.all(NODES.map(localKeys));
      let changing = true;
      const readers = NODES.map(async (node) => {
        for (let index = 0; changing; index = (index + 1) % keys.length) {
          const { status, body } = await get(node, keys[index]!);
          // Nodes may disagree about the ring for a moment. Then they refuse; they never say that a key is not there.
          if (status !== 503) expect([status, body.value]).toEqual([200, index]);
        }
      });
      const joined = await ring('node3', NODES).finally(() => {
        changing = false;
      });
      await Promise.all(readers);
      const moved = before.flat().filter((key) => three(key)[0] === 'node3');
      expect(joined.body).toEqual({ moved: moved.length, nodes: NODES });
      expect(await localKeys('node3')).toEqual(moved.toSorted());
      await places(three);
      expect((await ring('node2', ['node1', 'node2'])).body.moved).toBe(moved.length);
      await places(two);
      // A node remembers the ring, and one that is not on it forwards.
      await stack.restart('node3');
      const { servedBy } = await write('node3', 'key-0', 'from outside');
      expect(servedBy).toBe(two('key-0')[0]);
      expect((await call('node3', 'GET', '/_ring')).body).toMatchObject({ nodes: ['node1', 'node2'] });
      expect((await ring('node1', NODES)).status).toBe(200);
    });

    if (mixed) return;

    test('counts versions, also past a deletion', async () => {
      expect((await get('node1', 'counted')).body).toMatchObject({ error: 'no_such_key', version: 0 });
      for (const [index, node] of NODES.entries()) {
        expect((await write(node, 'counted', index)).version).toBe(index + 1);
      }
      const deleted = await call('node1', 'DELETE', '/counted');
      expect([deleted.status, deleted.body]).toEqual([
        200,
        { key: 'counted', version: 4, servedBy: ownersOn(NODES)('counted')[0] },
      ]);
      const gone = await get('node2', 'counted');
      expect([gone.status, gone.body.error, gone.body.version]).toEqual([404, 'no_such_key', 4]);
      expect((await write('node3', 'counted', 'again')).version).toBe(5);
    });

    test('refuses what its only owner cannot be asked for, and never forwards twice', async () => {
      const theirs = keyNumbers.find((key) => ownersOn(NODES)(key)[0] === 'node2')!;
      const twice = await call('node1', 'PUT', pathOf(theirs), { value: 1 }, { 'X-Forwarded-By': 'node3' });
      expect([twice.status, twice.body.error]).toEqual([503, 'no_quorum']);
      await stack.faults.kill('node2');
      for (const method of ['GET', 'PUT', 'DELETE']) {
        const answer = await call(
          'node1',
          method,
          pathOf(theirs),
          method === 'PUT' ? { value: 1 } : undefined,
        );
        expect([answer.status, answer.body.error]).toEqual([503, 'no_quorum']);
        expect(answer.headers.get('retry-after')).toBe('1');
      }
      const ring = await call('node1', 'PUT', '/_ring', { nodes: ['node1', 'node3'] });
      expect([ring.status, ring.body.error]).toEqual([503, 'no_quorum']);
      await stack.start('node2');
      expect((await write('node1', theirs, 'after all')).servedBy).toBe('node2');
    });

    test('refuses bad input', async () => {
      const cases: [string, string, unknown, number, string][] = [
        ['PUT', '/bad', '{"value":', 400, 'bad_json'],
        ['PUT', '/bad', undefined, 400, 'bad_json'],
        ['PUT', '/bad', {}, 400, 'bad_request'],
        ['PUT', '/bad', [1], 400, 'bad_request'],
        ['PUT', '/bad', { value: JSON.parse('['.repeat(191) + ']'.repeat(191)) }, 400, 'bad_request'],
        ['PUT', `/${'k'.repeat(257)}`, { value: 1 }, 400, 'bad_request'],
        ['GET', '/%FF', undefined, 400, 'bad_request'],
        ['PUT', '/health', { value: 1 }, 400, 'reserved_key'],
        ['DELETE', '/_ring', undefined, 400, 'reserved_key'],
        ['GET', '/_owner/_local', undefined, 400, 'reserved_key'],
        ['PUT', '/_ring', { nodes: [] }, 400, 'bad_request'],
        ['PUT', '/_ring', { nodes: ['node1', 'node1'] }, 400, 'bad_request'],
        ['PUT', '/_ring', { nodes: ['node1', 'node9'] }, 400, 'bad_request'],
        ['PUT', '/bad', { value: 'x'.repeat(1024 * 1024) }, 413, 'too_large'],
        ['GET', '/a/b', undefined, 404, 'not_found'],
        ['POST', '/_replica/nonsense', {}, 404, 'not_found'],
        ['POST', '/_replica/read', {}, 400, 'bad_request'],
        ['POST', '/_replica/write', { entry: { key: 'bad', value: 1, deleted: 0 } }, 400, 'bad_request'],
        ['POST', '/_replica/copy', { entries: [1] }, 400, 'bad_request'],
        ['POST', '/_replica/stamps', { stamps: [1] }, 400, 'bad_request'],
        ['POST', '/_replica/sums', { from: 'node2', sums: [], ring: 1 }, 400, 'bad_request'],
        ['POST', '/_replica/ring', { step: 'up', ring: { epoch: 1, nodes: ['a'] } }, 400, 'bad_request'],
      ];
      for (const node of NODES) {
        for (const [method, path, body, status, error] of cases) {
          const answer = await call(node, method, path, body);
          expect([answer.status, answer.body.error], `${method} ${path} at ${node}`).toEqual([status, error]);
        }
        const wrong = await call(node, 'POST', '/bad', {});
        expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, HEAD, PUT, DELETE']);
      }
      expect((await get('node1', 'bad')).body).toMatchObject({ error: 'no_such_key', version: 0 });
    });
  });

  describe('that would rather refuse', () => {
    beforeAll(() => begin(REFUSING));

    test('refuses in the minority, answers in the majority, and loses nothing', async () => {
      await write('node1', 'account', 'before');
      await stack.faults.partition([['node1'], ['node2', 'node3']]);
      const began = performance.now();
      for (const refused of [await put('node1', 'account', 'risky'), await get('node1', 'account')]) {
        expect([refused.status, refused.body.error]).toEqual([503, 'no_quorum']);
        expect(refused.headers.get('retry-after')).toBe('1');
      }
      expect(performance.now() - began).toBeLessThan(5000);
      expect((await write('node3', 'account', 'after')).version).toBe(2);
      expect(await read('node2', 'account')).toMatchObject({ value: 'after', servedBy: 'node2' });
      await stack.faults.heal();
      expect(await read('node1', 'account')).toMatchObject({ value: 'after', version: 2 });
      const { health } = (await stack.status())[0]!;
      expect(health).toMatchObject({ id: 'node1', status: 'ok', role: 'node', mode: 'cp' });
    });

    if (mixed) return;

    test('says "maybe" when owners were told and have not confirmed, and brings the owners together', async () => {
      const lose = { from: 'node1', path: '/_replica/write', action: 'lose-request', times: 0 } as const;
      const traps = await Promise.all(['node2', 'node3'].map((to) => stack.wire.addTrap({ ...lose, to })));
      const maybe = await put('node1', 'maybe', 'told to nobody else');
      expect([maybe.status, maybe.body.error]).toEqual([504, 'timeout']);
      for (const { id } of traps) await stack.wire.removeTrap(id);
      const everywhere = async () => {
        const held = await Promise.all(NODES.map(localKeys));
        return held.every((keys) => keys.includes('maybe'));
      };
      await until(everywhere, { withinMs: WITHIN_MS, what: 'all owners to hold the key' });
    });

    test('has everything after all nodes were killed', async () => {
      const written = await Promise.all(
        keyNumbers.slice(0, 20).map((key, index) => write(NODES[index % 3]!, key, index)),
      );
      await call('node2', 'DELETE', '/account');
      await Promise.all(NODES.map((node) => stack.faults.kill(node)));
      await Promise.all(NODES.map((node) => stack.start(node)));
      for (const [index, { key, value, version }] of written.entries()) {
        expect(await read(NODES[(index + 1) % 3]!, key)).toMatchObject({ value, version });
      }
      expect((await get('node3', 'account')).status).toBe(404);
    });
  });

  describe('that would rather answer', () => {
    test('takes writes on both sides, keeps the larger timestamp, and lists the other', async () => {
      await stack.run(['node1', 'node2'], ANSWERING, { fresh: true });
      // Its clock is slow: it will lose, although it writes last.
      await stack.start('node3', { ...ANSWERING, CLOCK_SKEW_MS: '-60000' });
      await stack.faults.partition([['node1', 'node2'], ['node3']]);
      await write('node1', 'price', 'earlier');
      await write('node3', 'price', 'later');
      await call('node3', 'DELETE', '/price');
      await write('node3', 'alone', 'nobody else wrote this');
      expect((await get('node3', 'price')).status).toBe(404);
      await stack.faults.heal();
      const agreed = async () => {
        const entries = await Promise.all(NODES.map((node) => call(node, 'GET', '/_local')));
        const texts = entries.map(({ body }) => JSON.stringify(body.map(sorted).toSorted()));
        return new Set(texts).size === 1 && texts[0]!.includes('alone');
      };
      await until(agreed, { withinMs: WITHIN_MS, what: 'all owners to agree' });
      for (const node of NODES)
        expect(await read(node, 'price')).toMatchObject({ value: 'earlier', version: 2 });
      const { body: conflicts } = await call('node3', 'GET', '/_conflicts');
      expect(conflicts).toMatchObject([
        {
          key: 'price',
          kept: { value: 'earlier', writer: 'node1' },
          lost: { deleted: true, writer: 'node3' },
          reason: expect.stringContaining('the larger timestamp wins'),
        },
      ]);
      // What was lost is not forgotten, and what only came later is no conflict.
      await write('node1', 'price', 'after all');
      await stack.restart('node3');
      expect((await call('node3', 'GET', '/_conflicts')).body).toEqual(conflicts);
    });

    if (mixed) return;

    test('ends politely while it is cut off', async () => {
      await stack.faults.isolate('node2');
      await write('node2', 'polite', 'kept');
      const ended = await stack.terminate('node2', WITHIN_MS);
      expect(ended.exitCode).toBe(0);
      await stack.start('node2');
      expect(await read('node2', 'polite')).toMatchObject({ value: 'kept', servedBy: 'node2' });
    });
  });
});

/** Fields in order of their names: the languages write them in an order of their own. */
function sorted(entry: Record<string, unknown>): string {
  return JSON.stringify(Object.entries(entry).toSorted());
}

describe.each(LANGUAGES)('a node in %s', (language) => {
  let folder = '';

  beforeEach(async () => {
    folder = await temporaryFolder();
  });

  async function start(code: string, env: Record<string, string>) {
    const python = language === 'python';
    const command = python ? await pythonEnvironment(() => {}) : process.execPath;
    const child = spawn(command, [...(python ? ['-u', '-m', 'main'] : ['main.ts']), 'store'], {
      cwd: code,
      env: { PATH: process.env.PATH, PYTHONDONTWRITEBYTECODE: '1', HOST: '127.0.0.1', ...env },
    });
    const closed = once(child, 'close');
    onTestFinished(async () => {
      child.kill('SIGKILL');
      await closed;
    });
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    return { closed, stderr: () => stderr };
  }

  test.each([
    ['MODE', 'ca', 'MODE is neither cp nor ap: "ca"'],
    ['VNODES', '0', 'VNODES is not a whole number between 1 and 10000: "0"'],
    ['RECONCILE_MS', 'soon', 'RECONCILE_MS is not a whole number between 1 and 2147483647: "soon"'],
  ])('does not start with a wrong %s, and says so', async (name, value, message) => {
    const env = { NODE_ID: 'n1', PORT: '0', DATA_DIR: folder, [name]: value };
    const { closed, stderr } = await start(join(solution, language), env);
    expect(await closed).toEqual([2, null]);
    expect(stderr()).toBe(`${message}\n`);
  });

  test('answers as a starter all that nobody has to write, and one exercise after the other brings it on', async () => {
    const files = await solutionFiles(language);
    const starter: Record<string, string> = {};
    for (const [path, source] of files) {
      if (!/^(store|shared)\/|^main\./.test(path)) continue;
      starter[path] = derive(source, { session: 3, kind: 'starter' }, path);
    }
    const extension = language === 'python' ? 'py' : 'ts';
    const ring = `store/partitioned/ring.${extension}`;
    const solved = { ...starter, [ring]: derive(files.get(ring)!, { session: 3, kind: 'snapshot' }, ring) };
    const [port = 0, other = 0] = await freePorts(2);
    const env = { NODE_ID: 'n1', DATA_DIR: join(folder, 'data'), MODE: 'ap', RECONCILE_MS: '50' };

    await writeTree(join(folder, 'starter'), { ...starter, 'package.json': '{"type": "module"}' });
    const first = await start(join(folder, 'starter'), {
      ...env,
      PORT: String(port),
      PEERS: 'n2=http://127.0.0.1:9',
    });
    const url = await answering(port);
    expect((await ask(url, 'PUT', '/key', 'no JSON')).body.error).toBe('bad_json');
    expect((await ask(url, 'PUT', '/_key', { value: 1 })).body.error).toBe('reserved_key');
    expect((await ask(url, 'GET', '/_local')).body).toEqual([]);
    const missing = await ask(url, 'PUT', '/key', { value: 1 });
    expect([missing.status, missing.body]).toEqual([
      500,
      { error: 'internal', message: 'not implemented: build-ring' },
    ]);
    await until(() => first.stderr().includes('not implemented: build-ring'), {
      withinMs: WITHIN_MS,
      what: 'the node to say what is missing',
    });

    await writeTree(join(folder, 'solved'), { ...solved, 'package.json': '{"type": "module"}' });
    await start(join(folder, 'solved'), { ...env, PORT: String(other), REPLICAS: '1' });
    const alone = await answering(other);
    expect((await ask(alone, 'PUT', '/key', { value: 1 })).body).toMatchObject({ value: 1, version: 1 });
    expect((await ask(alone, 'GET', '/key')).body).toMatchObject({ value: 1 });
    const merging = await ask(alone, 'PUT', '/key', { value: 2 });
    expect(merging.body.message).toBe('not implemented: merge');
  });

  async function answering(port: number): Promise<string> {
    const url = `http://127.0.0.1:${port}`;
    await until(async () => (await fetch(`${url}/health`).catch(() => undefined))?.ok, {
      withinMs: WITHIN_MS,
      what: `${url} to answer`,
    });
    return url;
  }
});

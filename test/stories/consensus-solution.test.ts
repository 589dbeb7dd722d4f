import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { deriveSystem } from '../../src/course/derive-tree.ts';
import { LANGUAGES, languageOf, parseLanguages } from '../../src/course/languages.ts';
import { packagePath } from '../../src/course/package-root.ts';
import { writeTree } from '../../src/course/write-tree.ts';
import { ProcessRuntime } from '../../src/stack/process/runtime.ts';
import { Stack } from '../../src/stack/stack.ts';
import { until } from '../../src/stack/until.ts';
import { checkHistory } from '../../src/verify/linearizability/check.ts';
import { HistoryRecorder } from '../../src/verify/linearizability/history.ts';
import {
  DONE,
  found,
  type KeyValueInput,
  type KeyValueOutput,
  MISSING,
} from '../../src/verify/linearizability/key-value.ts';
import { keyValueModel } from '../../src/verify/linearizability/key-value-model.ts';

const WITHIN_MS = 30_000;
/** A client gives up later than a node does. */
const CLIENT_TIMEOUT_MS = 8_000;

interface Answer {
  status: number;
  headers: Headers;
  body: any;
}

/** A cluster of the complete solution: the Compose file's nodes as processes. */
class Cluster {
  readonly names: string[];
  stack!: Stack;
  #home = '';

  constructor(size: number) {
    this.names = Array.from({ length: size }, (_, index) => `node${index + 1}`);
  }

  /** @param code the folder of each language's code */
  async create(pattern: string, code: (language: string) => string): Promise<void> {
    this.#home = await realpath(await mkdtemp(join(tmpdir(), 'dsc-raft-')));
    const five = this.names.length === 5;
    const variables: Record<string, string> = {
      COMPOSE_PROJECT_NAME: `raft-${pattern.replace(',', '-')}-${this.names.length}`,
      ...(five && {
        COMPOSE_PROFILES: 'five',
        MORE_PEERS: ',node4=http://node4:9000,node5=http://node5:9000',
      }),
    };
    const languages = parseLanguages(pattern);
    for (const [index, node] of this.names.entries()) {
      // Both languages in turn, where there are two.
      variables[`${node.toUpperCase()}_CODE`] = code(languageOf(languages, index % languages.length));
      variables[`${node.toUpperCase()}_PORT`] = '0';
    }
    const composeFile = packagePath('compose/04-consensus/docker-compose.yml');
    const runtime = () => new ProcessRuntime(this.#home);
    this.stack = await Stack.create({ home: this.#home, composeFile, variables, runtime, report: () => {} });
    expect(this.stack.services).toEqual(this.names);
  }

  async remove(): Promise<void> {
    await this.stack.remove();
    await rm(this.#home, { recursive: true });
  }

  async call(node: string, method: string, path: string, body?: unknown, headers = {}): Promise<Answer> {
    const sent = typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
    const signal = AbortSignal.timeout(CLIENT_TIMEOUT_MS);
    const answer = await fetch(this.stack.url(node) + path, {
      method,
      headers,
      signal,
      ...(sent !== undefined && { body: sent }),
    });
    return { status: answer.status, headers: answer.headers, body: await answer.json() };
  }

  async statuses(nodes = this.names): Promise<any[]> {
    const ask = async (node: string) =>
      (await this.call(node, 'GET', '/status').catch(() => undefined))?.body;
    return Promise.all(nodes.map(ask));
  }

  /** Waits until these nodes follow one of them. */
  leader(nodes = this.names): Promise<string> {
    const agreed = async () => {
      const all = await this.statuses(nodes);
      const leaders = all.filter((status) => status?.state === 'leader');
      const [{ id, currentTerm } = { id: '', currentTerm: 0 }] = leaders;
      const follow = all.every((status) => status?.leader === id && status.currentTerm === currentTerm);
      return leaders.length === 1 && follow && (id as string);
    };
    return until(agreed, { withinMs: WITHIN_MS, what: `${nodes.join(', ')} to agree on a leader` });
  }

  /** Asks again as long as nobody leads: what a client does. Nothing has happened then. */
  async ask(node: string, method: string, path: string, body?: unknown, headers = {}): Promise<Answer> {
    const asked = async () => {
      const answer = await this.call(node, method, path, body, headers);
      return answer.status !== 503 && answer;
    };
    return until(asked, { withinMs: WITHIN_MS, what: `${node} to answer ${method} ${path}`, everyMs: 100 });
  }

  others(node: string): string[] {
    return this.names.filter((name) => name !== node);
  }
}

const complete = (language: string) =>
  packagePath(...(language === 'python' ? ['python', 'solutions'] : ['solutions']));

describe.each([
  ['ts', 3],
  ['py', 3],
  ['ts,py', 3],
  ['ts,py', 5],
] as const)('a cluster in %s of %i', (pattern, size) => {
  const cluster = new Cluster(size);
  const { names } = cluster;
  /** Not everything depends on how many nodes there are and whether they speak the same language. */
  const mixed = pattern.includes(',');

  beforeAll(async () => {
    await cluster.create(pattern, complete);
    await cluster.stack.run(names, {}, { fresh: true });
  });
  afterEach(() => cluster.stack.faults.heal());
  afterAll(() => cluster.remove());

  const kill = (node: string) => cluster.stack.faults.kill(node);

  test('elects one leader, whose first entry is empty', async () => {
    const leader = await cluster.leader();
    const committed = () =>
      cluster.statuses().then((all) => all.every(({ lastApplied }) => lastApplied >= 1) && all);
    const all = await until(committed, { withinMs: WITHIN_MS, what: 'the first entry to be committed' });
    const { currentTerm } = all[0];
    for (const status of all) {
      expect(status).toMatchObject({ leader, currentTerm, lastLogTerm: currentTerm });
      expect(status.state).toBe(status.id === leader ? 'leader' : 'follower');
      const health = (await cluster.call(status.id, 'GET', '/health')).body;
      expect(health).toMatchObject({ status: 'ok', role: status.state, term: currentTerm, leader });
      const log = (await cluster.call(status.id, 'GET', '/log?from=1&limit=1')).body;
      expect(log).toEqual([{ index: 1, term: expect.any(Number), command: null }]);
    }
  });

  test('is one store at every node', async () => {
    await cluster.leader();
    for (const [index, node] of names.entries()) {
      const key = encodeURIComponent(`ü/${index}`);
      const value = { n: [index, null, '\ud800'] };
      const written = await cluster.ask(node, 'PUT', `/kv/${key}`, { value });
      expect(written).toMatchObject({ status: 200, body: { key: `ü/${index}`, value } });
      for (const other of names) {
        expect((await cluster.ask(other, 'GET', `/kv/${key}`)).body).toMatchObject({
          value,
          version: written.body.version,
        });
      }
    }
    const [one = '', two = ''] = names;
    expect((await cluster.ask(one, 'PUT', '/kv/lock', { value: 'a', expected: null })).status).toBe(200);
    const taken = await cluster.ask(two, 'PUT', '/kv/lock', { value: 'b', expected: null });
    expect([taken.status, taken.body]).toMatchObject([409, { error: 'mismatch', value: 'a', exists: true }]);
    expect((await cluster.ask(two, 'PUT', '/kv/lock', { value: 1, expected: 'a' })).status).toBe(200);
    expect((await cluster.ask(one, 'PUT', '/kv/lock', '{"value":2,"expected":1.0}')).status).toBe(200);
    expect((await cluster.ask(one, 'POST', '/kv/lock', { append: 'x' })).body.error).toBe('mismatch');
    expect((await cluster.ask(two, 'DELETE', '/kv/lock')).status).toBe(200);
    expect((await cluster.ask(one, 'GET', '/kv/lock')).body).toMatchObject({ error: 'no_such_key' });
    const gone = await cluster.ask(one, 'PUT', '/kv/lock', { value: 'c', expected: 2 });
    expect([gone.status, gone.body]).toMatchObject([409, { value: null, exists: false }]);
  });

  test('carries a repeated request out once, also when another node leads by then', async () => {
    const leader = await cluster.leader();
    const [other = ''] = cluster.others(leader);
    const append = (node: string, id: number, text: string) =>
      cluster.ask(
        node,
        'POST',
        '/kv/once',
        { append: text },
        { 'X-Client-Id': 'c', 'X-Request-Id': String(id) },
      );
    const first = await append(other, 1, 'a');
    expect(first).toMatchObject({ status: 200, body: { value: 'a' } });
    expect((await append(leader, 1, 'a')).body).toEqual(first.body);
    await kill(leader);
    await cluster.leader(cluster.others(leader));
    const { servedBy: _before, ...same } = first.body;
    expect((await append(other, 1, 'a')).body).toMatchObject(same);
    expect((await append(other, 2, 'b')).body).toMatchObject({ value: 'ab' });
    const stale = await append(other, 1, 'a');
    expect([stale.status, stale.body.error]).toEqual([409, 'stale_request']);
    await cluster.stack.start(leader);
    await cluster.leader();
    expect((await cluster.ask(leader, 'GET', '/kv/once')).body.value).toBe('ab');
  });

  test('refuses in the minority, and goes on in the majority', async () => {
    const leader = await cluster.leader();
    await cluster.ask(leader, 'PUT', '/kv/account', { value: 'before' });
    const minority = [leader, ...cluster.others(leader)].slice(0, (size - 1) / 2);
    const majority = names.filter((name) => !minority.includes(name));
    await cluster.stack.faults.partition([minority, majority]);
    const read = await cluster.call(leader, 'GET', '/kv/account');
    expect([503, 504], JSON.stringify(read.body)).toContain(read.status);
    const next = await cluster.leader(majority);
    expect((await cluster.ask(next, 'PUT', '/kv/account', { value: 'after' })).status).toBe(200);
    // The old leader, if it still is one, has not told anybody what it must not say.
    const old = await cluster.call(leader, 'GET', '/kv/account');
    expect([503, 504], JSON.stringify(old.body)).toContain(old.status);
    const write = await cluster.call(leader, 'PUT', '/kv/account', { value: 'lost' });
    expect([503, 504]).toContain(write.status);
    expect((await cluster.call(leader, 'GET', '/kv/account?local=true')).body.value).toBe('before');
    const stepped = async () => (await cluster.statuses([leader]))[0].state !== 'leader';
    await until(stepped, { withinMs: WITHIN_MS, what: `${leader} to step down` });
    await cluster.stack.faults.heal();
    await cluster.leader();
    expect((await cluster.ask(leader, 'GET', '/kv/account')).body.value).toBe('after');
    await alike();
  });

  test('is linearizable while nodes are killed, paused and cut off, and has everything afterwards', async () => {
    await cluster.leader();
    const recorder = new HistoryRecorder<KeyValueInput, KeyValueOutput>();
    let running = true;
    const clients = Array.from({ length: 4 }, (_, index) => client(String(index), recorder, () => running));
    const { faults } = cluster.stack;
    const settled = (nodes?: string[]) => cluster.leader(nodes);
    const killed = await settled();
    await kill(killed);
    await settled(cluster.others(killed));
    await cluster.stack.start(killed);
    const paused = await settled();
    await faults.pause(paused);
    const [heir = ''] = [await settled(cluster.others(paused))];
    await faults.resume(paused);
    await faults.isolate(heir);
    await settled(cluster.others(heir));
    await faults.heal();
    await settled();
    running = false;
    await Promise.all(clients);
    const history = recorder.operations();
    expect(history.filter(({ answer }) => answer).length).toBeGreaterThan(20);
    const { verdict } = await checkHistory(keyValueModel(), history);
    expect(verdict).toBe('linearizable');
    await alike();
    // From the disk.
    const before = await Promise.all(KEYS.map((key) => cluster.ask(names[0]!, 'GET', `/kv/${key}`)));
    await Promise.all(names.map(kill));
    await Promise.all(names.map((node) => cluster.stack.start(node)));
    await cluster.leader();
    const after = await Promise.all(KEYS.map((key) => cluster.ask(names[1]!, 'GET', `/kv/${key}`)));
    expect(after.map(({ body }) => body.value)).toEqual(before.map(({ body }) => body.value));
  });

  const KEYS = ['x', 'y'];

  /** Reads and writes as fast as it is answered; every value is a new one. */
  async function client(
    name: string,
    recorder: HistoryRecorder<KeyValueInput, KeyValueOutput>,
    goesOn: () => boolean,
  ): Promise<void> {
    for (let turn = 0; goesOn(); turn += 1) {
      const node = names[(Number(name) + turn) % size]!;
      const key = KEYS[turn % 2]!;
      const value = `${name}-${turn}`;
      const writes = turn % 3 !== 0;
      const open = recorder.begin(name, writes ? { kind: 'put', key, value } : { kind: 'get', key });
      try {
        const { status, body } = await (writes
          ? cluster.call(node, 'PUT', `/kv/${key}`, { value })
          : cluster.call(node, 'GET', `/kv/${key}`));
        if (status === 200) open.ok(writes ? DONE : found(body.value));
        else if (status === 404 && !writes) open.ok(MISSING);
        else if (status === 504) open.unknown();
        else {
          expect(status).toBe(503);
          open.refused();
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      } catch (error) {
        if ((error as { cause?: { code?: string } }).cause?.code === 'ECONNREFUSED') open.refused();
        else if ((error as Error).name === 'AssertionError') throw error;
        else open.unknown();
      }
    }
  }

  /** Waits until all logs are the same, and all is applied everywhere. */
  async function alike(): Promise<void> {
    const same = async () => {
      const all = await cluster.statuses();
      const ends = all.map(({ lastApplied, lastLogIndex }) => `${lastApplied} ${lastLogIndex}`);
      return new Set(ends).size === 1 && all[0].lastApplied === all[0].lastLogIndex;
    };
    await until(same, { withinMs: WITHIN_MS, what: 'all nodes to have applied the same entries' });
    const logs = await Promise.all(names.map((node) => cluster.call(node, 'GET', '/log')));
    for (const { body } of logs) expect(body).toEqual(logs[0]!.body);
  }

  if (mixed) return;

  test('sends a client to the leader, or says that nobody is known to lead', async () => {
    const leader = await cluster.leader();
    const [other = ''] = cluster.others(leader);
    const elsewhere = await cluster.call(other, 'POST', '/command', { key: 'k', value: 1 });
    expect([elsewhere.status, elsewhere.body]).toMatchObject([421, { error: 'not_leader', leader }]);
    const there = await cluster.call(leader, 'POST', '/command', { key: 'k', value: 1 });
    expect(there).toMatchObject({
      status: 200,
      body: { index: expect.any(Number), term: expect.any(Number) },
    });
    const twice = await cluster.call(other, 'PUT', '/kv/k', { value: 1 }, { 'X-Forwarded-By': leader });
    expect([twice.status, twice.body.error, twice.headers.get('retry-after')]).toEqual([
      503,
      'no_leader',
      '1',
    ]);
    await Promise.all(cluster.others(other).map(kill));
    const alone = async () => (await cluster.statuses([other]))[0].leader === null;
    await until(alone, { withinMs: WITHIN_MS, what: `${other} to notice` });
    const nobody = await cluster.call(other, 'POST', '/command', { key: 'k', value: 1 });
    expect([nobody.status, nobody.body.leader]).toEqual([421, null]);
    expect((await cluster.call(other, 'GET', '/kv/k')).body.error).toBe('no_leader');
    await Promise.all(cluster.others(other).map((node) => cluster.stack.start(node)));
    await cluster.leader();
  });

  test('refuses bad input', async () => {
    const [node = '', peer = ''] = names;
    const envelope = { type: 'RequestVote', term: 0, from: peer, to: node };
    const vote = { lastLogIndex: 0, lastLogTerm: 0 };
    const append = { prevLogIndex: 0, prevLogTerm: 0, entries: [], leaderCommit: 0 };
    const entry = { index: 1, term: 1, command: null };
    const raft = (message: object) => ['POST', '/raft', message] as const;
    const client = { 'X-Client-Id': 'c' };
    const cases: [string, string, unknown, number, string, object?][] = [
      ['PUT', '/kv/bad', '{"value":', 400, 'bad_json'],
      ['PUT', '/kv/bad', undefined, 400, 'bad_json'],
      ['PUT', '/kv/bad', {}, 400, 'bad_request'],
      ['PUT', '/kv/bad', { value: JSON.parse('['.repeat(191) + ']'.repeat(191)) }, 400, 'bad_request'],
      ['PUT', `/kv/${'k'.repeat(257)}`, { value: 1 }, 400, 'bad_request'],
      ['PUT', '/kv/bad', { value: 'x'.repeat(1024 * 1024) }, 413, 'too_large'],
      ['POST', '/kv/bad', { append: 1 }, 400, 'bad_request'],
      ['GET', '/kv/bad?local=maybe', undefined, 400, 'bad_request'],
      ['PUT', '/kv/bad', { value: 1 }, 400, 'bad_request', client],
      ['PUT', '/kv/bad', { value: 1 }, 400, 'bad_request', { 'X-Request-Id': '1' }],
      ['PUT', '/kv/bad', { value: 1 }, 400, 'bad_request', { ...client, 'X-Request-Id': '-1' }],
      ['PUT', '/kv/bad', { value: 1 }, 400, 'bad_request', { 'X-Client-Id': 'a b', 'X-Request-Id': '1' }],
      ['POST', '/command', { key: '' }, 400, 'bad_request'],
      ['GET', '/log?from=x', undefined, 400, 'bad_request'],
      ['GET', '/nothing', undefined, 404, 'not_found'],
      ['PUT', '/status', {}, 405, 'method_not_allowed'],
      [...raft({ ...envelope, to: peer, data: vote }), 400, 'wrong_node'],
      [...raft({ ...envelope, from: 'stranger', data: vote }), 400, 'bad_request'],
      [...raft({ ...envelope, type: 'InstallSnapshot', data: {} }), 400, 'bad_request'],
      [
        ...raft({ ...envelope, type: 'RequestVoteResponse', data: { voteGranted: true } }),
        400,
        'bad_request',
      ],
      [...raft({ ...envelope, term: -1, data: vote }), 400, 'bad_request'],
      [...raft({ ...envelope, data: { lastLogIndex: '0', lastLogTerm: 0 } }), 400, 'bad_request'],
      [...raft({ ...envelope, type: 'AppendEntries', data: { ...append, entries: 1 } }), 400, 'bad_request'],
      [
        ...raft({
          ...envelope,
          type: 'AppendEntries',
          data: { ...append, entries: [{ ...entry, index: 2 }] },
        }),
        400,
        'bad_request',
      ],
      [
        ...raft({
          ...envelope,
          type: 'AppendEntries',
          data: { ...append, entries: [{ ...entry, command: { op: 'x', key: 'k' } }] },
        }),
        400,
        'bad_request',
      ],
    ];
    for (const [method, path, body, status, error, headers] of cases) {
      const answer = await cluster.call(node, method, path, body, headers);
      const what = `${method} ${path} ${String(JSON.stringify(body)).slice(0, 200)}`;
      expect([answer.status, answer.body.error], what).toEqual([status, error]);
    }
    expect((await cluster.ask(node, 'GET', '/kv/bad')).status).toBe(404);
  });
});

describe.each(LANGUAGES)('the code of an earlier session in %s', (language) => {
  const cluster = new Cluster(3);
  let folder = '';

  beforeAll(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'dsc-raft-earlier-')));
  });
  afterEach(() => cluster.remove());
  afterAll(() => rm(folder, { recursive: true }));

  const begin = async (session: number, kind: 'snapshot' | 'starter') => {
    const code = join(folder, `${session}-${kind}`);
    await writeTree(code, await deriveSystem(language, { session, kind }, 'consensus'));
    await cluster.create(language === 'python' ? 'py' : 'ts', () => code);
    await cluster.stack.run(cluster.names, {}, { fresh: true });
  };

  test('8 elects a leader, and another one when it dies, with nothing to say', async () => {
    await begin(8, 'snapshot');
    const leader = await cluster.leader();
    await cluster.stack.faults.kill(leader);
    const next = await cluster.leader(cluster.others(leader));
    expect((await cluster.call(next, 'GET', '/log')).body).toEqual([]);
    expect((await cluster.call(next, 'POST', '/command', {})).status).toBe(404);
    expect((await cluster.statuses([next]))[0]).toMatchObject({ lastLogIndex: 0, commitIndex: 0 });
  });

  test('8 as a starter says what is missing, and goes on answering', async () => {
    await begin(8, 'starter');
    const [node = ''] = cluster.names;
    const says = async (text: string) => {
      const lines: string[] = [];
      for await (const line of cluster.stack.logs(node)) lines.push(line.text);
      return lines.some((line) => line.includes(text));
    };
    const missing = 'not implemented: election-timeout';
    await until(() => says(missing), { withinMs: WITHIN_MS, what: `${node} to say "${missing}"` });
    const vote = { lastLogIndex: 0, lastLogTerm: 0 };
    const message = { type: 'RequestVote', term: 0, from: 'node2', to: node, data: vote };
    const answer = await cluster.call(node, 'POST', '/raft', message);
    expect([answer.status, answer.body.message]).toEqual([500, 'not implemented: request-vote']);
    expect((await cluster.call(node, 'GET', '/health')).body).toMatchObject({
      role: 'follower',
      leader: null,
    });
  });

  test('9 commits commands at the leader, and the next leader has them', async () => {
    await begin(9, 'snapshot');
    const leader = await cluster.leader();
    const [other = ''] = cluster.others(leader);
    const first = await cluster.call(leader, 'POST', '/command', { key: 'k', value: 1 });
    expect(first).toMatchObject({ status: 200, body: { term: expect.any(Number) } });
    expect(first.body.index).toBeGreaterThanOrEqual(2);
    expect((await cluster.call(other, 'POST', '/command', { key: 'k', value: 2 })).status).toBe(421);
    expect((await cluster.call(leader, 'GET', '/kv/k')).status).toBe(404);
    await cluster.stack.faults.kill(leader);
    const next = await cluster.leader(cluster.others(leader));
    const second = await cluster.call(next, 'POST', '/command', { key: 'k', value: 3 });
    expect([second.status, second.body.index > first.body.index]).toEqual([200, true]);
    const { body: log } = await cluster.call(next, 'GET', '/log');
    const commands = log.map((entry: any) => entry.command).filter((each: unknown) => each !== null);
    const command = (value: number) => ({ key: 'k', value });
    expect(commands).toEqual([command(1), command(3)]);
  });
});

import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { OrderingBuffer } from '../../solutions/chat/ordering-buffer.ts';
import { buildRing, sequencerOf } from '../../solutions/chat/ring.ts';
import { deriveTree } from '../../src/course/derive-tree.ts';
import { LANGUAGES, parseLanguages } from '../../src/course/languages.ts';
import { layPackagesOfNodes } from '../../src/course/node-packages.ts';
import { loadLesson } from '../../src/course/sessions.ts';
import { writeTree } from '../../src/course/write-tree.ts';
import type { Stack } from '../../src/stack/stack.ts';
import { until } from '../../src/stack/until.ts';
import { createSessionStack } from '../../src/verify/session-stack.ts';
import { writeSolution } from '../../src/verify/write-solution.ts';
import { ChatLine } from '../support/chat-line.ts';

const SERVERS = ['chat1', 'chat2'];
const WITHIN_MS = 20_000;

/** Nobody is given up in a test that is not about silence. */
const PATIENT = {
  HEARTBEAT_MS: '200',
  PRESENCE_TIMEOUT_MS: '60000',
  SUBSCRIBE_MS: '200',
  PUBLISH_TIMEOUT_MS: '1000',
};
const IMPATIENT = { ...PATIENT, HEARTBEAT_MS: '100', PRESENCE_TIMEOUT_MS: '2000' };

/** A room whose messages this server numbers. */
function roomOf(server: string, name = 'room'): string {
  const ring = buildRing(SERVERS);
  const names = Array.from({ length: 100 }, (_, n) => `${name}-${n}`);
  return names.find((roomId) => sequencerOf(ring, roomId) === server)!;
}

async function ask(url: string, path: string, method = 'GET', body?: unknown): Promise<any> {
  const answer = await fetch(url + path, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: await answer.json(), headers: answer.headers };
}

const numbers = (heard: [number, string][]) => heard.map(([number]) => number);
const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe('the ordering buffer', () => {
  const message = (sequenceNumber: number) => ({ sequenceNumber }) as any;
  const accept = (buffer: OrderingBuffer, ...all: number[]) =>
    all.map((number) => buffer.accept(message(number)).map(({ sequenceNumber }) => sequenceNumber));

  test('lets out in order what comes late, early or twice', () => {
    const buffer = new OrderingBuffer(2);
    expect(accept(buffer, 1, 2, 3, 5, 6, 5, 3)).toEqual([[], [], [3], [], [], [], []]);
    expect([buffer.last, buffer.hasGap]).toEqual([3, true]);
    expect(accept(buffer, 4, 7, 6)).toEqual([[4, 5, 6], [7], []]);
    expect([buffer.last, buffer.hasGap]).toEqual([7, false]);
  });
});

/** The complete chats of both sessions, a folder for each and for each language. */
let solutions = '';
beforeAll(async () => {
  solutions = await realpath(await mkdtemp(join(tmpdir(), 'dsc-chat-solution-')));
  for (const session of [6, 7]) await writeSolution(join(solutions, String(session)), session);
  for (const session of [6, 7]) await writeStarter(join(solutions, `starter-${session}`), session);
});
afterAll(() => rm(solutions, { recursive: true }));

async function writeStarter(root: string, session: number): Promise<void> {
  for (const language of LANGUAGES) {
    await writeTree(join(root, language), await deriveTree(language, { session, kind: 'starter' }));
  }
  await layPackagesOfNodes(root);
}

/** Two servers over this code, in these languages; gone after the tests of the block. */
function chat(code: () => string, pattern: string) {
  let home = '';
  let stack: Stack;
  beforeAll(async () => {
    home = await realpath(await mkdtemp(join(tmpdir(), 'dsc-chat-')));
    const project = `chat-${pattern.replace(',', '-')}-${Math.random().toString(36).slice(2, 7)}`;
    stack = await createSessionStack({
      lesson: await loadLesson(7),
      languages: parseLanguages(pattern),
      code: { typescript: join(code(), 'typescript'), python: join(code(), 'python') },
      home,
      project,
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
  return {
    stack: () => stack,
    open: (server: string, userId: string | undefined, pingMs?: number) =>
      ChatLine.open(stack.url(server), userId, pingMs),
    get: (server: string, path: string) => ask(stack.url(server), path),
  };
}

describe.each(['ts', 'py'])('one server of session 6 in %s', (pattern) => {
  const { stack, open, get } = chat(() => join(solutions, '6'), pattern);
  beforeAll(() => stack().run(['chat1'], IMPATIENT, { fresh: true }));

  test('tells everybody in a room, the sender too, and nobody else', async () => {
    const [alice, bob, carol] = await Promise.all([
      open('chat1', 'alice', 100),
      open('chat1', 'bob', 100),
      open('chat1', 'carol', 100),
    ]);
    expect(await alice.join('general')).toMatchObject({ type: 'joined', sequenceNumber: 0, messages: [] });
    await bob.join('general');
    await carol.join('elsewhere');
    const { type, message } = await alice.say('general', 'hello');
    expect([type, message]).toEqual([
      'ack',
      {
        id: expect.any(String),
        roomId: 'general',
        userId: 'alice',
        content: 'hello',
        timestamp: expect.any(Number),
        sequenceNumber: 1,
      },
    ]);
    for (const line of [alice, bob]) {
      expect((await line.frame((frame) => frame.type === 'message')).message).toEqual(message);
    }
    expect(await carol.say('general', 'from outside')).toMatchObject({ type: 'error', code: 'not_joined' });
    expect((await carol.say('elsewhere', 'here')).message.sequenceNumber).toBe(1);
    expect(carol.heard('general')).toEqual([]);
    expect((await get('chat1', '/rooms')).body).toEqual([
      { roomId: 'elsewhere', users: 1 },
      { roomId: 'general', users: 2 },
    ]);
    bob.send({ type: 'leave', roomId: 'general' });
    await bob.frame((frame) => frame.type === 'left');
    await alice.say('general', 'are you gone?');
    expect(bob.heard('general')).toHaveLength(1);
  });

  test('says who comes and goes: by leaving, hanging up, falling silent; not while a second line is there', async () => {
    const watcher = await open('chat1', 'watcher', 100);
    await watcher.join('hall');
    const statuses = (userId: string) =>
      watcher.frames
        .filter((frame) => frame.type === 'presence' && frame.userId === userId)
        .map(({ status }) => status);
    const becomes = (userId: string, expected: string[]) =>
      until(() => statuses(userId).length >= expected.length, {
        withinMs: WITHIN_MS,
        what: `${userId} ${expected}`,
      }).then(() => expect(statuses(userId)).toEqual(expected));
    const first = await open('chat1', 'dora', 100);
    const second = await open('chat1', 'dora', 100);
    await first.join('hall');
    await second.join('hall');
    await becomes('dora', ['online']);
    first.socket.close();
    await until(async () => (await get('chat1', '/health')).body.connections === 2, {
      withinMs: WITHIN_MS,
      what: 'a close',
    });
    const present = (await get('chat1', '/rooms/hall/presence')).body;
    expect(present.map(({ userId }: any) => userId).toSorted()).toEqual(['dora', 'watcher']);
    expect(present[0]).toMatchObject({ roomId: 'hall', status: 'online', lastSeen: expect.any(Number) });
    second.socket.terminate();
    await becomes('dora', ['online', 'offline']);
    const silent = await open('chat1', 'silent');
    await silent.join('hall');
    await becomes('silent', ['online', 'offline']);
    expect(await silent.isClosed()).toBe(4001);
    const leaving = await open('chat1', 'lea', 100);
    await leaving.join('hall');
    leaving.send({ type: 'leave', roomId: 'hall' });
    await becomes('lea', ['online', 'offline']);
    expect(watcher.closed).toBeUndefined();
  });

  test('finds a line whose other end is gone without a goodbye', async () => {
    const watcher = await open('chat1', 'watcher', 100);
    await watcher.join('cellar');
    const gone = await open('chat1', 'gone', 100);
    await gone.join('cellar');
    // As when a laptop is shut: nothing is closed, nothing is said any more.
    gone.socket.pause();
    gone.send = () => {};
    await watcher.frame((frame) => frame.userId === 'gone' && frame.status === 'offline', 'the end of gone');
  });

  test('gives up who does not read, and nobody else notices', async () => {
    const [writer, reader, slow] = await Promise.all([
      open('chat1', 'writer', 100),
      open('chat1', 'reader', 100),
      open('chat1', 'slow', 100),
    ]);
    for (const line of [writer, reader, slow]) await line.join('busy');
    slow.socket.pause();
    const content = 'x'.repeat(60_000);
    let written = 0;
    const slowIsGone = () =>
      reader.frames.some((frame) => frame.userId === 'slow' && frame.status === 'offline');
    while (!slowIsGone()) {
      expect((await writer.say('busy', content, `m${written++}`)).type).toBe('ack');
      expect(written).toBeLessThan(500);
    }
    slow.socket.resume();
    expect(await slow.isClosed()).toBe(4002);
    expect(numbers(await reader.hears('busy', written))).toEqual(upTo(written));
  });

  test('says what is wrong with a frame, and goes on', async () => {
    const line = await open('chat1', 'eve', 100);
    const deep = `{"type":"join","roomId":${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
    const cases: [unknown, string][] = [
      ['no JSON', 'bad_frame'],
      ['[1]', 'bad_frame'],
      ['null', 'bad_frame'],
      [deep, 'bad_frame'],
      ['{"type":"dance"}', 'unknown_type'],
      ['{}', 'unknown_type'],
      [{ type: 'join' }, 'bad_room'],
      [{ type: 'join', roomId: '' }, 'bad_room'],
      [{ type: 'join', roomId: 7 }, 'bad_room'],
      [{ type: 'join', roomId: 'r'.repeat(129) }, 'bad_room'],
      ['{"type":"join","roomId":"\\ud800"}', 'bad_room'],
      [{ type: 'join', roomId: 'a', after: -1 }, 'bad_frame'],
      [{ type: 'join', roomId: 'a', after: '1' }, 'bad_frame'],
      [{ type: 'leave', roomId: 'a' }, 'not_joined'],
      [{ type: 'message', roomId: 'a', content: 'x', clientMessageId: '1' }, 'not_joined'],
      [{ type: 'message', roomId: 'a', content: '', clientMessageId: '1' }, 'bad_frame'],
      [{ type: 'message', roomId: 'a', content: 'x' }, 'bad_frame'],
      [{ type: 'message', roomId: 'a', content: { a: 1 }, clientMessageId: '1' }, 'bad_frame'],
    ];
    for (const [frame, code] of cases) {
      const before = line.frames.filter(({ type }) => type === 'error').length;
      line.send(frame);
      const errors = () => line.frames.filter(({ type }) => type === 'error');
      await until(() => errors().length > before, {
        withinMs: WITHIN_MS,
        what: `an error for ${JSON.stringify(frame).slice(0, 80)}`,
      });
      expect([JSON.stringify(frame).slice(0, 80), errors()[before].code]).toEqual([
        JSON.stringify(frame).slice(0, 80),
        code,
      ]);
      expect(errors()[before].message).toMatch(/^.{8,}\.$/);
    }
    line.socket.send(Buffer.from('{"type":"ping"}'), { binary: true });
    await line.frame(({ message }) => message === 'A frame is text, not binary.');
    expect(line.closed).toBeUndefined();
    line.send({ type: 'message', roomId: 'a', content: 'x'.repeat(70_000), clientMessageId: 'large' });
    expect(await line.isClosed()).toBe(1009);
    for (const userId of [undefined, '', 'u'.repeat(129)]) {
      const nobody = await open('chat1', userId);
      expect(await nobody.isClosed()).toBe(1008);
    }
    expect((await get('chat1', '/health')).status).toBe(200);
  });

  test('answers what is no WebSocket, and forgets what is over', async () => {
    expect((await get('chat1', '/nothing')).status).toBe(404);
    expect((await fetch(`${stack().url('chat1')}/ws`)).status).toBe(426);
    const page = await fetch(`${stack().url('chat1')}/`);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    await Promise.all(
      upTo(50).map(async (n) => {
        const line = await open('chat1', `u${n}`);
        await line.join(`room-${n}`);
        line.socket.terminate();
      }),
    );
    const empty = async () => {
      const { connections } = (await get('chat1', '/health')).body;
      return connections === 0 && (await get('chat1', '/rooms')).body.length === 0;
    };
    await until(empty, { withinMs: WITHIN_MS, what: 'nobody to be left' });
  });

  test('says goodbye when it stops', async () => {
    const line = await open('chat1', 'alice', 100);
    await line.join('general');
    const ended = await stack().terminate('chat1', WITHIN_MS);
    expect(await line.isClosed()).toBe(1001);
    expect([ended.exitCode, ended.ms < 2000]).toEqual([0, true]);
    await stack().start('chat1');
  });
});

describe.each(['ts', 'py', 'ts,py'])('two servers of session 7 in %s', (pattern) => {
  const mixed = pattern.includes(',');
  const { stack, open, get } = chat(() => join(solutions, '7'), pattern);
  beforeAll(() => stack().run(SERVERS, PATIENT, { fresh: true }));

  test('show everybody one order without a gap, whoever writes where', async () => {
    for (const [index, server] of SERVERS.entries()) {
      const roomId = roomOf(server, `order${index}`);
      const lines = await Promise.all(upTo(4).map((n) => open(SERVERS[n % 2]!, `u${n}`)));
      for (const line of lines) await line.join(roomId);
      await Promise.all(
        lines.map(async (line, n) => {
          for (const k of upTo(15)) expect((await line.say(roomId, `${n}:${k}`)).type).toBe('ack');
        }),
      );
      const heard = await Promise.all(lines.map((line) => line.hears(roomId, 60)));
      expect(numbers(heard[0]!)).toEqual(upTo(60));
      for (const other of heard) expect(other).toEqual(heard[0]);
      for (const n of lines.keys()) {
        const own = heard[0]!.map(([, content]) => content).filter((content) => content.startsWith(`${n}:`));
        expect(own).toEqual(upTo(15).map((k) => `${n}:${k}`));
      }
      for (const at of SERVERS) {
        const { body } = await get(at, `/rooms/${roomId}/messages?after=10&limit=30`);
        expect(body.map(({ sequenceNumber }: any) => sequenceNumber)).toEqual(upTo(40).slice(10));
        expect((await get(at, `/rooms/${roomId}/messages`)).body).toHaveLength(50);
        expect((await get(at, '/rooms')).body).toContainEqual({
          roomId,
          users: 4,
          sequenceNumber: 60,
          sequencer: server,
        });
        expect((await get(at, '/health')).body.rooms[roomId]).toBe(server);
      }
    }
  });

  test('bring up to date who joins while others talk: no gap, no double, history first', async () => {
    for (const server of SERVERS) {
      const roomId = roomOf(server, 'joining');
      const writer = await open('chat1', 'writer');
      await writer.join(roomId);
      let joining = true;
      const writing = (async () => {
        let said = 0;
        while (joining) await writer.say(roomId, String(++said));
        return said;
      })();
      const joiners = [];
      for (const n of upTo(10)) {
        const line = await open(SERVERS[n % 2]!, `joiner${n}`);
        await line.join(roomId, 0);
        joiners.push(line);
      }
      joining = false;
      const all = await writing;
      for (const line of joiners) {
        expect(numbers(await line.hears(roomId, all))).toEqual(upTo(all));
        const first = line.frames.findIndex(({ type }) => type === 'message');
        expect(first === -1 || first > line.frames.findIndex(({ type }) => type === 'joined')).toBe(true);
      }
      const future = await open('chat2', 'future');
      expect(await future.join(roomId, 99_999)).toMatchObject({
        type: 'joined',
        messages: [],
        sequenceNumber: all,
      });
    }
  });

  test('make one message of what is sent twice, from wherever', async () => {
    const roomId = roomOf('chat2', 'twice');
    const [one, two, other] = [
      await open('chat1', 'ann'),
      await open('chat2', 'ann'),
      await open('chat1', 'bea'),
    ];
    for (const line of [one, two, other]) await line.join(roomId);
    const [first, second] = await Promise.all([one.say(roomId, 'once', 'id'), two.say(roomId, 'once', 'id')]);
    expect(second.message).toEqual(first.message);
    expect((await other.say(roomId, 'mine', 'id')).message.sequenceNumber).toBe(2);
    for (const server of SERVERS) {
      await stack().faults.kill(server);
      await stack().start(server);
    }
    const again = await open('chat1', 'ann');
    await again.join(roomId, 0);
    expect((await again.say(roomId, 'once', 'id')).message).toEqual(first.message);
    expect((await again.say(roomId, 'next', 'id2')).message.sequenceNumber).toBe(3);
    expect(await again.hears(roomId, 3)).toEqual([
      [1, 'once'],
      [2, 'mine'],
      [3, 'next'],
    ]);
  });

  test('lose nothing that was acknowledged when the sequencer is killed, and go on', async () => {
    const roomId = roomOf('chat1', 'killed');
    const [near, far] = [await open('chat1', 'near'), await open('chat2', 'far')];
    for (const line of [near, far]) await line.join(roomId);
    for (const n of upTo(5)) await near.say(roomId, `before ${n}`);
    await stack().faults.kill('chat1');
    expect(await far.say(roomId, 'meanwhile', 'm')).toMatchObject({
      type: 'error',
      code: 'room_unavailable',
      roomId,
      retryAfterMs: expect.any(Number),
    });
    expect(await far.join(roomId, 3)).toMatchObject({ type: 'error', code: 'room_unavailable' });
    const history = await get('chat2', `/rooms/${roomId}/messages`);
    expect([history.status, history.body.error, history.headers.get('retry-after')]).toEqual([
      503,
      'room_unavailable',
      '1',
    ]);
    await stack().start('chat1');
    expect((await far.say(roomId, 'meanwhile', 'm')).message.sequenceNumber).toBe(6);
    const back = await open('chat1', 'near');
    expect(numbers((await back.join(roomId, 2)) && back.heard(roomId))).toEqual([3, 4, 5, 6]);
    expect(numbers(await far.hears(roomId, 6))).toEqual(upTo(6));
    // Who was there before the restart hears what is said after it.
    await back.say(roomId, 'after');
    expect(numbers(await far.hears(roomId, 7))).toEqual(upTo(7));
  });

  test('close the rooms of the other side while they are cut, and have everything once after the heal', async () => {
    const roomId = roomOf('chat2', 'cut');
    const [near, far] = [await open('chat2', 'near'), await open('chat1', 'far')];
    for (const line of [near, far]) await line.join(roomId);
    await stack().faults.partition([['chat1'], ['chat2']]);
    expect(await far.say(roomId, 'from the other side', 'f')).toMatchObject({ code: 'room_unavailable' });
    expect((await near.say(roomId, 'on this side')).type).toBe('ack');
    await stack().faults.heal();
    expect((await far.say(roomId, 'from the other side', 'f')).type).toBe('ack');
    for (const line of [near, far]) {
      expect(await line.hears(roomId, 2)).toEqual([
        [1, 'on this side'],
        [2, 'from the other side'],
      ]);
    }
  });

  test('say who is where, across servers', async () => {
    const roomId = roomOf('chat1', 'presence');
    const watcher = await open('chat1', 'watcher');
    await watcher.join(roomId);
    const statuses = () =>
      watcher.frames
        .filter(({ type, userId }) => type === 'presence' && userId === 'mia')
        .map(({ status }) => status);
    const mia = await open('chat2', 'mia');
    expect((await mia.join(roomId)).presence.map(({ userId }: any) => userId)).toContain('mia');
    await watcher.frame(
      ({ type, userId, status }) => type === 'presence' && userId === 'mia' && status === 'online',
    );
    const here = await open('chat1', 'mia');
    await here.join(roomId);
    mia.socket.close();
    const users = async (server: string) =>
      (await get(server, `/rooms/${roomId}/presence`)).body.map(({ userId }: any) => userId).toSorted();
    await until(async () => (await get('chat2', '/health')).body.connections === 0, {
      withinMs: WITHIN_MS,
      what: 'a close',
    });
    await until(async () => (await users('chat2')).length === 2, {
      withinMs: WITHIN_MS,
      what: 'presence at chat2',
    });
    expect(await users('chat1')).toEqual(['mia', 'watcher']);
    expect(statuses()).toEqual(['online']);
    here.socket.close();
    await until(() => statuses().length === 2, { withinMs: WITHIN_MS, what: 'mia to be gone' });
    expect(statuses()).toEqual(['online', 'offline']);
  });

  if (mixed) return;

  test('put in order what the network has mixed up between them', async () => {
    const roomId = roomOf('chat1', 'mixed-up');
    const [near, far] = [await open('chat1', 'near'), await open('chat2', 'far')];
    for (const line of [near, far]) await line.join(roomId);
    const { wire } = stack();
    const deliver = { from: 'chat1', to: 'chat2', path: '/_deliver', times: 1 } as const;
    await wire.addTrap({ ...deliver, contains: '"5"', action: 'lose-request' });
    await wire.addTrap({ ...deliver, contains: '"9"', action: 'lose-answer' });
    const held = await wire.addTrap({ ...deliver, contains: '"13"', action: 'hold-request' });
    await wire.setRule({ from: 'chat1', to: 'chat2', duplicate: 0.5, jitterMs: 20 });
    for (const n of upTo(20)) await near.say(roomId, String(n));
    expect(numbers(await far.hears(roomId, 20))).toEqual(upTo(20));
    await wire.releaseTrap(held.id);
    await near.say(roomId, '21');
    expect(numbers(await far.hears(roomId, 21))).toEqual(upTo(21));
  });

  test('give up the users of a server that is gone', async () => {
    await stack().run(SERVERS, IMPATIENT, { fresh: true });
    const watcher = await open('chat1', 'watcher', 100);
    await watcher.join('general');
    const far = await open('chat2', 'far', 100);
    await far.join('general');
    await watcher.frame(({ userId, status }) => userId === 'far' && status === 'online');
    await stack().faults.kill('chat2');
    await watcher.frame(({ userId, status }) => userId === 'far' && status === 'offline');
    await stack().start('chat2');
  });

  test('take nothing from a client that is cut in mid-message', async () => {
    const roomId = roomOf('chat1', 'torn');
    const [alice, bob] = [await open('chat2', 'alice', 100), await open('chat1', 'bob', 100)];
    for (const line of [alice, bob]) await line.join(roomId);
    await alice.say(roomId, 'whole');
    // The header of a masked text frame of 100 bytes, and only a few of them.
    (alice.socket as any)._socket.write(
      Buffer.from([0x81, 0x80 | 100, 1, 2, 3, 4, ...Buffer.from('{"type":"mess')]),
    );
    (alice.socket as any)._socket.destroy();
    await bob.frame(({ userId, status }) => userId === 'alice' && status === 'offline');
    const back = await open('chat2', 'alice', 100);
    expect((await back.join(roomId, 1)).messages).toEqual([]);
    await back.say(roomId, 'after all', 'again');
    expect(await bob.hears(roomId, 2)).toEqual([
      [1, 'whole'],
      [2, 'after all'],
    ]);
  });

  test('refuse what no server would ask', async () => {
    const [mine, theirs] = [roomOf('chat1'), roomOf('chat2')];
    const draft = { roomId: mine, userId: 'a', content: 'c', clientMessageId: '1' };
    const cases: [string, unknown, string][] = [
      ['/_publish', { ...draft, roomId: theirs }, 'wrong_node'],
      ['/_publish', { ...draft, content: 1 }, 'bad_request'],
      ['/_publish', { ...draft, userId: '' }, 'bad_request'],
      ['/_subscribe', { roomId: mine, server: 'chat3', after: 0 }, 'bad_request'],
      ['/_subscribe', { roomId: mine, server: 'chat2', after: -1 }, 'bad_request'],
      ['/_subscribe', { roomId: theirs, server: 'chat2', after: 0 }, 'wrong_node'],
      ['/_deliver', { messages: [1] }, 'bad_request'],
      ['/_deliver', {}, 'bad_request'],
      ['/_presence', { server: 'chat2', version: 1, presence: [{}] }, 'bad_request'],
      ['/_presence', [], 'bad_request'],
    ];
    for (const [path, body, error] of cases) {
      const answer = await ask(stack().url('chat1'), path, 'POST', body);
      expect([path, answer.status, answer.body.error]).toEqual([path, 400, error]);
    }
    expect((await get('chat1', `/rooms/${mine}/messages?after=x`)).status).toBe(400);
    expect((await get('chat1', `/rooms/${'r'.repeat(129)}/messages`)).status).toBe(400);
  });
});

describe.each(['ts', 'py'])('the starters in %s', (pattern) => {
  describe('of session 6', () => {
    const { stack, open, get } = chat(() => join(solutions, 'starter-6'), pattern);
    beforeAll(() => stack().run(['chat1'], PATIENT, { fresh: true }));

    test('take in clients, and say what is not written yet', async () => {
      expect((await get('chat1', '/health')).body).toMatchObject({
        id: 'chat1',
        status: 'ok',
        connections: 0,
      });
      const line = await open('chat1', 'alice');
      expect(await line.join('general')).toMatchObject({
        code: 'internal',
        message: 'not implemented: join-leave',
      });
      line.send({ type: 'ping' });
      await line.frame(({ message }) => message === 'not implemented: heartbeat');
      line.send({ type: 'dance' });
      await line.frame(({ code }) => code === 'unknown_type');
      line.socket.close();
      await until(async () => (await get('chat1', '/health')).body.connections === 0, {
        withinMs: WITHIN_MS,
        what: 'the line to be gone',
      });
    });
  });

  describe('of session 7', () => {
    const { stack, open, get } = chat(() => join(solutions, 'starter-7'), pattern);
    beforeAll(() => stack().run(SERVERS, PATIENT, { fresh: true }));

    test('take in clients, and say what is not written yet', async () => {
      const line = await open('chat1', 'alice');
      expect(await line.join('general')).toMatchObject({
        code: 'internal',
        message: 'not implemented: catch-up',
      });
      const draft = { roomId: roomOf('chat1'), userId: 'a', content: 'c', clientMessageId: '1' };
      const answer = await ask(stack().url('chat1'), '/_publish', 'POST', draft);
      expect([answer.status, answer.body.message]).toEqual([500, 'not implemented: sequence']);
      expect((await get('chat2', '/health')).status).toBe(200);
    });
  });
});

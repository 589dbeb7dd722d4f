import type { Mutant } from './mutant.ts';

type Sketch = Omit<Mutant, 'session' | 'language'>;

const ROOMS = 'chat/rooms.ts';
const PUBLISH = 'chat/publish.ts';
const HEARTBEAT = 'chat/heartbeat.ts';
const ON_CLOSE = 'chat/on-close.ts';
const CLIENTS = 'chat/clients.ts';

const typescript: Sketch[] = [
  {
    id: 'stops-at-the-slow-one',
    mistake: 'ends the round at the first slow reader: those behind it in the room hear nothing',
    file: PUBLISH,
    replace: [
      [
        '    if (member.bufferedBytes() > maxBufferBytes) giveUp(member);\n    else member.sendLive(broadcast);\n',
        '    if (member.bufferedBytes() > maxBufferBytes) return giveUp(member);\n    member.sendLive(broadcast);\n',
      ],
      [
        'for (const member of members) {',
        'if (members.some((member) => member.bufferedBytes() > 0)) return;\n  for (const member of members) {',
      ],
    ],
  },
  {
    id: 'no-limit',
    mistake: 'sends to everybody and never looks at what waits to be read',
    file: PUBLISH,
    replace: [['    if (member.bufferedBytes() > maxBufferBytes) giveUp(member);\n    else ', '    ']],
  },
  {
    id: 'limit-in-kilobytes',
    mistake: 'takes the limit for KiB, although it is bytes',
    file: PUBLISH,
    replace: [['> maxBufferBytes)', '> maxBufferBytes * 1024)']],
  },
  {
    id: 'skips-the-slow-one',
    mistake: 'sends nothing to a slow reader and leaves it in the room, where it misses messages',
    file: PUBLISH,
    replace: [['> maxBufferBytes) giveUp(member);\n    else ', '<= maxBufferBytes) ']],
  },
  {
    id: 'not-to-the-first',
    mistake: 'begins to count the members at 1',
    file: PUBLISH,
    replace: [['of members)', 'of members.slice(1))']],
  },
  {
    id: 'anything-waiting-is-too-much',
    mistake: 'gives up a member for whom anything or nothing waits',
    file: PUBLISH,
    replace: [['> maxBufferBytes)', '< maxBufferBytes)']],
  },
  {
    id: 'a-new-room-for-each',
    mistake: 'makes the room anew for each who joins: only the last one is in it',
    file: ROOMS,
    replace: [['this.#members.get(roomId) ?? new Set();\n    this', 'new Set<Connection>();\n    this']],
  },
  {
    id: 'rooms-by-prefix',
    mistake: 'takes for members all who are in a room whose name begins so',
    file: ROOMS,
    replace: [
      [
        '[...(this.#members.get(roomId) ?? [])]',
        '[...this.#members].flatMap(([name, those]) => (name.startsWith(roomId) ? [...those] : []))',
      ],
    ],
  },
  {
    id: 'connection-does-not-know',
    mistake: 'puts the connection into the room, but not the room into the connection',
    file: ROOMS,
    replace: [['    connection.roomIds.add(roomId);\n', '']],
  },
  {
    id: 'left-and-still-listening',
    mistake: 'takes the room out of the connection, but not the connection out of the room',
    file: ROOMS,
    replace: [['members?.delete(connection) === true', 'members?.has(connection) === true']],
  },
  {
    id: 'left-and-still-speaking',
    mistake: 'takes the connection out of the room, but not the room out of the connection',
    file: ROOMS,
    replace: [['    connection.roomIds.delete(roomId);\n', '']],
  },
  {
    id: 'leaves-all-rooms',
    mistake: 'forgets all rooms of the connection when it leaves one',
    file: ROOMS,
    replace: [['connection.roomIds.delete(roomId)', 'connection.roomIds.clear()']],
  },
  {
    id: 'last-one-turns-off-the-light',
    mistake: 'throws the whole room away when one leaves it',
    file: ROOMS,
    replace: [['    if (members?.size === 0) this.#members.delete', '    this.#members.delete']],
  },
  {
    id: 'there-is-nobody-new',
    mistake: 'asks whether the user is there after it has put the connection in: nobody ever comes',
    file: ROOMS,
    replace: [['return !wasThere;', 'return !this.#hasUser(connection.userId, roomId);']],
  },
  {
    id: 'ping-is-not-heard',
    mistake: 'answers pings, and does not note that the connection was heard',
    file: HEARTBEAT,
    replace: [['  connection.heard();\n', '']],
  },
  {
    id: 'no-pong',
    mistake: 'notes pings, and does not answer',
    file: HEARTBEAT,
    replace: [["  connection.send({ type: 'pong' });\n", '']],
  },
  {
    id: 'nobody-is-given-up',
    mistake: 'waits for the close of the WebSocket, which a dead client never sends',
    file: HEARTBEAT,
    replace: [['if (connection.silentMs() > timeoutMs) giveUp(connection);', 'void giveUp;']],
  },
  {
    id: 'gives-up-the-lively',
    mistake: 'compares the wrong way round',
    file: HEARTBEAT,
    replace: [['> timeoutMs', '< timeoutMs']],
  },
  {
    id: 'timeout-in-seconds',
    mistake: 'takes the timeout for seconds',
    file: HEARTBEAT,
    replace: [['> timeoutMs', '> timeoutMs * 1000']],
  },
  {
    id: 'impatient',
    mistake: 'gives up after one heartbeat that is late, not after the timeout',
    file: HEARTBEAT,
    replace: [['> timeoutMs', '> timeoutMs / 10']],
  },
  {
    id: 'nobody-is-told',
    mistake: 'leaves the rooms, and tells nobody',
    file: ON_CLOSE,
    replace: [
      ['if (rooms.leave(connection, roomId)) announce', 'if (!rooms.leave(connection, roomId)) announce'],
    ],
  },
  {
    id: 'told-and-still-there',
    mistake: 'tells that the user is gone, and leaves the connection in its rooms',
    file: ON_CLOSE,
    replace: [['if (rooms.leave(connection, roomId)) announce', 'if (rooms) announce']],
  },
  {
    id: 'one-room-only',
    mistake: 'leaves the first of its rooms only',
    file: ON_CLOSE,
    replace: [['[...connection.roomIds]', '[...connection.roomIds].slice(0, 1)']],
  },
  {
    id: 'gone-when-noticed',
    mistake: 'takes for lastSeen the moment at which the silence was noticed',
    file: CLIENTS,
    replace: [[', connection.silentMs()', '']],
  },
  {
    id: 'anybody-may-speak',
    mistake: 'does not ask whether who speaks in a room has joined it',
    file: CLIENTS,
    replace: [['if (!connection.roomIds.has(frame.roomId)) {', "if (frame.roomId === '') {"]],
  },
  {
    id: 'one-count-for-all-rooms',
    mistake: 'counts the messages of all rooms together',
    file: 'chat/counter.ts',
    replace: [
      ['this.#last.get(roomId) ?? 0', "this.#last.get(roomId && 'all') ?? 0"],
      ['this.#last.set(draft.roomId, number)', "this.#last.set('all', number)"],
    ],
  },
  {
    id: 'escapes-for-html',
    mistake: 'escapes what is said for HTML at the server: clients that are no browsers show it escaped',
    file: 'chat/message.ts',
    replace: [
      [
        'const { roomId, userId, content } = draft;',
        "const { roomId, userId } = draft;\n  const content = draft.content.replaceAll('<', '&lt;');",
      ],
    ],
  },
  {
    id: 'names-in-small-letters',
    mistake: 'trims the names of rooms',
    file: 'chat/frames.ts',
    replace: [['if (isName(roomId)) return roomId;', 'if (isName(roomId)) return roomId.trim();']],
  },
  {
    id: 'gone-with-the-first-tab',
    mistake: 'tells that a user is gone when one of its connections is',
    file: ON_CLOSE,
    replace: [
      [
        '[...connection.roomIds]) {',
        '[...connection.roomIds]) {\n    const others = rooms.membersOf(roomId);',
      ],
      [
        'if (rooms.leave(connection, roomId)) announce(connection.userId, roomId);',
        'for (const other of others) {\n      if (other.userId === connection.userId) rooms.leave(other, roomId);\n    }\n    announce(connection.userId, roomId);',
      ],
    ],
  },
  {
    id: 'presence-by-connection',
    mistake: 'lists a user once for each connection',
    file: 'chat/presence.ts',
    replace: [['return [...users.keys()].sort().map((userId) => users.get(userId)!);', 'return told;']],
  },
  {
    id: 'rooms-in-lower-case',
    mistake: 'keeps rooms by their names in small letters: Den and den are one room',
    file: 'chat/rooms.ts',
    replace: [
      [
        'this.#members.get(roomId) ?? new Set();\n    this.#members.set(roomId,',
        'this.#members.get(roomId.toLowerCase()) ?? new Set();\n    this.#members.set(roomId.toLowerCase(),',
      ],
      ['[...(this.#members.get(roomId) ?? [])]', '[...(this.#members.get(roomId.toLowerCase()) ?? [])]'],
      [
        'const members = this.#members.get(roomId);',
        'const members = this.#members.get(roomId.toLowerCase());',
      ],
      ['this.#members.delete(roomId)', 'this.#members.delete(roomId.toLowerCase())'],
    ],
  },
  {
    id: 'parses-rooms-in-lower-case',
    mistake: 'reads the names of rooms in small letters',
    file: 'chat/frames.ts',
    replace: [['if (isName(roomId)) return roomId;', 'if (isName(roomId)) return roomId.toLowerCase();']],
  },
  {
    id: 'trims-content',
    mistake: 'cuts white space off both ends of what is said',
    file: 'chat/frames.ts',
    replace: [
      [
        "if (typeof text === 'string' && text !== '') return text;",
        "if (typeof text === 'string' && text !== '') return text.trim();",
      ],
    ],
  },
  {
    id: 'users-in-lower-case',
    mistake: 'takes the names of users in small letters',
    file: 'chat/clients.ts',
    replace: [['new Connection(userId, socket)', 'new Connection(userId.toLowerCase(), socket)']],
  },
  {
    id: 'one-delivery-a-user',
    mistake: 'tells each user once: of two windows one hears nothing',
    file: 'chat/publish.ts',
    replace: [
      [
        '  for (const member of members) {\n    if (member.bufferedBytes() > maxBufferBytes) giveUp(member);\n    else member.sendLive(broadcast);\n  }\n',
        '  const told = new Set<string>();\n  for (const member of members) {\n    if (told.has(member.userId)) continue;\n    told.add(member.userId);\n    if (member.bufferedBytes() > maxBufferBytes) giveUp(member);\n    else member.sendLive(broadcast);\n  }\n',
      ],
    ],
  },
  {
    id: 'sweeps-members-only',
    mistake: 'looks for silent connections in rooms only: who has joined none stays for ever',
    file: 'chat/heartbeat.ts',
    replace: [
      [
        'if (connection.silentMs() > timeoutMs)',
        'if (connection.roomIds.size > 0 && connection.silentMs() > timeoutMs)',
      ],
    ],
  },
  {
    id: 'begins-with-the-first-ping',
    mistake: 'begins to wait with the first ping: who never sends one is never given up',
    file: 'chat/connection.ts',
    replace: [
      ['#lastHeard = performance.now();\n  #lastTurn', '#lastHeard = Number.POSITIVE_INFINITY;\n  #lastTurn'],
    ],
  },
  {
    id: 'counts-what-was-ever-sent',
    mistake: 'counts what was ever sent to a member, not what waits to be read',
    file: 'chat/publish.ts',
    replace: [
      [
        '  for (const member of members) {\n    if (member.bufferedBytes() > maxBufferBytes) giveUp(member);\n    else member.sendLive(broadcast);\n  }\n',
        '  for (const member of members) {\n    const total = (sent.get(member) ?? 0) + broadcast.text.length;\n    sent.set(member, total);\n    if (total > maxBufferBytes) giveUp(member);\n    else member.sendLive(broadcast);\n  }\n',
      ],
      [
        "import type { Broadcast, Connection } from './connection.ts';\n",
        "import type { Broadcast, Connection } from './connection.ts';\n\nconst sent = new WeakMap<Connection, number>();\n",
      ],
    ],
  },
  {
    id: 'same-id-for-all',
    mistake: 'gives all messages the same id',
    file: 'chat/message.ts',
    replace: [['id: randomUUID()', "id: (randomUUID, 'message')"]],
  },
  {
    id: 'last-seen-in-seconds',
    mistake: 'tells lastSeen in seconds',
    file: 'chat/presence.ts',
    replace: [
      [
        'const lastSeen = wallClock(this.#config) - Math.round(member.silentMs());',
        'const lastSeen = Math.round((wallClock(this.#config) - member.silentMs()) / 1000);',
      ],
    ],
  },
  {
    id: 'no-list-of-rooms',
    mistake: 'lists no rooms',
    file: 'chat/client-api.ts',
    replace: [
      [
        "    { method: 'GET', path: '/rooms', handle: () => ok(listRooms(clients)) },\n",
        "    { method: 'GET', path: '/rooms', handle: () => ok((listRooms, [])) },\n",
      ],
    ],
  },
  {
    id: 'error-for-all',
    mistake: 'tells everybody of the mistake that one has made',
    file: 'chat/clients.ts',
    replace: [
      [
        '      connection.send(errorFrame(error, frame));\n',
        '      for (const each of this.#connections) each.send(errorFrame(error, frame));\n',
      ],
    ],
  },
  {
    id: 'count-ends-with-the-room',
    mistake: 'forgets the count of a room when the last one leaves: the next message is number 1 again',
    file: CLIENTS,
    replace: [
      [
        '  readonly #counter: Counter;\n',
        '  readonly #config: Config;\n  readonly #counters = new Map<string, Counter>();\n',
      ],
      ['this.#counter = new Counter(config);', 'this.#config = config;'],
      ['this.#counter.last(roomId)', 'this.#counterOf(roomId).last(roomId)'],
      ['this.#counter.number(draft)', 'this.#counterOf(roomId).number(draft)'],
      [
        '  #exit(connection: Connection, roomId: string): void {\n    if (this.rooms.leave(connection, roomId)) this.presence.announce(connection.userId, roomId);\n',
        '  #counterOf(roomId: string): Counter {\n    const counter = this.#counters.get(roomId) ?? new Counter(this.#config);\n    this.#counters.set(roomId, counter);\n    return counter;\n  }\n\n  #exit(connection: Connection, roomId: string): void {\n    if (this.rooms.leave(connection, roomId)) this.presence.announce(connection.userId, roomId);\n    if (this.rooms.membersOf(roomId).length === 0) this.#counters.delete(roomId);\n',
      ],
    ],
  },
];

const python: Sketch[] = [
  {
    id: 'one-round-ends-with-the-slow',
    mistake: 'ends the round at a slow reader: those behind it in the room miss the message',
    file: 'chat/publish.py',
    replace: [['            give_up(member)\n', '            give_up(member)\n            return\n']],
  },
  {
    id: 'waits-for-the-slow-one',
    mistake: 'waits, and with it the whole event loop, until a slow reader has read',
    file: 'chat/publish.py',
    replace: [
      [
        '            give_up(member)\n',
        '            while member.buffered_bytes() > max_buffer_bytes:\n                time.sleep(0.05)\n',
      ],
      ['from collections.abc', 'import time\nfrom collections.abc'],
    ],
  },
  {
    id: 'no-limit',
    mistake: 'sends to everybody and never looks at what waits to be read',
    file: 'chat/publish.py',
    replace: [['member.buffered_bytes() > max_buffer_bytes', 'member.buffered_bytes() < 0']],
  },
  {
    id: 'set-changes-in-the-loop',
    mistake: 'walks through the set of rooms while leaving changes it: RuntimeError after the first',
    file: 'chat/on_close.py',
    replace: [['list(connection.room_ids)', 'connection.room_ids']],
  },
  {
    id: 'shared-default',
    mistake: 'gives all connections the same set of rooms: a default value is made once',
    file: 'chat/connection.py',
    replace: [
      [
        'user_id: str, socket: Socket) -> None:',
        'user_id: str, socket: Socket, room_ids: set[str] = set()) -> None:',
      ],
      ['self.room_ids: set[str] = set()', 'self.room_ids = room_ids'],
    ],
  },
  {
    id: 'forgets-to-await',
    mistake: 'makes the coroutine and forgets to await it: nothing happens',
    file: 'chat/connection.py',
    replace: [['            await work()\n', '            work()\n']],
  },
  {
    id: 'seconds-for-milliseconds',
    mistake: 'compares seconds with milliseconds: nobody is silent for long enough',
    file: 'chat/heartbeat.py',
    replace: [['connection.silent_ms() > timeout_ms', 'connection.silent_ms() / 1000 > timeout_ms']],
  },
  {
    id: 'ping-is-not-heard',
    mistake: 'answers pings, and does not note that the connection was heard',
    file: 'chat/heartbeat.py',
    replace: [['    connection.heard()\n', '']],
  },
  {
    id: 'rooms-by-prefix',
    mistake: 'takes for members all who are in a room whose name begins so',
    file: 'chat/rooms.py',
    replace: [
      [
        'return list(self._members.get(room_id, ()))',
        'return [each for name in self._members if name.startswith(room_id) for each in self._members[name]]',
      ],
    ],
  },
  {
    id: 'left-and-still-listening',
    mistake: 'takes the room out of the connection, but not the connection out of the room',
    file: 'chat/rooms.py',
    replace: [['        members.discard(connection)\n', '']],
  },
  {
    id: 'truthy-members',
    mistake: 'joins only rooms with somebody in them: an empty set is false',
    file: 'chat/rooms.py',
    replace: [
      [
        'self._members.setdefault(room_id, set()).add(connection)',
        '(self._members.get(room_id) or set()).add(connection)',
      ],
    ],
  },
  {
    id: 'nobody-is-told',
    mistake: 'tells of those who are not gone, and not of those who are',
    file: 'chat/on_close.py',
    replace: [['if rooms.leave(', 'if not rooms.leave(']],
  },
  {
    id: 'last-seen-in-seconds',
    mistake: 'tells lastSeen in seconds, as time.time() gives them',
    file: 'chat/presence.py',
    replace: [
      [
        'wall_clock(self._config) - round(member.silent_ms())',
        'round((wall_clock(self._config) - member.silent_ms()) / 1000)',
      ],
    ],
  },
];

export const mutants: Mutant[] = [
  ...typescript.map((sketch) => ({ ...sketch, session: 6, language: 'typescript' as const })),
  ...python.map((sketch) => ({ ...sketch, session: 6, language: 'python' as const })),
];

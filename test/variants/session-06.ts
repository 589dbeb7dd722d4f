import type { Sketch, Variant } from './variant.ts';

const PUBLISH = 'chat/publish.ts';
const CLIENTS = 'chat/clients.ts';

const PUBLISHING = `  for (const member of members) {
    if (member.bufferedBytes() > maxBufferBytes) giveUp(member);
    else member.sendLive(broadcast);
  }
`;

const typescript: Sketch[] = [
  {
    id: 'last-in-first-told',
    style: 'tells the members in the reverse order',
    file: PUBLISH,
    replace: [['of members) {', 'of members.toReversed()) {']],
  },
  {
    id: 'slow-ones-first',
    style: 'gives up the slow ones first, and sends to the others then',
    file: PUBLISH,
    replace: [
      [
        PUBLISHING,
        `  const slow = new Set(members.filter((member) => member.bufferedBytes() > maxBufferBytes));
  slow.forEach(giveUp);
  for (const member of members) if (!slow.has(member)) member.sendLive(broadcast);
`,
      ],
    ],
  },
  {
    id: 'looks-afterwards',
    style: 'sends first, and looks then whether too much waits',
    file: PUBLISH,
    replace: [
      [
        PUBLISHING,
        `  for (const member of members) {
    member.sendLive(broadcast);
    if (member.bufferedBytes() > maxBufferBytes) giveUp(member);
  }
`,
      ],
    ],
  },
  {
    id: 'each-connection-comes',
    style: 'tells that a user has come with each of its connections',
    file: 'chat/rooms.ts',
    replace: [['return !wasThere;', 'return wasThere || !wasThere;']],
  },
  {
    id: 'leaves-then-tells',
    style: 'leaves all rooms first, and tells of it then',
    file: 'chat/on-close.ts',
    replace: [
      [
        `  for (const roomId of [...connection.roomIds]) {
    if (rooms.leave(connection, roomId)) announce(connection.userId, roomId);
  }
`,
        `  const left = [...connection.roomIds].filter((roomId) => rooms.leave(connection, roomId));
  for (const roomId of left) announce(connection.userId, roomId);
`,
      ],
    ],
  },
  {
    id: 'answers-then-notes',
    style: 'answers a ping first, and notes then that it was heard; a sweep takes them one after the other',
    file: 'chat/heartbeat.ts',
    replace: [
      [
        "  connection.heard();\n  connection.send({ type: 'pong' });\n",
        "  connection.send({ type: 'pong' });\n  connection.heard();\n",
      ],
      [
        `  for (const connection of connections) {
    if (connection.silentMs() > timeoutMs) giveUp(connection);
  }
`,
        '  connections.filter((each) => each.silentMs() >= timeoutMs).forEach(giveUp);\n',
      ],
    ],
  },
  {
    id: 'every-frame-is-a-sign-of-life',
    style: 'takes every frame for a sign of life, not pings alone',
    file: CLIENTS,
    replace: [
      ["      if (parsed.type === 'ping')", "      connection.heard();\n      if (parsed.type === 'ping')"],
    ],
  },
  {
    id: 'ack-then-tell',
    style: 'acknowledges a message first, and tells the room then',
    file: CLIENTS,
    replace: [
      ['    this.tell(message);\n', ''],
      [
        "    connection.send({ type: 'ack', clientMessageId, message });\n",
        "    connection.send({ type: 'ack', clientMessageId, message });\n    this.tell(message);\n",
      ],
    ],
  },
  {
    id: 'cuts-slow-readers-off',
    style: 'cuts a slow reader off at once: the goodbye would not reach it anyway',
    file: 'chat/client-sockets.ts',
    replace: [
      [
        '    this.#webSocket.close(code, reason);\n',
        '    if (code === CLOSE_CODES.slowReader) return this.#webSocket.terminate();\n    this.#webSocket.close(code, reason);\n',
      ],
    ],
  },
  {
    id: 'members-in-a-list',
    style: 'keeps the members of a room in a list, the last one first',
    file: 'chat/rooms.ts',
    replace: [
      [
        'readonly #members = new Map<string, Set<Connection>>();',
        'readonly #members = new Map<string, Connection[]>();',
      ],
      [
        '    const members = this.#members.get(roomId) ?? new Set();\n    this.#members.set(roomId, members.add(connection));\n',
        '    const members = this.#members.get(roomId) ?? [];\n    if (!members.includes(connection)) this.#members.set(roomId, [connection, ...members]);\n',
      ],
      [
        '    const members = this.#members.get(roomId);\n    const wasThere = members?.delete(connection) === true;\n',
        '    const before = this.#members.get(roomId) ?? [];\n    const members = before.filter((each) => each !== connection);\n    const wasThere = members.length < before.length;\n',
      ],
      [
        '    if (members?.size === 0) this.#members.delete(roomId);\n',
        '    if (members.length === 0) this.#members.delete(roomId);\n    else this.#members.set(roomId, members);\n',
      ],
    ],
  },
  {
    id: 'lists-the-gone',
    style: 'lists those who are gone, too, as offline',
    file: 'chat/presence.ts',
    replace: [
      [
        '    return [...users.keys()].sort().map((userId) => users.get(userId)!);',
        '    for (const gone of this.#gone.values()) if (gone.roomId === roomId && !users.has(gone.userId)) users.set(gone.userId, gone);\n    return [...users.keys()].sort().map((userId) => users.get(userId)!);',
      ],
      [
        '    const present = this.everybodyIn(roomId).find((presence) => presence.userId === userId);\n    this.#tell(present ??',
        "    const present = this.everybodyIn(roomId).find((presence) => presence.userId === userId && presence.status === 'online');\n    if (!present) this.#gone.set(JSON.stringify([userId, roomId]), { userId, roomId, status: 'offline', lastSeen });\n    this.#tell(present ??",
      ],
      [
        '  readonly #tell: (presence: Presence) => void;\n',
        '  readonly #tell: (presence: Presence) => void;\n  readonly #gone = new Map<string, Presence>();\n',
      ],
    ],
  },
  {
    id: 'pings-in-turn',
    style: 'answers a ping when what the client asked before is done',
    file: 'chat/clients.ts',
    replace: [
      [
        "      if (parsed.type === 'ping') onPing(connection);\n      else await connection.inTurn(() => this.#receive(connection, parsed));",
        "      await connection.inTurn(async () => {\n        if (parsed.type === 'ping') onPing(connection);\n        else await this.#receive(connection, parsed);\n      });",
      ],
    ],
  },
];

const python: Sketch[] = [
  {
    id: 'a-copy-of-the-others',
    style: 'sends to those who read, in the reverse order, and gives up the others afterwards',
    file: 'chat/publish.py',
    replace: [
      [
        `    for member in members:
        if member.buffered_bytes() > max_buffer_bytes:
            give_up(member)
        else:
            member.send_live(broadcast)
`,
        `    slow = [member for member in members if member.buffered_bytes() > max_buffer_bytes]
    for member in reversed(members):
        if member not in slow:
            member.send_live(broadcast)
    for member in slow:
        give_up(member)
`,
      ],
    ],
  },
  {
    id: 'pops-until-empty',
    style: 'takes one room after the other until none is left',
    file: 'chat/on_close.py',
    replace: [
      [
        '    for room_id in list(connection.room_ids):\n',
        '    while connection.room_ids:\n        room_id = next(iter(connection.room_ids))\n',
      ],
    ],
  },
];

export const variants: Variant[] = [
  ...typescript.map((sketch) => ({ ...sketch, session: 6, language: 'typescript' as const })),
  ...python.map((sketch) => ({ ...sketch, session: 6, language: 'python' as const })),
];

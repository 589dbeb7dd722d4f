import type { Mutant } from './mutant.ts';

type Sketch = Omit<Mutant, 'session' | 'language'>;

const SEQUENCE = 'chat/sequence.ts';
const CATCH_UP = 'chat/catch-up.ts';
const BUFFER = 'chat/ordering-buffer.ts';
const TOPICS = 'chat/topics.ts';

/** How catchUp is written in the solution. */
const CATCHING_UP = `  connection.hold();
  register();
  let last = 0;
  try {
    const history = await readHistory();
    await sendHistory(history);
    last = history.sequenceNumber;
  } finally {
    connection.release(roomId, last);
  }
`;

/** How OrderingBuffer.accept is. */
const ACCEPTING = `    if (message.sequenceNumber > this.#last) this.#held.set(message.sequenceNumber, message);
`;

const typescript: Sketch[] = [
  {
    id: 'never-heard-of-it',
    mistake: 'does not ask whether the draft is known: what is said again is said twice',
    file: SEQUENCE,
    replace: [
      ['let message = room.find(draft);', 'let message: ChatMessage | undefined;\n  void room.find;'],
    ],
  },
  {
    id: 'ack-before-disk',
    mistake: 'acknowledges while the message is in memory only',
    file: SEQUENCE,
    replace: [['  await room.sync();\n', '']],
  },
  {
    id: 'awaits-before-it-appends',
    mistake: 'waits between the look at the last number and the append: two get the same number',
    file: SEQUENCE,
    replace: [
      [
        '    message = newMessage(draft, room.lastNumber + 1, timestamp);\n',
        '    message = newMessage(draft, room.lastNumber + 1, timestamp);\n    await room.sync();\n',
      ],
    ],
  },
  {
    id: 'numbers-from-nought',
    mistake: 'gives the last number once more: the first message is number 0',
    file: SEQUENCE,
    replace: [['room.lastNumber + 1', 'room.lastNumber']],
  },
  {
    id: 'the-clock-is-the-number',
    mistake: 'takes the time for the number',
    file: SEQUENCE,
    replace: [['room.lastNumber + 1', 'timestamp']],
  },
  {
    id: 'id-of-whoever',
    mistake: 'looks for the clientMessageId and not for whose it is',
    file: 'chat/numbered-room.ts',
    replace: [['JSON.stringify([userId, clientMessageId])', "userId === '' ? '' : clientMessageId"]],
  },
  {
    id: 'same-words-same-message',
    mistake: 'takes for the same message what the same user says in the same words',
    file: 'chat/numbered-room.ts',
    replace: [
      ['find({ userId, clientMessageId }: Draft)', 'find({ userId, content }: Draft)'],
      ['this.#known.get(keyOf(userId, clientMessageId))', 'this.#known.get(keyOf(userId, content))'],
      [
        'this.#known.set(keyOf(message.userId, clientMessageId), message)',
        'this.#known.set(keyOf(message.userId, clientMessageId && message.content), message)',
      ],
    ],
  },
  {
    id: 'ids-in-memory',
    mistake: 'remembers the ids of clients in memory only: a restart forgets them',
    file: 'chat/numbered-room.ts',
    replace: [
      [
        '    this.#add(message, clientMessageId);\n    this.log.show',
        "    this.#add(message, clientMessageId && '');\n    this.log.show",
      ],
    ],
  },
  {
    id: 'reads-before-it-registers',
    mistake: 'reads the history and registers then: what is said in between is lost',
    file: CATCH_UP,
    replace: [
      [
        CATCHING_UP,
        `  const history = await readHistory();
  await sendHistory(history);
  connection.hold();
  register();
  connection.release(roomId, history.sequenceNumber);
`,
      ],
    ],
  },
  {
    id: 'live-before-history',
    mistake: 'registers and holds nothing: what is said meanwhile comes before the history, and again in it',
    file: CATCH_UP,
    replace: [
      [
        CATCHING_UP,
        `  register();
  const history = await readHistory();
  await sendHistory(history);
  void roomId;
`,
      ],
    ],
  },
  {
    id: 'held-and-in-the-history',
    mistake: 'sends what was held without looking whether it was in the history',
    file: CATCH_UP,
    replace: [['    last = history.sequenceNumber;\n', '']],
  },
  {
    id: 'lets-go-of-one-too-many',
    mistake: 'takes the first message after the history for its last',
    file: CATCH_UP,
    replace: [['last = history.sequenceNumber;', 'last = history.sequenceNumber + 1;']],
  },
  {
    id: 'holds-for-ever',
    mistake: 'does not release when the history cannot be read: the client hears nothing any more',
    file: CATCH_UP,
    replace: [
      [
        CATCHING_UP,
        `  connection.hold();
  register();
  const history = await readHistory();
  await sendHistory(history);
  connection.release(roomId, history.sequenceNumber);
`,
      ],
    ],
  },
  {
    id: 'as-they-come',
    mistake: 'gives everything out as it comes',
    file: BUFFER,
    replace: [[ACCEPTING, `    if (message.sequenceNumber > 0) return [message];\n${ACCEPTING}`]],
  },
  {
    id: 'jumps-over-the-gap',
    mistake: 'drops what is old, and takes whatever is newer for the next',
    file: BUFFER,
    replace: [
      [
        ACCEPTING,
        `    if (message.sequenceNumber > this.#last) {
      this.#last = message.sequenceNumber;
      return [message];
    }
`,
      ],
    ],
  },
  {
    id: 'does-not-count-on',
    mistake: 'gives out the next one and forgets that it did',
    file: BUFFER,
    replace: [
      [
        '      this.#held.delete(next.sequenceNumber);\n      this.#last = next.sequenceNumber;\n      due.push(next);',
        '      this.#held.delete(next.sequenceNumber);\n      due.push(next);',
      ],
    ],
  },
  {
    id: 'each-server-counts',
    mistake: 'numbers at each server what is said there',
    file: TOPICS,
    replace: [['return sequencerOf(this.#ring, roomId);', 'return roomId && this.#config.nodeId;']],
  },
  {
    id: 'tells-its-own-at-once',
    mistake: 'tells its own clients as soon as the message is numbered, and again when it is delivered',
    file: TOPICS,
    replace: [
      [
        'return orUnavailable(this.#servers.publish(sequencer, draft));',
        'const message = await orUnavailable(this.#servers.publish(sequencer, draft));\n    this.#audience.tell(message);\n    return message;',
      ],
    ],
  },
  {
    id: 'subscribes-once',
    mistake: 'subscribes once and for all: a subscription that was lost in a cut is not renewed',
    file: TOPICS,
    replace: [
      ['.filter(([roomId]) => this.#audience.isIn(roomId));', ".filter(([roomId]) => roomId === '');"],
    ],
  },
  {
    id: 'numbers-for-the-other',
    mistake: 'numbers by itself when the sequencer cannot be reached',
    file: TOPICS,
    replace: [
      [
        'return orUnavailable(this.#servers.publish(sequencer, draft));',
        'return this.#servers.publish(sequencer, draft).catch(() => this.onPublish(draft));',
      ],
    ],
  },
  {
    id: 'from-the-one-it-has',
    mistake: 'begins the history with the message that the client has already',
    file: 'chat/room-log.ts',
    replace: [['const start = after ??', 'const start = after !== undefined && after > 0 ? after - 1 :']],
  },
  {
    id: 'leaves-one-out',
    mistake: 'begins the history one too late',
    file: 'chat/room-log.ts',
    replace: [['const start = after ??', 'const start = after !== undefined ? after + 1 :']],
  },
  {
    id: 'all-of-it',
    mistake: 'gives the whole history to who asks for none',
    file: 'chat/room-log.ts',
    replace: [['Math.max(0, this.#shown - LATEST)', 'Math.max(0, this.#shown - LATEST * 1000)']],
  },
  {
    id: 'dead-servers-live-on',
    mistake: 'never forgets the users of a server that has fallen silent',
    file: 'chat/elsewhere.ts',
    replace: [['performance.now() - heardAt > timeoutMs', 'heardAt > performance.now() + timeoutMs']],
  },
  {
    id: 'gone-here-is-gone',
    mistake: 'tells that a user is gone who is in the room at the other server',
    file: 'chat/presence.ts',
    replace: [
      ['    if (this.#elsewhere.find(userId, roomId).length > 0) return;\n', ''],
      ['this.#tell(present ??', 'this.#tell(present && silentHere ? present :'],
      [
        '    const present = ',
        '    const silentHere = this.#rooms.membersOf(roomId).some((member) => member.userId === userId);\n    const present = ',
      ],
    ],
  },
  {
    id: 'rooms-in-lower-case',
    mistake: 'numbers rooms by their names in small letters: Den and den have one count',
    file: 'chat/topics.ts',
    replace: [
      [
        '    const room = this.#numbered.get(roomId) ?? new NumberedRoom(this.#journal);\n    this.#numbered.set(roomId, room);',
        '    const room = this.#numbered.get(roomId.toLowerCase()) ?? new NumberedRoom(this.#journal);\n    this.#numbered.set(roomId.toLowerCase(), room);',
      ],
      ['return this.#numbered.get(roomId)?.log', 'return this.#numbered.get(roomId.toLowerCase())?.log'],
      ['return sequencerOf(this.#ring, roomId);', 'return sequencerOf(this.#ring, roomId.toLowerCase());'],
    ],
  },
  {
    id: 'keys-run-together',
    mistake: 'writes user and id behind each other: "al" and "ice-1" look like "alice" and "-1"',
    file: 'chat/numbered-room.ts',
    replace: [['return JSON.stringify([userId, clientMessageId]);', 'return userId + clientMessageId;']],
  },
  {
    id: 'remembers-the-last-only',
    mistake: 'remembers for each user its last id only',
    file: 'chat/numbered-room.ts',
    replace: [
      [
        '    return this.#known.get(keyOf(userId, clientMessageId));',
        '    const found = this.#known.get(userId);\n    return found && this.#ids.get(found.id) === clientMessageId ? found : undefined;',
      ],
      [
        '    this.#known.set(keyOf(message.userId, clientMessageId), message);',
        '    this.#known.set(message.userId, message);\n    this.#ids.set(message.id, clientMessageId);',
      ],
      [
        '  readonly #known = new Map<string, ChatMessage>();',
        '  readonly #known = new Map<string, ChatMessage>();\n  readonly #ids = new Map<string, string>();',
      ],
      [
        'function keyOf(userId: string, clientMessageId: string): string {\n  return JSON.stringify([userId, clientMessageId]);\n}\n',
        '',
      ],
    ],
  },
  {
    id: 'remembers-a-hundred',
    mistake: 'remembers the last hundred ids of a room',
    file: 'chat/numbered-room.ts',
    replace: [
      [
        '    this.#known.set(keyOf(message.userId, clientMessageId), message);',
        '    this.#known.set(keyOf(message.userId, clientMessageId), message);\n    if (this.#known.size > 100) this.#known.delete(this.#known.keys().next().value!);',
      ],
    ],
  },
  {
    id: 'other-words-other-message',
    mistake: 'takes the same id with other words for another message',
    file: 'chat/numbered-room.ts',
    replace: [
      [
        '  find({ userId, clientMessageId }: Draft): ChatMessage | undefined {\n    return this.#known.get(keyOf(userId, clientMessageId));',
        '  find({ userId, clientMessageId, content }: Draft): ChatMessage | undefined {\n    const found = this.#known.get(keyOf(userId, clientMessageId));\n    return found?.content === content ? found : undefined;',
      ],
    ],
  },
  {
    id: 'presence-version-from-nought',
    mistake:
      'counts its words on presence from nought after each start: the others do not listen to older ones',
    file: 'chat/presence-link.ts',
    replace: [['#version = Date.now();', '#version = 0;']],
  },
  {
    id: 'one-batch-is-all',
    mistake: 'takes the first part of a long history for all of it',
    file: 'chat/room-copy.ts',
    replace: [
      [
        '      if (messages.length === 0 || this.#buffer.last >= sequenceNumber) return;',
        '      if (messages.length >= 0 || this.#buffer.last >= sequenceNumber) return;',
      ],
    ],
  },
  {
    id: 'stale-copy-is-history',
    mistake: 'gives as history what it has, when nobody has listened for it since',
    file: 'chat/topics.ts',
    replace: [
      [
        '    await orUnavailable(copy.refresh());\n',
        '    if (copy.log.lastNumber === 0) await orUnavailable(copy.refresh());\n',
      ],
    ],
  },
  {
    id: 'plain-objects',
    mistake: 'keeps users and ids in plain objects, in which "constructor" has a value already',
    file: 'chat/numbered-room.ts',
    replace: [
      [
        '    return this.#known.get(keyOf(userId, clientMessageId));',
        '    return this.#known[userId]?.[clientMessageId];',
      ],
      [
        '    this.#known.set(keyOf(message.userId, clientMessageId), message);',
        '    (this.#known[message.userId] ??= {})[clientMessageId] = message;',
      ],
      [
        '  readonly #known = new Map<string, ChatMessage>();',
        '  readonly #known: Record<string, Record<string, ChatMessage>> = {};',
      ],
      [
        'function keyOf(userId: string, clientMessageId: string): string {\n  return JSON.stringify([userId, clientMessageId]);\n}\n',
        '',
      ],
    ],
  },
  {
    id: 'release-by-any-room',
    mistake: 'drops what was held by its number alone, whichever room it is of',
    file: 'chat/connection.ts',
    replace: [
      [
        '({ message }) => message?.roomId !== roomId || message.sequenceNumber > sequenceNumber',
        "({ message }) => message === undefined || roomId === '' || message.sequenceNumber > sequenceNumber",
      ],
    ],
  },
];

const python: Sketch[] = [
  {
    id: 'never-heard-of-it',
    mistake: 'does not ask whether the draft is known: what is said again is said twice',
    file: 'chat/sequence.py',
    replace: [['message = room.find(draft)', 'message = None']],
  },
  {
    id: 'forgets-to-await',
    mistake: 'forgets the await in front of room.sync()',
    file: 'chat/sequence.py',
    replace: [['    await room.sync()\n', '    room.sync()\n']],
  },
  {
    id: 'awaits-before-it-appends',
    mistake: 'waits between the look at the last number and the append: two get the same number',
    file: 'chat/sequence.py',
    replace: [
      [
        '        message = new_message(draft, room.last_number + 1, timestamp)\n',
        '        message = new_message(draft, room.last_number + 1, timestamp)\n        await room.sync()\n',
      ],
    ],
  },
  {
    id: 'reads-before-it-registers',
    mistake: 'reads the history and registers then: what is said in between is lost',
    file: 'chat/catch_up.py',
    replace: [
      [
        '    connection.hold()\n    register()\n    last = 0\n    try:\n        history = await read_history()\n        await send_history(history)\n',
        '    history = await read_history()\n    await send_history(history)\n    connection.hold()\n    register()\n    last = 0\n    try:\n',
      ],
    ],
  },
  {
    id: 'sends-in-the-background',
    mistake: 'does not wait until the history is out: what was held may overtake it',
    file: 'chat/catch_up.py',
    replace: [
      [
        '        await send_history(history)\n',
        '        asyncio.get_running_loop().call_later(0.005, lambda: asyncio.ensure_future(send_history(history)))\n',
      ],
      ['from collections.abc', 'import asyncio\nfrom collections.abc'],
    ],
  },
  {
    id: 'held-and-in-the-history',
    mistake: 'sends what was held without looking whether it was in the history',
    file: 'chat/catch_up.py',
    replace: [['        last = history.sequence_number\n', '']],
  },
  {
    id: 'as-they-come',
    mistake: 'gives everything out as it comes',
    file: 'chat/ordering_buffer.py',
    replace: [
      [
        '        if message.sequence_number > self._last:\n            self._held[message.sequence_number] = message\n        due: list[ChatMessage] = []\n',
        '        due: list[ChatMessage] = [message]\n        self._last = max(self._last, message.sequence_number)\n',
      ],
    ],
  },
  {
    id: 'a-tuple-too-few',
    mistake: 'looks for the clientMessageId and not for whose it is',
    file: 'chat/numbered_room.py',
    replace: [
      [
        'self._known.get((draft.user_id, draft.client_message_id))',
        "self._known.get(('', draft.client_message_id))",
      ],
      [
        'self._known[message.user_id, client_message_id] = message',
        "self._known['', client_message_id] = message",
      ],
    ],
  },
  {
    id: 'ids-in-memory',
    mistake: 'remembers the ids of clients in memory only: a restart forgets them',
    file: 'chat/numbered_room.py',
    replace: [['self._add(record.message, record.client_message_id)', 'self._add(record.message, "")']],
  },
  {
    id: 'from-the-one-it-has',
    mistake: 'begins the history with the message that the client has already',
    file: 'chat/room_log.py',
    replace: [['if after is None else after\n', 'if after is None else max(0, after - 1)\n']],
  },
  {
    id: 'keys-run-together',
    mistake: 'writes user and id into one text: "al:ice" and "1" look like "al" and "ice:1"',
    file: 'chat/numbered_room.py',
    replace: [
      [
        'self._known.get((draft.user_id, draft.client_message_id))',
        'self._known.get((f"{draft.user_id}:{draft.client_message_id}", ""))',
      ],
      [
        'self._known[message.user_id, client_message_id] = message',
        'self._known[f"{message.user_id}:{client_message_id}", ""] = message',
      ],
    ],
  },
];

export const mutants: Mutant[] = [
  ...typescript.map((sketch) => ({ ...sketch, session: 7, language: 'typescript' as const })),
  ...python.map((sketch) => ({ ...sketch, session: 7, language: 'python' as const })),
];

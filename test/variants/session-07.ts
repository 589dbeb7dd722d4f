import type { Sketch, Variant } from './variant.ts';

const SEQUENCE = 'chat/sequence.ts';
const BUFFER = 'chat/ordering-buffer.ts';
const TOPICS = 'chat/topics.ts';

const SEQUENCING = `  let message = room.find(draft);
  if (message === undefined) {
    message = newMessage(draft, room.lastNumber + 1, timestamp);
    room.append(message, draft.clientMessageId);
  }
  // Also for one that is known: its first sender may still be waiting for the disk.
  await room.sync();
  return message;
`;

const typescript: Sketch[] = [
  {
    id: 'one-at-a-time',
    style: 'numbers and writes one message after the other, in a queue of each room',
    file: SEQUENCE,
    replace: [
      [
        SEQUENCING,
        `  const turn = (turns.get(room) ?? Promise.resolve()).then(async () => {
    const known = room.find(draft);
    if (known !== undefined) return known;
    const message = newMessage(draft, room.lastNumber + 1, timestamp);
    room.append(message, draft.clientMessageId);
    await room.sync();
    return message;
  });
  turns.set(
    room,
    turn.catch(() => {}),
  );
  return turn;
`,
      ],
      [
        '/**\n * Gives a message',
        'const turns = new WeakMap<NumberedRoom, Promise<unknown>>();\n\n/**\n * Gives a message',
      ],
    ],
  },
  {
    id: 'waits-for-company',
    style: 'waits a little before it writes, so that more messages go to the disk at once',
    file: SEQUENCE,
    replace: [
      [
        '  await room.sync();\n',
        '  await new Promise((resolve) => setTimeout(resolve, 15));\n  await room.sync();\n',
      ],
    ],
  },
  {
    id: 'registers-then-holds',
    style: 'registers first and holds then, without waiting in between',
    file: 'chat/catch-up.ts',
    replace: [['  connection.hold();\n  register();\n', '  register();\n  connection.hold();\n']],
  },
  {
    id: 'does-not-keep-what-is-too-early',
    style: 'drops what is too early, and gets it again with what is missing',
    file: BUFFER,
    replace: [
      [
        'if (message.sequenceNumber > this.#last) this',
        'if (message.sequenceNumber === this.#last + 1) this',
      ],
    ],
  },
  {
    id: 'keeps-a-sorted-list',
    style: 'keeps what is too early in a sorted list',
    file: BUFFER,
    replace: [
      [
        `    if (message.sequenceNumber > this.#last) this.#held.set(message.sequenceNumber, message);
`,
        `    if (message.sequenceNumber <= this.#last) return [];
    const waiting = [...this.#held.values(), message].sort((a, b) => a.sequenceNumber - b.sequenceNumber);
    this.#held.clear();
    for (const each of waiting) this.#held.set(each.sequenceNumber, each);
`,
      ],
    ],
  },
  {
    id: 'asks-once-more-itself',
    style: 'asks the sequencer a second time before it tells the client that the room is unavailable',
    file: TOPICS,
    replace: [
      [
        'return orUnavailable(this.#servers.publish(sequencer, draft));',
        'return orUnavailable(\n      this.#servers.publish(sequencer, draft).catch(() => this.#servers.publish(sequencer, draft)),\n    );',
      ],
    ],
  },
  {
    id: 'small-deliveries',
    style: 'hands over a few messages at a time',
    file: 'chat/subscriber.ts',
    replace: [['export const BATCH = 100;', 'export const BATCH = 10;']],
  },
  {
    id: 'another-ring',
    style: 'gives rooms to servers by another rule, the same at both',
    file: 'chat/topics.ts',
    replace: [
      [
        'return sequencerOf(this.#ring, roomId);',
        'const names = [this.#config.nodeId, ...this.#servers.names].sort();\n    const sum = [...roomId].reduce((n, each) => n + each.codePointAt(0)!, 0);\n    return names[sum % names.length]!;',
      ],
    ],
  },
  {
    id: 'each-alone',
    style: 'delivers each message by itself, without waiting for the one before',
    file: 'chat/subscriber.ts',
    replace: [
      [
        '        await this.#servers.deliver(this.#server, messages);\n        this.#has += messages.length;\n',
        '        this.#has += messages.length;\n        for (const message of messages) {\n          void this.#servers.deliver(this.#server, [message]).catch(() => this.end());\n        }\n',
      ],
    ],
  },
  {
    id: 'joins-from-its-copy',
    style:
      'lets clients into a room whose sequencer cannot be reached, if it knows more of the room than they do',
    file: 'chat/topics.ts',
    replace: [
      [
        '    await orUnavailable(copy.refresh());\n',
        '    await orUnavailable(copy.refresh()).catch((error) => {\n      if (copy.log.lastNumber <= (after ?? 0)) throw error;\n    });\n',
      ],
    ],
  },
  {
    id: 'acks-last',
    style: 'acknowledges a moment after everybody was told',
    file: 'chat/clients.ts',
    replace: [
      [
        "    connection.send({ type: 'ack', clientMessageId, message });\n",
        "    setTimeout(() => connection.send({ type: 'ack', clientMessageId, message }), 5);\n",
      ],
    ],
  },
];

const python: Sketch[] = [
  {
    id: 'one-at-a-time',
    style: 'numbers and writes under a lock of the room',
    file: 'chat/sequence.py',
    replace: [
      [
        `    message = room.find(draft)
    if message is None:
        message = new_message(draft, room.last_number + 1, timestamp)
        room.append(message, draft.client_message_id)
    # Also for one that is known: its first sender may still be waiting for the disk.
    await room.sync()
    return message
`,
        `    async with LOCKS.setdefault(room, asyncio.Lock()):
        message = room.find(draft)
        if message is None:
            message = new_message(draft, room.last_number + 1, timestamp)
            room.append(message, draft.client_message_id)
        await room.sync()
        return message
`,
      ],
      [
        'async def sequence(',
        'LOCKS: weakref.WeakKeyDictionary[NumberedRoom, asyncio.Lock] = weakref.WeakKeyDictionary()\n\n\nasync def sequence(',
      ],
      ['from chat.message', 'import asyncio\nimport weakref\n\nfrom chat.message'],
    ],
  },
  {
    id: 'numbers-in-order',
    style: 'sorts what it holds and gives out as long as the next number follows',
    file: 'chat/ordering_buffer.py',
    replace: [
      [
        `        while self._last + 1 in self._held:
            self._last += 1
            due.append(self._held.pop(self._last))
`,
        `        for number in sorted(self._held):
            if number != self._last + 1:
                break
            self._last = number
            due.append(self._held.pop(number))
`,
      ],
    ],
  },
];

export const variants: Variant[] = [
  ...typescript.map((sketch) => ({ ...sketch, session: 7, language: 'typescript' as const })),
  ...python.map((sketch) => ({ ...sketch, session: 7, language: 'python' as const })),
];

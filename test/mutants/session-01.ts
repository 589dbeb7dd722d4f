import type { Mutant } from './mutant.ts';

const RETRY = 'messaging/retry.ts';
const INBOX = 'messaging/inbox.ts';
const NODE = 'messaging/node.ts';
const RETRY_PY = 'messaging/retry.py';
const INBOX_PY = 'messaging/inbox.py';
const NODE_PY = 'messaging/node.py';

const typescript: Omit<Mutant, 'session' | 'language'>[] = [
  {
    id: 'no-retry',
    mistake: 'gives up after the first attempt',
    file: RETRY,
    replace: [['if (performance.now() + pause >= deadline) throw', 'if (pause > 0) throw']],
  },
  {
    id: 'new-id-for-each-attempt',
    mistake: 'makes a new id for every attempt',
    file: RETRY,
    replace: [['await attempt(message, ', 'await attempt({ ...message, id: crypto.randomUUID() }, ']],
  },
  {
    id: 'no-backoff',
    mistake: 'waits the same pause before every attempt',
    file: RETRY,
    replace: [['timing.backoffBaseMs * 2 ** failures', 'timing.backoffBaseMs']],
  },
  {
    id: 'linear-backoff',
    mistake: 'lets the pause grow by addition instead of doubling',
    file: RETRY,
    replace: [['timing.backoffBaseMs * 2 ** failures', 'timing.backoffBaseMs * (failures + 1)']],
  },
  {
    id: 'no-jitter',
    mistake: 'doubles the pause, but all senders wait equally long',
    file: RETRY,
    replace: [['return ceiling / 2 + (Math.random() * ceiling) / 2;', 'return ceiling;']],
  },
  {
    id: 'no-maximum',
    mistake: 'lets the pause double for ever',
    file: RETRY,
    replace: [
      [
        'Math.min(timing.backoffBaseMs * 2 ** failures, timing.backoffMaxMs)',
        'timing.backoffBaseMs * 2 ** failures',
      ],
    ],
  },
  {
    id: 'seconds-for-milliseconds',
    mistake: 'takes the pause for seconds and divides it by a thousand',
    file: RETRY,
    replace: [['await sleep(pause);', 'await sleep(pause / 1000);']],
  },
  {
    id: 'ignores-the-deadline',
    mistake: 'goes on trying when the client has long gone',
    file: RETRY,
    replace: [
      ['Math.min(timing.attemptTimeoutMs, timeLeft)', 'timing.attemptTimeoutMs'],
      [
        'if (performance.now() + pause >= deadline) throw',
        'if (performance.now() - deadline > 60_000) throw',
      ],
    ],
  },
  {
    id: 'deadline-for-each-attempt',
    mistake: 'gives every attempt the whole deadline instead of the attempt timeout',
    file: RETRY,
    replace: [['Math.min(timing.attemptTimeoutMs, timeLeft)', 'deadlineMs']],
  },
  {
    id: 'sleeps-past-the-deadline',
    mistake: 'counts attempts instead of time',
    file: RETRY,
    replace: [['if (performance.now() + pause >= deadline) throw', 'if (attempts >= 20) throw']],
  },
  {
    id: 'one-attempt-too-few',
    mistake: 'counts the attempts from zero',
    file: RETRY,
    replace: [['for (let attempts = 1; ;', 'for (let attempts = 0; ;']],
  },
  {
    id: 'blocks-the-event-loop',
    mistake: 'waits in a busy loop, and the whole node waits with it',
    file: RETRY,
    replace: [
      ['await sleep(pause);', 'for (const end = performance.now() + pause; performance.now() < end; );'],
    ],
  },
  {
    id: 'forgotten-await-in-the-pause',
    mistake: 'forgets to await the pause, and hammers the peer',
    file: RETRY,
    replace: [['await sleep(pause);', 'void sleep(pause);']],
  },
  {
    id: 'no-memory',
    mistake: 'handles every copy',
    file: INBOX,
    replace: [['if (known !== undefined) return known;', 'void known;']],
  },
  {
    id: 'remembers-after-handling',
    mistake: 'remembers the reply only when it is there, so that copies at the same time slip through',
    file: INBOX,
    replace: [
      [
        'const reply = this.#handle(message);\n    this.#replies.set(message.id, reply);\n    this.#forgetOldest();',
        'const reply = this.#handle(message);',
      ],
      [
        'return await reply;',
        'await reply;\n      this.#replies.set(message.id, reply);\n      this.#forgetOldest();\n      return reply;',
      ],
    ],
  },
  {
    id: 'copy-gets-nothing',
    mistake: 'tells a copy that it is known, but not the reply',
    file: INBOX,
    replace: [['if (known !== undefined) return known;', 'if (known !== undefined) return null;']],
  },
  {
    id: 'copy-is-refused',
    mistake: 'refuses a copy as an error',
    file: INBOX,
    replace: [
      ['if (known !== undefined) return known;', "if (known !== undefined) throw new Error('duplicate');"],
    ],
  },
  {
    id: 'copy-does-not-wait',
    mistake: 'answers a copy at once while the first is still in progress',
    file: INBOX,
    replace: [
      [
        'if (known !== undefined) return known;',
        'if (known !== undefined) return Promise.race([known, new Promise((resolve) => setTimeout(resolve, 60))]);',
      ],
    ],
  },
  {
    id: 'remembers-failures',
    mistake: 'remembers a failure as if it were a reply',
    file: INBOX,
    replace: [['this.#replies.delete(message.id);\n      throw error;', 'throw error;']],
  },
  {
    id: 'short-memory',
    mistake: 'remembers the last hundred messages only',
    file: INBOX,
    replace: [['const REMEMBERED_MESSAGES = 10_000;', 'const REMEMBERED_MESSAGES = 100;']],
  },
  {
    id: 'one-at-a-time',
    mistake: 'handles a message only when the one before it is done',
    file: INBOX,
    replace: [
      [
        'const REMEMBERED_MESSAGES = 10_000;',
        'const REMEMBERED_MESSAGES = 10_000;\nlet last: Promise<unknown> = Promise.resolve();',
      ],
      [
        'const reply = this.#handle(message);',
        'const reply = last.then(() => this.#handle(message));\n    last = reply.catch(() => undefined);',
      ],
    ],
  },
  {
    id: 'gives-up-on-a-refused-connection',
    mistake: 'takes a refused connection for a final answer',
    file: RETRY,
    replace: [
      [
        'if (!(error instanceof NoAnswer)) throw error;',
        'if (!(error instanceof NoAnswer) || !/within|timeout/i.test(error.message)) throw error;',
      ],
    ],
  },
  {
    id: 'one-more-after-the-deadline',
    mistake: 'tells the client that it gave up, and tries once more',
    file: RETRY,
    replace: [
      [
        'if (performance.now() + pause >= deadline) throw',
        'if (performance.now() + pause >= deadline) setTimeout(() => attempt(message, 200).catch(() => undefined), 250);\n    if (performance.now() + pause >= deadline) throw',
      ],
    ],
  },
  {
    id: 'new-id-for-retries',
    mistake: 'makes a new id when it tries again',
    file: RETRY,
    replace: [
      [
        'await attempt(message, ',
        'await attempt(attempts === 1 ? message : { ...message, id: crypto.randomUUID() }, ',
      ],
    ],
  },
  {
    id: 'remembers-by-sender',
    mistake: 'takes the next message of the same sender for a copy',
    file: INBOX,
    replace: [
      [
        'const known = this.#replies.get(message.id);',
        'const known = this.#replies.get(message.from + message.type);',
      ],
      ['this.#replies.set(message.id, reply);', 'this.#replies.set(message.from + message.type, reply);'],
    ],
  },
  {
    id: 'retries-success',
    mistake: 'answers 504 although a reply came, when it came late in the deadline',
    file: RETRY,
    replace: [
      [
        'return { reply, attempts };',
        'if (attempts > 1) throw new DeadlinePassed(attempts);\n      return { reply, attempts };',
      ],
    ],
  },
  {
    id: 'full-jitter',
    mistake: 'draws the pause between nothing and the ceiling, so that some come back at once',
    file: RETRY,
    replace: [['return ceiling / 2 + (Math.random() * ceiling) / 2;', 'return Math.random() * ceiling;']],
  },
  {
    id: 'last-attempt-overruns',
    mistake: 'gives the last attempt its full time, although the deadline comes sooner',
    file: RETRY,
    replace: [['Math.min(timing.attemptTimeoutMs, timeLeft)', 'timing.attemptTimeoutMs']],
  },
  {
    id: 'retries-a-refusal',
    mistake: 'catches every error, and asks again although the peer has refused',
    file: RETRY,
    replace: [['if (!(error instanceof NoAnswer)) throw error;', 'void error;']],
  },
  {
    id: 'forgotten-await-of-the-attempt',
    mistake: 'forgets to await the attempt, and returns a promise where a reply should be',
    file: RETRY,
    replace: [['await attempt(message, ', 'attempt(message, ']],
  },
  {
    id: 'empty-reply-is-no-reply',
    mistake: 'asks again when the reply is 0, false or an empty text',
    file: RETRY,
    replace: [['return { reply, attempts };', 'if (reply) return { reply, attempts };']],
  },
  {
    id: 'forgets-an-empty-reply',
    mistake: 'looks the reply up by its truth, and handles a message again whose reply was 0',
    file: INBOX,
    replace: [
      [
        'if (known !== undefined) return known;',
        'if (known !== undefined) {\n      const before = await known;\n      if (before) return before;\n    }',
      ],
    ],
  },
  {
    id: 'remembers-by-content',
    mistake: 'takes two messages that say the same for copies',
    file: INBOX,
    replace: [
      ['this.#replies.get(message.id)', 'this.#replies.get(JSON.stringify([message.type, message.data]))'],
      [
        'this.#replies.set(message.id, reply)',
        'this.#replies.set(JSON.stringify([message.type, message.data]), reply)',
      ],
    ],
  },
  {
    id: 'forgets-when-answered',
    mistake: 'knows a message only while it is being handled',
    file: INBOX,
    replace: [
      [
        'return await reply;',
        'const done = await reply;\n      this.#replies.delete(message.id);\n      return done;',
      ],
    ],
  },
  {
    id: 'a-failure-ends-the-node',
    mistake: 'hangs something on the promise of the reply that nobody catches when it fails',
    file: INBOX,
    replace: [
      [
        'this.#forgetOldest();\n    try',
        'this.#forgetOldest();\n    void reply.then(() => undefined);\n    try',
      ],
    ],
  },
  {
    id: 'one-send-at-a-time',
    mistake: 'sends a message only when the one before it has been answered or given up',
    file: RETRY,
    replace: [
      [
        'const deadline = performance.now() + deadlineMs;',
        'const deadline = performance.now() + deadlineMs;\n  const before = last;\n  let done = () => {};\n  last = new Promise<void>((resolve) => {\n    done = resolve;\n  });\n  setTimeout(done, deadlineMs);\n  await before;',
      ],
      ['return { reply, attempts };', 'done();\n      return { reply, attempts };'],
      [
        "import type { Message } from './messages.ts';",
        "import type { Message } from './messages.ts';\n\nlet last: Promise<void> = Promise.resolve();",
      ],
    ],
  },
  {
    id: 'inbox-newest-first',
    mistake: 'puts each message in front of those that came before it',
    file: NODE,
    replace: [['this.#handled.push({', 'this.#handled.unshift({']],
  },
  {
    id: 'takes-any-letter',
    mistake: 'handles messages that are meant for another node',
    file: NODE,
    replace: [['if (message.to !== this.#config.nodeId) {', "if (message.to === '') {"]],
  },
];

const python: Omit<Mutant, 'session' | 'language'>[] = [
  {
    id: 'blocks-the-event-loop',
    mistake: 'time.sleep instead of asyncio.sleep: the whole node stands still',
    file: RETRY_PY,
    replace: [['await asyncio.sleep(pause / 1000)', 'time.sleep(pause / 1000)']],
  },
  {
    id: 'forgotten-await-in-the-pause',
    mistake: 'forgets to await asyncio.sleep: the coroutine is made and never run',
    file: RETRY_PY,
    replace: [['await asyncio.sleep(pause / 1000)', 'asyncio.sleep(pause / 1000)']],
  },
  {
    id: 'remembers-a-coroutine',
    mistake: 'remembers the coroutine, which can be awaited only once',
    file: INBOX_PY,
    replace: [
      ['reply = asyncio.create_task(self._handle(message))', 'reply = self._handle(message)'],
      ['return await asyncio.shield(known)', 'return await known'],
      ['return await asyncio.shield(reply)', 'return await reply'],
    ],
  },
  {
    id: 'remembers-after-handling',
    mistake: 'awaits the reply before remembering it, so that copies at the same time slip through',
    file: INBOX_PY,
    replace: [
      ['self._replies[message.id] = reply\n        self._forget_oldest()', 'pass'],
      [
        'return await asyncio.shield(reply)',
        'await reply\n            self._replies[message.id] = reply\n            return await reply',
      ],
    ],
  },
  {
    id: 'new-id-for-each-attempt',
    mistake: 'makes a new id for every attempt',
    file: RETRY_PY,
    replace: [
      [
        'reply = await attempt(message, ',
        'import dataclasses, uuid\n\n            reply = await attempt(dataclasses.replace(message, id=str(uuid.uuid4())), ',
      ],
    ],
  },
  {
    id: 'no-jitter',
    mistake: 'doubles the pause, but all senders wait equally long',
    file: RETRY_PY,
    replace: [['return random.uniform(ceiling / 2, ceiling)', 'return ceiling']],
  },
  {
    id: 'power-by-caret',
    mistake: 'writes 2 ^ n for the power, which is the exclusive or',
    file: RETRY_PY,
    replace: [['timing.backoff_base_ms * 2**failures', 'timing.backoff_base_ms * (2 ^ failures)']],
  },
  {
    id: 'milliseconds-for-seconds',
    mistake: 'gives asyncio.sleep the pause in ms, and sleeps for minutes',
    file: RETRY_PY,
    replace: [['await asyncio.sleep(pause / 1000)', 'await asyncio.sleep(pause)']],
  },
  {
    id: 'deadline-in-seconds',
    mistake: 'mixes the clock in seconds with the deadline in ms: it never comes',
    file: RETRY_PY,
    replace: [
      ['if time.monotonic() * 1000 + pause >= deadline:', 'if time.monotonic() + pause >= deadline:'],
    ],
  },
  {
    id: 'no-memory',
    mistake: 'handles every copy',
    file: INBOX_PY,
    replace: [['if known is not None:', 'if known is not None and message.id == "":']],
  },
  {
    id: 'remembers-failures',
    mistake: 'remembers a failure as if it were a reply',
    file: INBOX_PY,
    replace: [['self._replies.pop(message.id, None)', 'pass']],
  },
  {
    id: 'full-jitter',
    mistake: 'draws the pause between nothing and the ceiling, so that some come back at once',
    file: RETRY_PY,
    replace: [['return random.uniform(ceiling / 2, ceiling)', 'return random.uniform(0, ceiling)']],
  },
  {
    id: 'last-attempt-overruns',
    mistake: 'gives the last attempt its full time, although the deadline comes sooner',
    file: RETRY_PY,
    replace: [['min(timing.attempt_timeout_ms, time_left)', 'timing.attempt_timeout_ms']],
  },
  {
    id: 'retries-a-refusal',
    mistake: 'except Exception: asks again although the peer has refused',
    file: RETRY_PY,
    replace: [['except NoAnswer:', 'except Exception:']],
  },
  {
    id: 'catches-the-wrong-error',
    mistake: 'catches TimeoutError, but silence is NoAnswer here',
    file: RETRY_PY,
    replace: [['except NoAnswer:', 'except TimeoutError:']],
  },
  {
    id: 'forgotten-await-of-the-attempt',
    mistake: 'forgets to await the attempt, and returns a coroutine where a reply should be',
    file: RETRY_PY,
    replace: [['reply = await attempt(message, ', 'reply = attempt(message, ']],
  },
  {
    id: 'empty-reply-is-no-reply',
    mistake: 'asks again when the reply is 0, False or an empty text',
    file: RETRY_PY,
    replace: [
      [
        'return reply, attempts',
        'if reply:\n                return reply, attempts\n            raise NoAnswer("no reply")',
      ],
    ],
  },
  {
    id: 'answers-before-handling',
    mistake: 'starts a task that handles the message, and answers without awaiting it',
    file: INBOX_PY,
    replace: [['return await asyncio.shield(reply)', 'return None']],
  },
  {
    id: 'forgets-an-empty-reply',
    mistake: 'tests the reply by its truth, and handles a message again whose reply was 0',
    file: INBOX_PY,
    replace: [['if known is not None:', 'if known is not None and await asyncio.shield(known):']],
  },
  {
    id: 'copy-cancels-the-first',
    mistake: 'waits for the task with asyncio.wait_for, which cancels it for everybody when the time is over',
    file: INBOX_PY,
    replace: [['return await asyncio.shield(known)', 'return await asyncio.wait_for(known, 0.3)']],
  },
  {
    id: 'one-at-a-time',
    mistake: 'holds one lock while a message is being handled, so that all others wait',
    file: INBOX_PY,
    replace: [
      [
        'self._handle = handle',
        'lock = asyncio.Lock()\n\n        async def one_by_one(message: Message) -> Any:\n            async with lock:\n                return await handle(message)\n\n        self._handle = one_by_one',
      ],
    ],
  },
  {
    id: 'short-memory',
    mistake: 'remembers the last hundred messages only',
    file: INBOX_PY,
    replace: [['REMEMBERED_MESSAGES = 10_000', 'REMEMBERED_MESSAGES = 100']],
  },
  {
    id: 'takes-any-letter',
    mistake: 'handles messages that are meant for another node',
    file: NODE_PY,
    replace: [['if message.to != self._config.node_id:', 'if message.to == "":']],
  },
];

export const mutants: Mutant[] = [
  ...typescript.map((mutant) => ({ session: 1, language: 'typescript' as const, ...mutant })),
  ...python.map((mutant) => ({ session: 1, language: 'python' as const, ...mutant })),
];

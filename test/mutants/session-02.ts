import type { Mutant } from './mutant.ts';

type Sketch = Omit<Mutant, 'session' | 'language'>;

const BROKER = 'workqueue/broker.ts';
const BROKER_PY = 'workqueue/broker.py';

const typescript: Sketch[] = [
  {
    id: 'answers-before-sync',
    mistake: 'answers 201 without waiting for the disk',
    file: BROKER,
    replace: [
      [
        `    await this.#tasks.sync();
    return { task: entry.task, added: known === undefined };`,
        `    void this.#tasks.sync();
    return { task: entry.task, added: known === undefined };`,
      ],
    ],
  },
  {
    id: 'never-syncs',
    mistake: 'appends the task to the journal and forgets to sync',
    file: BROKER,
    replace: [
      [
        `    await this.#tasks.sync();
    return { task: entry.task, added: known === undefined };`,
        `    return { task: entry.task, added: known === undefined };`,
      ],
    ],
  },
  {
    id: 'adds-after-await',
    mistake: 'looks the id up, waits for the disk, and only then adds the task',
    file: BROKER,
    replace: [
      [
        `    if (known === undefined) this.#tasks.add(entry);
    // A copy waits too: the first one may still be on its way to the disk.
    await this.#tasks.sync();`,
        `    await new Promise((resolve) => setTimeout(resolve, 5));
    if (known === undefined) this.#tasks.add(entry);
    await this.#tasks.sync();`,
      ],
    ],
  },
  {
    id: 'same-id-twice',
    mistake: 'keeps a second task for a known id',
    file: BROKER,
    replace: [
      [
        `    const entry = known ?? {`,
        `    if (known !== undefined) id += '~';
    const entry = {`,
      ],
      [`    if (known === undefined) this.#tasks.add(entry);`, `    this.#tasks.add(entry);`],
    ],
  },
  {
    id: 'replaces-known-task',
    mistake: 'puts a new task in the place of the known one',
    file: BROKER,
    replace: [
      [
        `    const entry = known ?? { task: newTask(id, payload, this.#wallClock(), nowMs()), leases: 0 };
    if (known === undefined) this.#tasks.add(entry);`,
        `    const entry = { task: newTask(id, payload, this.#wallClock() + 1, nowMs()), leases: 0 };
    this.#tasks.add(entry);`,
      ],
    ],
  },
  {
    id: 'no-id-conflict',
    mistake: 'takes other data under a known id for the same task',
    file: BROKER,
    replace: [
      [
        `known !== undefined && !sameJson(known.task.payload, payload)`,
        `known !== undefined && payload === sameJson`,
      ],
    ],
  },
  {
    id: 'compares-loosely',
    mistake: 'compares payloads with ==, so that 1 and "1" are the same',
    file: BROKER,
    replace: [
      [
        `!sameJson(known.task.payload, payload)) {`,
        `!(sameJson(known.task.payload, payload) || (known.task.payload as string) == payload)) {`,
      ],
    ],
  },
  {
    id: 'null-is-missing',
    mistake: 'takes null for no data',
    file: 'workqueue/broker-server.ts',
    replace: [
      [
        `        const payload = anyField(fields, 'data');`,
        `        const payload = anyField(fields, 'data');
        if (!payload) throw new TypeError('no data');`,
      ],
    ],
  },
  {
    id: 'bad-json-is-500',
    mistake: 'lets JSON.parse throw, so that the client is told that the server is at fault',
    file: 'shared/http-server.ts',
    replace: [[`parseJson(rawBody)`, `JSON.parse(parseJson === undefined ? '' : rawBody.toString())`]],
  },
  {
    id: 'drops-record-before-torn',
    mistake: 'cuts off the torn record and the whole one before it',
    file: 'shared/storage.ts',
    replace: [
      [
        `    if (validBytes < bytes.length) {`,
        `    if (validBytes < bytes.length) {
      records.pop();`,
      ],
    ],
  },
  {
    id: 'torn-record-is-fatal',
    mistake: 'does not start when the last record is torn',
    file: 'shared/storage.ts',
    replace: [
      [
        `    if (end === -1) break;`,
        `    if (end === -1) throw new SyntaxError(\`\${name} is damaged at byte \${start}\`);`,
      ],
    ],
  },
  {
    id: 'torn-record-stays',
    mistake: 'skips the torn record without cutting it off, so that the next one is written behind it',
    file: 'shared/storage.ts',
    replace: [
      [`      await file.truncate(validBytes);\n`, ``],
      [
        `      if (end + 1 < bytes.length) throw new Error(\`\${name} is damaged at byte \${start}\`);
      break;`,
        `      start = end + 1;
      continue;`,
      ],
    ],
  },
  {
    id: 'newest-first',
    mistake: 'gives out the newest task: a stack instead of a queue',
    file: 'workqueue/lease.ts',
    replace: [
      [`let since = Number.POSITIVE_INFINITY;`, `let since = Number.NEGATIVE_INFINITY;`],
      [`availableAt <= now && availableAt < since`, `availableAt <= now && availableAt >= since`],
    ],
  },
  {
    id: 'order-of-arrival',
    mistake: 'gives out in order of arrival, whenever a task became ready',
    file: 'workqueue/lease.ts',
    replace: [
      [`availableAt <= now && availableAt < since) {`, `availableAt <= now && oldest === undefined) {`],
    ],
  },
  {
    id: 'blocked-by-backoff',
    mistake: 'looks at the first pending task only, ready or not',
    file: 'workqueue/lease.ts',
    replace: [
      [
        `    if (status === 'pending' && availableAt <= now && availableAt < since) {`,
        `    if (status === 'pending' && availableAt > now) return undefined;
    if (status === 'pending' && availableAt < since) {`,
      ],
    ],
  },
  {
    id: 'takes-after-await',
    mistake: 'finds the task, awaits, and only then marks it as taken',
    file: BROKER,
    replace: [
      [
        `    if (entry === undefined) return undefined;
    // The task`,
        `    if (entry === undefined) return undefined;
    await this.#tasks.sync();
    // The task`,
      ],
    ],
  },
  {
    id: 'lease-without-changed',
    mistake:
      'gives the lease out without telling the journal, so that its number is used again after a crash',
    file: BROKER,
    replace: [
      [
        `    this.#tasks.changed(entry);
    const grant`,
        `    const grant`,
      ],
    ],
  },
  {
    id: 'lease-number-stays',
    mistake: 'calls every lease of a task by the same number',
    file: 'workqueue/lease.ts',
    replace: [[`\${entry.task.id}:\${entry.leases}\``, `\${entry.task.id}:1\``]],
  },
  {
    id: 'long-poll-answers-at-once',
    mistake: 'does not wait for a task',
    file: BROKER,
    replace: [[`timeLeft <= 0 ||`, `timeLeft <= waitMs ||`]],
  },
  {
    id: 'long-poll-never-ends',
    mistake: 'goes on waiting when the time is over',
    file: BROKER,
    replace: [
      [`timeLeft <= 0 || this.#tasks.closed`, `this.#tasks.closed`],
      [`nextChange(timeLeft)`, `nextChange(Math.max(timeLeft, 1000))`],
    ],
  },
  {
    id: 'long-poll-sleeps',
    mistake: 'looks for a task at the beginning and at the end of the wait only',
    file: BROKER,
    replace: [
      [
        `await this.#tasks.nextChange(timeLeft);`,
        `await new Promise((resolve) => setTimeout(resolve, timeLeft));`,
      ],
    ],
  },
  {
    id: 'completes-with-any-lease',
    mistake: 'completes a task whoever says so',
    file: BROKER,
    replace: [
      [
        `      requireLease(entry, leaseId);
      delete entry.lease;`,
        `      delete entry.lease;`,
      ],
    ],
  },
  {
    id: 'complete-twice-is-refused',
    mistake: 'answers 409 when a worker repeats its complete',
    file: BROKER,
    replace: [[`    if (entry.completedBy !== leaseId) {`, `    if (leaseId !== '') {`]],
  },
  {
    id: 'complete-not-durable',
    mistake: 'completes in memory only',
    file: BROKER,
    replace: [
      [
        `      if (result !== undefined) entry.task.result = result;
      this.#tasks.changed(entry);
    }`,
        `      if (result !== undefined) entry.task.result = result;
    }`,
      ],
    ],
  },
  {
    id: 'complete-without-sync',
    mistake: 'answers complete before it is on disk',
    file: BROKER,
    replace: [
      [
        `      this.#tasks.changed(entry);
    }
    await this.#tasks.sync();`,
        `      this.#tasks.changed(entry);
    }`,
      ],
    ],
  },
  {
    id: 'fail-without-sync',
    mistake: 'answers fail before it is on disk',
    file: BROKER,
    replace: [
      [
        `    else makePending(entry, nowMs() + pause);
    this.#tasks.changed(entry);
    await this.#tasks.sync();`,
        `    else makePending(entry, nowMs() + pause);
    this.#tasks.changed(entry);`,
      ],
    ],
  },
  {
    id: 'requeue-loses-retries',
    mistake: 'makes a new task of one that failed, so that retries stays 0',
    file: BROKER,
    replace: [
      [
        `    entry.task.retries += 1;
    entry.task.error = error;`,
        `    entry.task.error = error;`,
      ],
    ],
  },
  {
    id: 'no-backoff',
    mistake: 'makes a failed task ready at once',
    file: BROKER,
    replace: [[`makePending(entry, nowMs() + pause)`, `makePending(entry, nowMs())`]],
  },
  {
    id: 'backoff-in-seconds',
    mistake: 'takes the pause for seconds',
    file: BROKER,
    replace: [[`nowMs() + pause)`, `nowMs() + pause * 1000)`]],
  },
  {
    id: 'linear-backoff',
    mistake: 'lets the pause grow by the same amount each time',
    file: 'workqueue/task.ts',
    replace: [[`timing.backoffBaseMs * 2 ** failures`, `timing.backoffBaseMs * (failures + 1)`]],
  },
  {
    id: 'backoff-without-limit',
    mistake: 'doubles the pause for ever',
    file: 'workqueue/task.ts',
    replace: [
      [
        `Math.min(timing.backoffBaseMs * 2 ** failures, timing.backoffMaxMs)`,
        `timing.backoffBaseMs * 2 ** failures`,
      ],
    ],
  },
  {
    id: 'backoff-without-jitter',
    mistake: 'waits the whole ceiling every time',
    file: 'workqueue/task.ts',
    replace: [[`return ceiling / 2 + (Math.random() * ceiling) / 2;`, `return ceiling;`]],
  },
  {
    id: 'backoff-full-jitter',
    mistake: 'draws the pause from zero on',
    file: 'workqueue/task.ts',
    replace: [[`return ceiling / 2 + (Math.random() * ceiling) / 2;`, `return Math.random() * ceiling;`]],
  },
  {
    id: 'fails-with-any-lease',
    mistake: 'lets a task fail whoever says so',
    file: BROKER,
    replace: [
      [
        `    requireLease(entry, leaseId);
    const pause`,
        `    const pause`,
      ],
    ],
  },
  {
    id: 'retries-for-ever',
    mistake: 'never gives a failing task up',
    file: BROKER,
    replace: [
      [
        `    if (entry.task.retries > this.#settings.maxRetries) bury(entry);
    else makePending(entry, nowMs() + pause);`,
        `    makePending(entry, nowMs() + pause);`,
      ],
    ],
  },
  {
    id: 'one-retry-too-few',
    mistake: 'gives up at the last retry instead of after it',
    file: BROKER,
    replace: [
      [
        `    if (entry.task.retries > this.#settings.maxRetries) bury(entry);
    else makePending(entry, nowMs() + pause);`,
        `    if (entry.task.retries >= this.#settings.maxRetries) bury(entry);
    else makePending(entry, nowMs() + pause);`,
      ],
    ],
  },
  {
    id: 'lease-never-expires',
    mistake: 'has no alarm, and takes no lease back',
    file: 'workqueue/lease.ts',
    replace: [[`entry.lease.expiresAt <= now)`, `entry.lease.expiresAt <= 0)`]],
  },
  {
    id: 'expiry-not-counted',
    mistake: 'does not count a lease that ran out as a failed delivery',
    file: BROKER,
    replace: [
      [
        `      entry.task.retries += 1;
      entry.task.error = \`lease`,
        `      entry.task.error = \`lease`,
      ],
    ],
  },
  {
    id: 'expiry-never-buries',
    mistake: 'lets a task that kills its workers go round for ever',
    file: BROKER,
    replace: [
      [
        `      if (entry.task.retries > this.#settings.maxRetries) bury(entry);
      else makePending(entry, now);`,
        `      makePending(entry, now);`,
      ],
    ],
  },
  {
    id: 'expiry-with-backoff',
    mistake: 'lets a task whose worker fell silent wait its pause',
    file: BROKER,
    replace: [
      [
        `else makePending(entry, now);`,
        `else makePending(entry, now + backoffMs(entry.task.retries - 1, this.#settings));`,
      ],
    ],
  },
  {
    id: 'expires-one-at-a-time',
    mistake: 'stops after the first lease that ran out, and the others stay',
    file: BROKER,
    replace: [
      [
        `      else makePending(entry, now);
      this.#tasks.changed(entry);
    }`,
        `      else makePending(entry, now);
      this.#tasks.changed(entry);
      for (const { lease } of this.#tasks.all()) if (lease && lease.expiresAt <= now) lease.expiresAt = Infinity;
      break;
    }`,
      ],
    ],
  },
  {
    id: 'extend-ignored',
    mistake: 'answers 200 to extend and leaves the lease as it is',
    file: BROKER,
    replace: [[`    lease.expiresAt = nowMs() + this.#settings.leaseMs;`, `    void lease;`]],
  },
  {
    id: 'extend-without-end',
    mistake: 'extends a lease so that it never runs out',
    file: BROKER,
    replace: [
      [`lease.expiresAt = nowMs() + this.#settings.leaseMs;`, `lease.expiresAt = nowMs() + 2 ** 40;`],
    ],
  },
  {
    id: 'expiry-keeps-lease',
    mistake: 'makes the task pending but leaves the old lease valid',
    file: BROKER,
    replace: [
      [
        `      else makePending(entry, now);
      this.#tasks.changed(entry);`,
        `      else {
        const { lease } = entry;
        makePending(entry, now);
        if (lease) entry.lease = { ...lease, expiresAt: Infinity };
      }
      this.#tasks.changed(entry);`,
      ],
    ],
  },
  {
    id: 'loses-processing-on-restart',
    mistake: 'leaves tasks as processing after a restart, in nobody’s hands',
    file: 'workqueue/journal.ts',
    replace: [[`    if (entry.task.status === 'processing') makePending(entry, now);\n`, ``]],
  },
  {
    id: 'restart-counts-as-failure',
    mistake: 'counts the broker’s own crash as a failed delivery',
    file: 'workqueue/journal.ts',
    replace: [
      [
        `    if (entry.task.status === 'processing') makePending(entry, now);`,
        `    if (entry.task.status !== 'processing') continue;
    entry.task.retries += 1;
    makePending(entry, now);`,
      ],
    ],
  },
  {
    id: 'lease-number-restarts',
    mistake: 'counts leases from 0 again after a restart',
    file: 'workqueue/journal.ts',
    replace: [
      [`entries.set(record.task.id, { ...record })`, `entries.set(record.task.id, { ...record, leases: 0 })`],
    ],
  },
  {
    id: 'stop-waits-for-workers',
    mistake: 'lets workers that wait for a task hold up the stop',
    file: 'workqueue/broker-server.ts',
    replace: [
      [
        `    this.#tasks?.letGo();
    await this.#server?.stop();`,
        `    while (this.#tasks && !this.#tasks.closed) await this.#tasks.nextChange(30_000);`,
      ],
    ],
  },
  {
    id: 'no-signal-handler',
    mistake: 'does not know SIGTERM, which ends it in the middle of everything',
    file: 'main.ts',
    replace: [[`of ['SIGTERM', 'SIGINT'] as const`, `of ['SIGINT'] as const`]],
  },
  {
    id: 'worker-never-extends',
    mistake: 'a worker does not extend its lease',
    file: 'workqueue/worker.ts',
    replace: [[`      void this.#attempt(\`\${path}/extend\`, { leaseId }, this.#leaseMs / 3);`, ``]],
  },
  {
    id: 'worker-says-once',
    mistake: 'a worker reports a task once, whether it hears an answer or not, and gives up for good',
    file: 'workqueue/worker.ts',
    replace: [
      [
        `      await this.#pause(backoffMs(failures, RECONNECT));
    }`,
        `      throw new Error('the broker does not answer');
    }`,
      ],
    ],
  },
  {
    id: 'worker-dies-of-refusal',
    mistake: 'a worker does not expect that its lease may be lost, and ends',
    file: 'workqueue/worker.ts',
    replace: [
      [
        `    const outcome = answer?.status === 200`,
        `    if (answer?.status === 409) throw new Error('lease lost');
    const outcome = answer?.status === 200`,
      ],
    ],
  },
  {
    id: 'worker-gives-up',
    mistake: 'a worker asks no more once the broker was gone for two attempts',
    file: 'workqueue/worker.ts',
    replace: [
      [
        `      if (this.#stopping.signal.aborted) return undefined;
      await`,
        `      if (this.#stopping.signal.aborted) return undefined;
      if (failures > 0 && this.#completed > 0) return new Promise(() => {});
      await`,
      ],
    ],
  },
  {
    id: 'producer-new-id-each-time',
    mistake: 'the producer repeats a task under a new id',
    file: 'workqueue/producer.ts',
    replace: [
      [
        `this.#broker.post('broker', '/task', request, ANSWER_TIMEOUT_MS)`,
        `this.#broker.post('broker', '/task', { ...request, id: randomUUID() }, ANSWER_TIMEOUT_MS)`,
      ],
    ],
  },
  {
    id: 'one-worker-at-a-time',
    mistake: 'gives nothing out while another task is in work',
    file: BROKER,
    replace: [
      [
        `    if (entry === undefined) return undefined;
    // The task`,
        `    const busy = [...this.#tasks.all()].some(({ lease }) => lease?.worker.startsWith('worker'));
    if (entry === undefined || busy) return undefined;
    // The task`,
      ],
    ],
  },
];

const python: Sketch[] = [
  {
    id: 'forgets-await-on-sync',
    mistake: 'calls sync without await: the coroutine never runs',
    file: BROKER_PY,
    replace: [
      [
        `        await self._tasks.sync()
        return entry.task, known is None`,
        `        self._tasks.sync()
        return entry.task, known is None`,
      ],
    ],
  },
  {
    id: 'sync-in-background',
    mistake: 'hands sync to create_task and answers at once',
    file: BROKER_PY,
    replace: [
      [
        `        await self._tasks.sync()
        return entry.task, known is None`,
        `        import asyncio

        self._syncing = asyncio.create_task(self._tasks.sync())
        return entry.task, known is None`,
      ],
    ],
  },
  {
    id: 'one-equals-true',
    mistake: 'compares payloads with ==, and to Python 1 == True',
    file: BROKER_PY,
    replace: [[`not same_json(known.task.payload, payload)`, `known.task.payload != payload`]],
  },
  {
    id: 'none-is-missing',
    mistake: 'takes None for no data',
    file: 'workqueue/broker_server.py',
    replace: [
      [
        `        payload = any_field(fields, "data")`,
        `        payload = fields.get("data") or any_field({}, "data")`,
      ],
    ],
  },
  {
    id: 'wrong-shape-is-500',
    mistake: 'trusts the body to be an object',
    file: 'shared/json_body.py',
    replace: [
      [
        `    if not isinstance(body, dict):
        raise HttpError(400, "bad_request", "The body must be a JSON object.")
    return body`,
        `    return dict(body)`,
      ],
    ],
  },
  {
    id: 'created-in-seconds',
    mistake: 'stamps createdAt with time.time(), in seconds',
    file: BROKER_PY,
    replace: [
      [`new_task(id, payload, self._wall_clock(), now_ms())`, `new_task(id, payload, time.time(), now_ms())`],
    ],
  },
  {
    id: 'blocks-the-event-loop',
    mistake: 'waits for a task with time.sleep, and everybody waits with it',
    file: BROKER_PY,
    replace: [
      [`            await self._tasks.next_change(time_left)`, `            time.sleep(time_left / 1000)`],
    ],
  },
  {
    id: 'takes-after-await',
    mistake: 'finds the task, awaits, and only then marks it as taken',
    file: BROKER_PY,
    replace: [
      [
        `            return None
        # The task`,
        `            return None
        await self._tasks.sync()
        # The task`,
      ],
    ],
  },
  {
    id: 'shared-default-result',
    mistake: 'has one mutable default for all results',
    file: BROKER_PY,
    replace: [
      [
        `lease_id: str, result: Any = ABSENT) -> Task:`,
        `lease_id: str, result: Any = ABSENT, done: dict[str, Any] = {}) -> Task:`,
      ],
      [
        `            entry.task.result = result
`,
        `            entry.task.result = done.setdefault("result", result)
`,
      ],
    ],
  },
  {
    id: 'dict-changes-while-iterated',
    mistake: 'takes entries out of the dict while going through it',
    file: BROKER_PY,
    replace: [
      [
        `        for entry in expired_entries(self._tasks.all(), now):
            entry.task.retries += 1`,
        `        for entry in self._tasks.all():
            if entry.lease is None or entry.lease.expires_at > now:
                continue
            self._tasks._entries.pop(entry.task.id)
            entry.task.retries += 1`,
      ],
    ],
  },
  {
    id: 'retries-by-or',
    mistake: 'counts with "retries or 1", which never gets past 1',
    file: BROKER_PY,
    replace: [
      [
        `        entry.task.retries += 1
        entry.task.error = error`,
        `        entry.task.retries = entry.task.retries or 1
        entry.task.error = error`,
      ],
    ],
  },
  {
    id: 'linear-backoff',
    mistake: 'writes 2 * failures for 2 ** failures',
    file: 'workqueue/task.py',
    replace: [[`timing.backoff_base_ms * 2**failures`, `timing.backoff_base_ms * max(1, 2 * failures)`]],
  },
  {
    id: 'backoff-in-seconds',
    mistake: 'adds a pause in seconds to a time in ms',
    file: BROKER_PY,
    replace: [[`make_pending(entry, now_ms() + pause)`, `make_pending(entry, now_ms() + pause / 1000)`]],
  },
  {
    id: 'complete-without-sync',
    mistake: 'forgets await on sync in complete',
    file: BROKER_PY,
    replace: [
      [
        `            entry.task.result = result
            self._tasks.changed(entry)
        await self._tasks.sync()`,
        `            entry.task.result = result
            self._tasks.changed(entry)
        self._tasks.sync()`,
      ],
    ],
  },
  {
    id: 'completes-after-expiry',
    mistake: 'checks only the number of the lease, not whether it still runs',
    file: BROKER_PY,
    replace: [
      [
        `            require_lease(entry, lease_id)
            entry.lease = None`,
        `            if lease_id != f"{id}:{entry.leases}":
                require_lease(entry, lease_id)
            entry.lease = None`,
      ],
    ],
  },
  {
    id: 'retries-for-ever',
    mistake: 'never gives a failing task up',
    file: BROKER_PY,
    replace: [
      [
        `        if entry.task.retries > self._settings.max_retries:
            bury(entry)
        else:
            make_pending(entry, now_ms() + pause)`,
        `        make_pending(entry, now_ms() + pause)`,
      ],
    ],
  },
  {
    id: 'expiry-not-counted',
    mistake: 'does not count a lease that ran out as a failed delivery',
    file: BROKER_PY,
    replace: [
      [
        `            entry.task.retries += 1
            entry.task.error = f"lease`,
        `            entry.task.error = f"lease`,
      ],
    ],
  },
  {
    id: 'lease-number-restarts',
    mistake: 'counts leases from 0 again after a restart',
    file: 'workqueue/journal.py',
    replace: [[`Entry(task, record["leases"],`, `Entry(task, 0,`]],
  },
  {
    id: 'loses-processing-on-restart',
    mistake: 'leaves tasks as processing after a restart, in nobody’s hands',
    file: 'workqueue/journal.py',
    replace: [
      [
        `        if entry.task.status == TaskStatus.PROCESSING:
            make_pending(entry, now)`,
        `        entry.lease = None`,
      ],
    ],
  },
  {
    id: 'drops-record-before-torn',
    mistake: 'cuts off the torn record and the whole one before it',
    file: 'shared/storage.py',
    replace: [
      [
        `            os.truncate(file, valid_bytes)`,
        `            os.truncate(file, valid_bytes)
            records.pop()`,
      ],
    ],
  },
  {
    id: 'worker-blocks-its-loop',
    mistake: 'a worker works with time.sleep, so that it cannot extend its lease meanwhile',
    file: 'workqueue/handler.py',
    replace: [
      [
        `            await asyncio.sleep(max(ms, 0) / 1000)`,
        `            __import__("time").sleep(max(ms, 0) / 1000)`,
      ],
    ],
  },
  {
    id: 'worker-ends-without-answer',
    mistake: 'a worker does not expect that the broker may be gone, and ends its loop',
    file: 'workqueue/worker.py',
    replace: [
      [
        `        try:
            return await self._broker.post("broker", path, body, timeout_ms)
        except NoAnswer:
            return None`,
        `        return await self._broker.post("broker", path, body, timeout_ms)`,
      ],
    ],
  },
];

export const mutants: Mutant[] = [
  ...typescript.map((sketch) => ({ ...sketch, session: 2, language: 'typescript' as const })),
  ...python.map((sketch) => ({ ...sketch, session: 2, language: 'python' as const })),
];

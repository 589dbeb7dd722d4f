import type { Check, Trial } from '../../../src/verify/check.ts';
import { Queue } from '../queue.ts';
import { calm } from '../settings.ts';

const LARGE = 200_000;

export const check: Check = {
  id: 'accepts-a-task',
  promise: 'A task that is posted is there, exactly as it was sent',
  hints: [
    'What does the client learn from the answer to POST /task, and where does GET /task/:id look?',
    'Look at enqueue in the broker: newTask makes the task, #tasks.add keeps it. The payload is stored as it came, null too.',
  ],
  chapter: 'fundamentals/03-queue-system.md#producer-and-consumer',
  services: ['broker'],
  settings: calm,
  async run(trial: Trial) {
    const queue = new Queue(trial, calm);
    await postAsCurlDoes(trial, queue);
    await refusesNoData(trial, queue);
    const payloads = makePayloads();
    for (const payload of payloads) {
      const { id } = await queue.add(payload);
      trial.expectEqual((await queue.task(id)).payload, payload, `the payload of ${id}`);
    }
    trial.fact(`${payloads.length} payloads came back unchanged, one of ${LARGE / 1000} kB`);
  },
};

/** The design's own call: curl sends JSON under the name of a form. */
async function postAsCurlDoes(trial: Trial, queue: Queue): Promise<void> {
  const ids: string[] = [];
  for (const _ of [1, 2]) {
    const answer = await queue.broker.call('POST', '/task', undefined, {
      raw: '{"data": "test"}',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    trial.expectStatus(answer, 201, `curl -X POST /task -d '{"data": "test"}'`);
    const { id, payload, status, retries } = queue.readTask(answer.body, 'the answer to POST /task');
    queue.own(id);
    trial.expectEqual(
      { payload, status, retries },
      { payload: 'test', status: 'pending', retries: 0 },
      'a new task',
    );
    const kept = await queue.task(id);
    trial.expectEqual(
      [kept.id, kept.payload, kept.createdAt],
      [id, 'test', answer.body.createdAt],
      `GET /task/${id}`,
    );
    ids.push(id);
  }
  trial.expect(ids[0] !== ids[1], { expected: 'two tasks have two ids', seen: `both are called ${ids[0]}` });
}

async function refusesNoData(trial: Trial, queue: Queue): Promise<void> {
  const before = await queue.stats();
  const answer = await queue.broker.call('POST', '/task', { id: trial.unique('empty') });
  trial.expectStatus(answer, 400, 'POST /task without "data"');
  trial.expectEqual(await queue.stats(), before, 'GET /stats after a task was refused');
}

function makePayloads(): unknown[] {
  return [
    null,
    false,
    0,
    '',
    [],
    {},
    'Grüße, 日本語, 👩‍🍳, \u0000 and "quotes"',
    {
      op: 'order',
      items: [{ dish: 'pizza', extras: ['ham', null, { deep: [[[1.5, -2]]] }] }],
      note: '\\ \n',
    },
    { large: 'x'.repeat(LARGE) },
  ];
}

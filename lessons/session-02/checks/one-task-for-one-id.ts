import type { Check, Trial } from '../../../src/verify/check.ts';
import { brief, Queue } from '../queue.ts';
import { calm } from '../settings.ts';

const COPIES = 8;

export const check: Check = {
  id: 'one-task-for-one-id',
  promise: 'The same task posted twice is one task; another task under its id is refused',
  hints: [
    'A client that heard no answer sends the task again. How does the broker know it?',
    'Look at enqueue: what is done, and what is awaited, between looking the id up and adding the task? Compare payloads with sameJson.',
  ],
  chapter: 'fundamentals/03-queue-system.md#one-task-for-one-id',
  services: ['broker'],
  settings: calm,
  async run(trial: Trial) {
    const queue = new Queue(trial, calm);
    await oneAfterTheOther(trial, queue);
    await allAtOnce(trial, queue);
    await otherData(trial, queue);
  },
};

async function oneAfterTheOther(trial: Trial, queue: Queue): Promise<void> {
  const data = { order: trial.unique('order'), items: [1, 2] };
  const first = await queue.add(data);
  const again = await queue.broker.call('POST', '/task', { id: first.id, data });
  trial.expectStatus(again, 200, `POST /task of ${first.id} for the second time`);
  trial.expectEqual(again.body?.createdAt, first.createdAt, `"createdAt" of ${first.id}, posted again`);
  await expectOne(trial, queue, first.id);
}

async function allAtOnce(trial: Trial, queue: Queue): Promise<void> {
  const id = trial.unique('copied');
  const answers = await Promise.all(
    Array.from({ length: COPIES }, () => queue.broker.call('POST', '/task', { id, data: id })),
  );
  queue.own(id);
  for (const answer of answers)
    trial.expectStatus(answer, [200, 201], `one of ${COPIES} posts of ${id} at once`);
  const created = answers.filter(({ status }) => status === 201).length;
  trial.expect(created === 1, {
    expected: `of ${COPIES} posts of ${id} at once one makes the task (201), and the others find it (200)`,
    seen: `${created} were answered with 201`,
  });
  await expectOne(trial, queue, id);
  trial.fact(`${COPIES} copies at the same time made one task`);
}

/** To Python 1 and True are equal, to loose comparisons 1 and "1". */
async function otherData(trial: Trial, queue: Queue): Promise<void> {
  const pairs = [
    ['tea', 'coffee'],
    [1, true],
    [1, '1'],
    [null, 0],
    [{ a: { b: [1, 2] } }, { a: { b: [1, 3] } }],
  ];
  for (const [data, other] of pairs) {
    const { id } = await queue.add(data);
    const answer = await queue.broker.call('POST', '/task', { id, data: other });
    trial.expectStatus(answer, 409, `POST /task of ${id} with ${brief(other)} instead of ${brief(data)}`);
    trial.expectEqual(answer.body?.error, 'id_conflict', 'the error of a known id with other data');
    trial.expectEqual((await queue.task(id)).payload, data, `the payload of ${id} after the refusal`);
  }
}

async function expectOne(trial: Trial, queue: Queue, id: string): Promise<void> {
  const found = (await queue.tasks()).filter((task) => task.id === id);
  trial.expect(found.length === 1, {
    expected: `GET /tasks lists ${id} once`,
    seen: `it does so ${found.length} times`,
  });
}

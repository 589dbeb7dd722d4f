import type { Check, Trial } from '../../../src/verify/check.ts';
import { startLoad } from '../load.ts';
import { Queue } from '../queue.ts';
import { calm } from '../settings.ts';

const CLIENTS = 8;
const ENOUGH = 12;
const NEWLINE = 10;
/** For files without lines: about as much as a record has before its id. */
const SOME_BYTES = 64;

export const check: Check = {
  id: 'torn-record',
  promise: 'A record that was half written when the power failed is cut off, and everything else is there',
  hints: [
    'What does the last line of the log look like if the machine stopped in the middle of writing it?',
    'Storage.open cuts off a torn record at the end. What comes before it stays, and what is written later must be readable too.',
  ],
  chapter: 'fundamentals/03-queue-system.md#after-a-crash',
  services: ['broker'],
  settings: calm,
  // Without the large tasks of the check before.
  fresh: true,
  async run(trial: Trial) {
    const queue = new Queue(trial, calm);
    // One after the other, so that the last whole record is one that was promised.
    const before: string[] = [];
    for (let n = 0; n < 3; n++) {
      const id = trial.unique('whole');
      before.push((await queue.add({ id }, id)).id);
    }
    await trial.faults.kill('broker');
    const torn = await tearTail(trial, before.at(-1)!);
    await trial.faults.restart('broker');
    await allThere(trial, queue, before, 'the restart with a torn record');
    // What is written behind the torn record must be found by the next start.
    const after = await postAndKill(trial, queue);
    await trial.faults.restart('broker');
    await allThere(trial, queue, [...before, ...after], 'the next restart');
    trial.fact(
      torn.length > 0
        ? `half a record at the end of ${torn.join(', ')} did no harm`
        : 'there is no log to tear',
    );
  },
};

/** @returns the ids of the tasks that were accepted, oldest first */
async function postAndKill(trial: Trial, queue: Queue): Promise<string[]> {
  const load = startLoad(trial, queue.broker, CLIENTS, (id) => ({ id }));
  await load.reach(ENOUGH);
  await trial.faults.kill('broker');
  await load.stop();
  return [...load.accepted.keys()];
}

async function allThere(trial: Trial, queue: Queue, ids: string[], when: string): Promise<void> {
  const tasks = new Map((await queue.tasks()).map((task) => [task.id, task]));
  const lost = ids.filter((id) => !tasks.has(id));
  trial.expect(lost.length === 0, () => ({
    expected: `after ${when} the broker has all ${ids.length} tasks that it answered with 201`,
    seen: `${lost.length} are gone, among them ${lost[0]}`,
  }));
  for (const id of ids) {
    trial.expectEqual(tasks.get(id)?.payload, { id }, `the payload of ${id} after ${when}`);
  }
}

/** Appends the first half of the newest record to each log, whatever its format. */
async function tearTail(trial: Trial, id: string): Promise<string[]> {
  const torn: string[] = [];
  for (const [path, content] of await trial.readData('broker')) {
    const at = content.lastIndexOf(id);
    if (at < 0 || isOneDocument(content)) continue;
    const line = content.lastIndexOf(NEWLINE, at);
    const start = line >= 0 ? line + 1 : Math.max(0, at - SOME_BYTES);
    const half = content.subarray(start, at + Math.floor(id.length / 2));
    await trial.writeData('broker', path, Buffer.concat([content, half]));
    torn.push(path);
  }
  return torn;
}

/** A file that is replaced as a whole is never half written. */
function isOneDocument(content: Buffer): boolean {
  try {
    JSON.parse(content.toString('utf8'));
    return true;
  } catch {
    return false;
  }
}

import type { NodeClient, Trial } from '../../src/verify/check.ts';

/** Tasks posted by many clients at once until the broker falls silent. */
export interface Load {
  /** Every task that was answered with 201, and its data. */
  readonly accepted: ReadonlyMap<string, unknown>;
  /** Resolves when this many tasks are accepted. */
  reach(count: number): Promise<void>;
  /** Ends the load. */
  stop(): Promise<void>;
}

/**
 * Starts posting. Answers that do not come are nobody's fault here: such a task may exist or not.
 * @param makeData the data of each task
 */
export function startLoad(
  trial: Trial,
  broker: NodeClient,
  clients: number,
  makeData: (id: string) => unknown,
): Load {
  const accepted = new Map<string, unknown>();
  let stopped = false;
  async function client(): Promise<void> {
    while (!stopped) {
      const id = trial.unique('load');
      const data = makeData(id);
      const { answer } = await broker.try('POST', '/task', { id, data });
      if (!answer) return;
      trial.expectStatus(answer, 201, `POST /task of the new task ${id}`);
      accepted.set(id, data);
    }
  }
  const running = Promise.all(Array.from({ length: clients }, client));
  running.catch(() => {
    stopped = true;
  });
  return {
    accepted,
    async reach(count) {
      const reached = trial.eventually(`${count} tasks are accepted`, () => accepted.size >= count, {
        seen: () => `${accepted.size} were`,
      });
      await Promise.race([reached, running.then(() => reached)]);
    },
    async stop() {
      stopped = true;
      await running;
    },
  };
}

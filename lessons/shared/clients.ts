import type { Trial } from '../../src/verify/check.ts';

/** Clients that ask one thing after the other until they are stopped. */
export interface RunningClients {
  /** Resolves when this many more requests have succeeded. */
  more(count: number): Promise<void>;
  stop(): Promise<void>;
}

export interface Pauses {
  /** After a success, ms. Default 0. */
  pauseMs?: number;
  /** After anything else, ms. */
  refusedPauseMs: number;
}

/**
 * Starts clients. A promise that one of them finds broken ends them all, and is thrown by `more` and `stop`.
 *
 * @param what succeeds: "writes are acknowledged"
 * @param request one request of a client (1, 2, ...), its n-th (1, 2, ...): whether it succeeded
 */
export function startClients(
  trial: Trial,
  clients: number,
  what: string,
  request: (client: number, n: number) => Promise<boolean>,
  { pauseMs = 0, refusedPauseMs }: Pauses,
): RunningClients {
  let succeeded = 0;
  let stopped = false;
  /** Those who wait for a number of successes: told at once, as the next fault is waiting. */
  const waiting = new Map<number, () => void>();
  async function run(client: number): Promise<void> {
    for (let n = 1; !stopped; n++) {
      const ok = await request(client, n);
      if (ok) waiting.get(++succeeded)?.();
      const pause = ok ? pauseMs : refusedPauseMs;
      if (!stopped && pause > 0) await trial.elapse(pause);
    }
  }
  const running = Promise.all(Array.from({ length: clients }, (_, n) => run(n + 1)));
  running.catch(() => {
    stopped = true;
  });
  return {
    async more(count) {
      const goal = succeeded + count;
      const told = new Promise<void>((resolve) => waiting.set(goal, resolve));
      const inTime = trial.eventually(`${count} more ${what}`, () => succeeded >= goal, {
        seen: () => `${succeeded - goal + count} did`,
      });
      await Promise.race([told, inTime, running.then(() => inTime)]);
    },
    async stop() {
      stopped = true;
      await running;
    },
  };
}

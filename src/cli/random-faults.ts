import type { Stack } from '../stack/stack.ts';

/** A fault lasts between these, ms: long enough for timeouts to strike, short enough to see recoveries. */
const SHORTEST_MS = 1_000;
const LONGEST_MS = 4_000;

/**
 * One random fault after another, each undone before the next, until the time is over or the signal aborts.
 * The same numbers give the same faults on the same nodes.
 * @param random 0 <= x < 1
 * @param forMs how long in all, ms
 */
export async function randomFaults(
  stack: Stack,
  random: () => number,
  forMs: number,
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + forMs;
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const links = (await stack.wireAnswers()) ? (['isolate', 'delay', 'loss'] as const) : [];
  while (performance.now() < deadline && !signal.aborted) {
    const node = pick(stack.services);
    const kind = pick(['kill', 'pause', ...links] as const);
    const lastsMs = SHORTEST_MS + random() * (LONGEST_MS - SHORTEST_MS);
    say(`${kind} ${node} for ${(lastsMs / 1000).toFixed(1)} s`);
    try {
      if (kind === 'kill') await stack.faults.kill(node);
      else if (kind === 'pause') await stack.faults.pause(node);
      else if (kind === 'isolate') await stack.faults.isolate(node);
      else if (kind === 'delay') await stack.faults.delay(200 + random() * 800, node);
      else await stack.faults.loss(0.3, node);
      await rest(Math.min(lastsMs, deadline - performance.now()), signal);
    } finally {
      await stack.faults.heal();
      if (kind === 'kill') await stack.restart(node);
    }
    await rest(Math.min(500, deadline - performance.now()), signal);
  }
}

function rest(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, Math.max(0, ms));
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

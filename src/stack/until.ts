/**
 * Polls until the condition gives something other than undefined, null or false.
 * @param options.withinMs how long at most, in ms; everyMs the pause between two looks (default 20 ms)
 * @returns what the condition gave
 * @throws Error naming `what` when the time is over, or the signal's reason when it was aborted
 */
export async function until<T>(
  condition: () => Promise<T | undefined | null | false> | T | undefined | null | false,
  options: { withinMs: number; what: string; everyMs?: number; signal?: AbortSignal | undefined },
): Promise<T> {
  const deadline = performance.now() + options.withinMs;
  for (;;) {
    options.signal?.throwIfAborted();
    const value = await condition();
    if (value !== undefined && value !== null && value !== false) return value;
    if (performance.now() >= deadline) {
      throw new Error(`waited ${options.withinMs} ms in vain for ${options.what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, options.everyMs ?? 20));
  }
}

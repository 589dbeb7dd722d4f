/** Aborts on Ctrl-C and SIGTERM: what was started is taken down then. */
export function untilInterrupted(): AbortSignal {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => interrupted.abort());
  }
  return interrupted.signal;
}

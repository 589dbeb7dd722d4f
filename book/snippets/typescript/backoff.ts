/**
 * How long to wait before the next attempt. The ceiling doubles with each failure up to `backoffMaxMs`; the
 * pause is drawn evenly between half the ceiling and the ceiling, so that senders do not come back all at once.
 *
 * @param failures attempts that have failed before the last one: 0, 1, 2, ...
 * @returns a pause in ms
 */
export function backoffMs(failures: number, timing: Timing): number {
  const ceiling = Math.min(timing.backoffBaseMs * 2 ** failures, timing.backoffMaxMs);
  return ceiling / 2 + (Math.random() * ceiling) / 2;
}

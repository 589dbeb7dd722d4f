const RESYNC_MS = 5;

let offset = performance.timeOrigin;

/**
 * Epoch ms with three decimals. Between adjustments of the machine's clock it runs evenly, so that
 * the order of two stamps is the order in which they were taken.
 */
export function now(): number {
  const wall = Date.now();
  // A machine that slept, or whose clock was set, would else go its own way.
  if (Math.abs(wall - offset - performance.now()) > RESYNC_MS) offset = wall - performance.now();
  return Math.round((offset + performance.now()) * 1_000) / 1_000;
}

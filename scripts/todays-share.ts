/**
 * An n-th of a list, on each day another one, spread over the whole of it: all of them take longer than CI should.
 * @param every n; 1 is all of them
 */
export function todaysShare<T>(all: readonly T[], every: number): T[] {
  const today = Math.floor(Date.now() / 86_400_000);
  return all.filter((_, index) => index % every === today % every);
}

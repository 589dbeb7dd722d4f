import type { Trial } from '../../src/verify/check.ts';
import { brief } from '../shared/brief.ts';

const A_DAY_MS = 86_400_000;

/**
 * A list of presence says that these users are online, each once. Who is listed as offline does not count.
 *
 * @param maybe who may be in it or not
 */
export function expectOnline(
  trial: Trial,
  presence: unknown,
  users: readonly string[],
  what: string,
  maybe: readonly string[] = [],
): void {
  trial.expect(Array.isArray(presence), { expected: `${what} is a list of presence`, seen: brief(presence) });
  const there = presence.filter((each) => each?.status === 'online');
  const online: unknown[] = there.map(({ userId }) => userId);
  const certain = online.filter((user) => !maybe.includes(`${user}`)).toSorted();
  trial.expect(JSON.stringify(certain) === JSON.stringify([...users].sort()), {
    expected: `${what} says that ${users.join(' and ')} ${users.length === 1 ? 'is' : 'are'} online, each named once`,
    seen: brief(presence),
  });
  const undated = there.find(({ lastSeen }) => !isPresent(lastSeen));
  trial.expect(undated === undefined, {
    expected: `in ${what} lastSeen of who is online is the present in epoch ms`,
    seen: brief(undated),
  });
}

/** Whether it is epoch ms of about now: clocks may differ, units may not. */
function isPresent(lastSeen: unknown): boolean {
  return typeof lastSeen === 'number' && Math.abs(lastSeen - Date.now()) < A_DAY_MS;
}

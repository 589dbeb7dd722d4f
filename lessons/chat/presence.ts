import type { Trial } from '../../src/verify/check.ts';
import { brief } from '../shared/brief.ts';

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
  const online: unknown[] = presence.filter((each) => each?.status === 'online').map(({ userId }) => userId);
  const certain = online.filter((user) => !maybe.includes(`${user}`)).toSorted();
  trial.expect(JSON.stringify(certain) === JSON.stringify([...users].sort()), {
    expected: `${what} says that ${users.join(' and ')} ${users.length === 1 ? 'is' : 'are'} online, each named once`,
    seen: brief(presence),
  });
}

import { UserError } from '../course/user-error.ts';
import type { Stack } from '../stack/stack.ts';

/**
 * The node that says it leads, in the highest term of those that do: an old leader may not know yet that it is one.
 * @throws UserError when the system has no leaders, or none leads at present
 */
export async function findLeader(stack: Stack): Promise<{ node: string; term: number }> {
  const answers = (await stack.status()).flatMap(({ name, health }) => (health ? [{ name, health }] : []));
  const claims = answers
    .filter(({ health }) => health.role === 'leader')
    .map(({ name, health }) => ({ node: name, term: Number(health.term ?? 0) }))
    .sort((a, b) => b.term - a.term);
  if (claims[0]) return claims[0];
  const elects = answers.some(({ health }) => 'leader' in health || 'term' in health);
  throw new UserError(elects ? 'No node leads at present.' : 'The nodes of this session have no leader.', {
    code: 'no-leader',
    why: elects
      ? 'An election may be going on, or no majority is left.'
      : 'Leaders come with the replicated store.',
    fix: elects ? 'dsc status, then try again.' : 'dsc chaos kill <node>',
  });
}

import type { Check, Trial } from '../../../src/verify/check.ts';
import { pathOf } from '../../consensus/key-values.ts';
import { NODES, without } from '../../consensus/nodes.ts';
import { electing } from '../../consensus/settings.ts';
import { brief } from '../../shared/brief.ts';
import { Electorate } from '../../shared/electorate.ts';

export const check: Check = {
  id: 'not-in-circles',
  promise:
    'A request is forwarded once: a follower refuses what was forwarded to it, and says 504 for an answer that is lost',
  hints: [
    'node2 takes node3 for the leader, and node3 takes node2 for it. Where does the request end?',
    'Whoever forwards sets X-Forwarded-By; whoever sees it does not forward. The given client API does so.',
  ],
  chapter: 'consensus/15-consensus-system.md#running-the-example',
  services: NODES,
  settings: electing,
  stands: 'Forwarding is given; the check tells a learner who changes it what broke.',
  async run(trial: Trial) {
    const cluster = new Electorate(trial, NODES);
    const { node: leader, term } = await cluster.leader();
    const [one, other] = without(leader) as [string, string];
    const headers = { 'x-forwarded-by': other };
    const key = trial.unique('circle');
    for (const [method, body] of [['PUT', { value: 1 }], ['GET']] as const) {
      const answer = await trial.node(one).call(method, pathOf(key), body, { headers });
      const what = `${method} ${pathOf(key)}, which ${other} has forwarded to ${one}, a follower,`;
      const health = await cluster.health(one);
      if (health?.term !== term) {
        trial.inconclusive(
          `The leader changed while ${one} was asked.`,
          'Run it again when the machine is less busy.',
        );
      }
      trial.expectStatus(answer, 503, what);
      trial.expectEqual(answer.body?.error, 'no_leader', `the error of ${what}`);
      trial.expect(answer.headers['retry-after'] !== undefined, {
        expected: 'a 503 tells with Retry-After when to ask again',
        seen: `its headers are ${brief(Object.keys(answer.headers))}`,
      });
    }
    await expectMaybeWhenLost(trial, one, leader);
    trial.fact(`${one} refused what ${other} had forwarded to it, and said "maybe" when an answer got lost`);
  },
};

/** The leader has done it, and its answer got lost on the way to the node that had forwarded the request. */
async function expectMaybeWhenLost(trial: Trial, follower: string, leader: string): Promise<void> {
  const key = trial.unique('lost');
  const trap = await trial.wire.trap({
    from: follower,
    to: leader,
    path: pathOf(key),
    action: 'lose-answer',
    times: 1,
  });
  const answer = await trial.node(follower).call('PUT', pathOf(key), { value: 1 });
  const caught = await trap.caught();
  await trap.remove();
  // Another may lead by now.
  if (caught.length === 0) return;
  trial.expectStatus(
    answer,
    504,
    `PUT ${pathOf(key)}, which ${follower} has forwarded to ${leader}, whose answer got lost,`,
  );
}

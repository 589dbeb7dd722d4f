import type { Check, Trial } from '../../../src/verify/check.ts';
import { Cluster } from '../../consensus/cluster.ts';
import { NODES, without } from '../../consensus/nodes.ts';
import { ELECTION_MAX_MS, electing } from '../../consensus/settings.ts';

export const check: Check = {
  id: 'leader-sleeps',
  promise: 'A leader that was paused and replaced wakes up, and gives way',
  hints: [
    'A paused node does not notice that time has passed. What does it believe when it wakes up, and who tells it otherwise?',
    'Whoever gets its messages answers with a later term. becomeFollower enters that term, also when the term came with an answer.',
  ],
  chapter: 'consensus/13-raft-leader-election.md#when-a-leader-gives-way',
  services: NODES,
  settings: electing,
  stands:
    'It shows two leaders of two terms side by side. What goes wrong then is caught sooner by a check of one node alone.',
  async run(trial: Trial) {
    const cluster = new Cluster(trial);
    const old = await cluster.leader();
    await trial.faults.pause(old.node);
    const among = without(old.node);
    const next = await cluster.leader({ among, after: old.term, withinMs: 8 * ELECTION_MAX_MS });
    await trial.faults.resume(old.node);
    const awake = await cluster.health(old.node);
    const led = await cluster.leader({ after: old.term });
    await cluster.expectOneLeaderATerm();
    const said = awake ? `${awake.role} in term ${awake.term}` : 'nothing';
    trial.fact(
      `${old.node} woke up and said "${said}", when ${next.node} led in term ${next.term}; then all followed ${led.node}`,
    );
  },
};

import type { Check, Trial } from '../../../src/verify/check.ts';
import { Cluster } from '../../consensus/cluster.ts';
import { NODES, without } from '../../consensus/nodes.ts';
import { ELECTION_MAX_MS, electing } from '../../consensus/settings.ts';

export const check: Check = {
  id: 'leader-dies',
  promise:
    'The leader is killed: another leads soon, in a later term, and the old one follows when it is back',
  hints: [
    'The followers hear nothing any more. Who does something, and in which term?',
    'onElectionTimeout enters the next term, and becomeFollower forgets the vote of the term before: else nobody can vote again.',
  ],
  chapter: 'consensus/13-raft-leader-election.md#an-election',
  services: NODES,
  settings: electing,
  stands:
    'It is what the session is for. Each way to fail it that we know is caught sooner by a narrower check.',
  async run(trial: Trial) {
    const cluster = new Cluster(trial);
    const old = await cluster.leader();
    await trial.faults.kill(old.node);
    const began = performance.now();
    const among = without(old.node);
    const next = await cluster.leader({ among, after: old.term, withinMs: 8 * ELECTION_MAX_MS });
    const ms = Math.round(performance.now() - began);
    await trial.faults.restart(old.node);
    const led = await cluster.leader({ after: old.term });
    await cluster.expectOneLeaderATerm();
    trial.fact(
      `${next.node} led ${ms} ms after ${old.node} was killed, in term ${next.term}; in the end all followed ${led.node}`,
    );
  },
};

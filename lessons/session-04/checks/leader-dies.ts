import type { Check, Trial } from '../../../src/verify/check.ts';
import { Cluster } from '../../store/cluster.ts';
import { KeyValues } from '../../store/key-values.ts';
import { NODES, without } from '../../store/nodes.ts';
import { ELECTION_MAX_MS, electing } from '../../store/settings.ts';
import { expectInLog, startWriters } from '../../store/writers.ts';

const CLIENTS = 5;
const WRITES = 40;
const WITHIN_MS = 4 * ELECTION_MAX_MS;

export const check: Check = {
  id: 'leader-dies',
  promise: 'The leader is killed under five writers: another leads soon, and nothing promised is lost',
  hints: [
    'The dead leader had said "done" to writes. Who else has them, and can somebody be elected who has not?',
    'Acknowledge only what a majority has (write), promise only what is on disk (takeOver), and do not vote for a log that lacks it (shouldGrantVote).',
  ],
  chapter: 'data-store/06-replication.md#who-next',
  services: NODES,
  settings: electing,
  stands:
    'It is what the session is for. Each way to fail it that we know is caught sooner by a narrower check.',
  async run(trial: Trial) {
    const cluster = new Cluster(trial);
    const store = new KeyValues(trial);
    const old = await cluster.leader();
    const others = without(old.node);
    const writers = startWriters(trial, NODES, CLIENTS);
    await writers.more(WRITES);
    const before = writers.acknowledged.length;
    await trial.faults.kill(old.node);
    const began = performance.now();
    const next = await cluster.leader({ among: others, after: old.term, withinMs: WITHIN_MS });
    const electedMs = Math.round(performance.now() - began);
    await writers.more(WRITES);
    await writers.stop();
    await trial.faults.restart(old.node);
    expectInLog(trial, writers.acknowledged, await cluster.logsAgree(), 'all logs');
    const last = writers.acknowledged[before - 1]!;
    await store.expectValue(
      old.node,
      last.key,
      last.value,
      `acknowledged by ${old.node} before it was killed`,
    );
    trial.fact(
      `${next.node} led after ${electedMs} ms; all ${writers.acknowledged.length} acknowledged writes are there, ${before} of them from before`,
    );
  },
};

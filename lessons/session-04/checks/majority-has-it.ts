import type { Check, Trial } from '../../../src/verify/check.ts';
import { Cluster } from '../../store/cluster.ts';
import { KeyValues } from '../../store/key-values.ts';
import { NODES, without } from '../../store/nodes.ts';
import { electing } from '../../store/settings.ts';
import { type Acknowledged, expectInLog } from '../../store/writers.ts';

const WRITES = 10;
/** A healthy majority answers sooner than this, also where a third node is slow, ms. */
const PROMPT_MS = 700;

export const check: Check = {
  id: 'majority-has-it',
  promise: 'An acknowledged write is on a majority; a third node, cut off, holds nobody up',
  hints: [
    'Two of three have the entry on disk. Is that enough to answer? Is less?',
    'majorityIndex counts the leader too: of three values sorted from high to low, which one do two nodes have reached? And does write wait for isSafe?',
  ],
  chapter: 'data-store/06-replication.md#when-may-i-say-done',
  services: NODES,
  settings: electing,
  async run(trial: Trial) {
    const cluster = new Cluster(trial);
    const store = new KeyValues(trial);
    const { node: leader } = await cluster.leader();
    const [near, far] = without(leader) as [string, string];
    await trial.faults.isolate(far);
    const written: Acknowledged[] = [];
    let slowest = 0;
    for (let n = 0; n < WRITES; n++) {
      const key = trial.unique('m');
      const began = performance.now();
      const { version } = await store.write(leader, key, n);
      slowest = Math.max(slowest, performance.now() - began);
      written.push({ key, value: n, version });
      // What a node shows in /_log it has on disk.
      for (const node of [leader, near]) {
        const log = await cluster.log(node, version);
        expectInLog(trial, written.slice(-1), log, `the log of ${node}, at the moment of the answer`);
      }
    }
    trial.expect(slowest <= PROMPT_MS + trial.slackMs, {
      expected: `with ${far} cut off, two of three nodes acknowledge a write within ${PROMPT_MS} ms`,
      seen: `it took ${Math.round(slowest)} ms`,
    });
    await trial.faults.heal();
    expectInLog(trial, written, await cluster.logsAgree(), 'all logs, after the network is whole');
    trial.fact(
      `${WRITES} writes, each on ${leader} and ${near} when it was acknowledged (at most ${Math.round(slowest)} ms)`,
    );
  },
};

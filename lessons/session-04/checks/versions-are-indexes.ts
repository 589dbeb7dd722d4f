import type { Check, Trial } from '../../../src/verify/check.ts';
import { Cluster } from '../../store/cluster.ts';
import { KeyValues } from '../../store/key-values.ts';
import { NODES } from '../../store/nodes.ts';
import { electing } from '../../store/settings.ts';
import { expectInLog, startWriters } from '../../store/writers.ts';

const WRITES = 60;

export const check: Check = {
  id: 'versions-are-indexes',
  promise: 'Many writers, one log: each write is an entry, and its version is the index',
  hints: [
    'Many clients write at once. What makes one order of it?',
    'The leader alone appends. What does write answer: the entry that it appended, or the last one of the log by then?',
  ],
  chapter: 'data-store/06-replication.md#one-list',
  services: NODES,
  settings: electing,
  async run(trial: Trial) {
    const cluster = new Cluster(trial);
    const store = new KeyValues(trial);
    const { node: leader } = await cluster.leader();
    const key = trial.unique('twice');
    const first = await store.write('node1', key, 1);
    const second = await store.write('node2', key, 2);
    trial.expect(second.version > first.version, {
      expected: `the second write of ${key} has a larger version than ${first.version}`,
      seen: `${second.version}`,
    });
    const read = await store.read('node3', key);
    trial.expectEqual(read.version, second.version, `the version that GET /${key} tells`);
    const writers = startWriters(trial, NODES, 8);
    await writers.more(WRITES);
    await writers.stop();
    const log = await cluster.logsAgree();
    expectInLog(trial, writers.acknowledged, log, 'all logs');
    trial.fact(
      `${writers.acknowledged.length} writes of 8 clients, ordered by ${leader}, alike in three logs`,
    );
  },
};

import type { Check, Trial } from '../../../src/verify/check.ts';
import { Cluster } from '../../store/cluster.ts';
import { KeyValues, pathOf } from '../../store/key-values.ts';
import { NODES, without } from '../../store/nodes.ts';
import { ELECTION_MAX_MS, electing } from '../../store/settings.ts';

export const check: Check = {
  id: 'leader-sleeps',
  promise: 'A leader that was paused and replaced wakes up, and acknowledges nothing alone',
  hints: [
    'A paused node does not notice that time has passed. What does it believe when it wakes up, and who can tell it otherwise?',
    'Messages of an earlier term are refused (takeOver), and their answer carries the later term: observeTerm then ends the leader.',
  ],
  chapter: 'data-store/06-replication.md#who-next',
  services: NODES,
  settings: electing,
  async run(trial: Trial) {
    const cluster = new Cluster(trial);
    const store = new KeyValues(trial);
    const old = await cluster.leader();
    const others = without(old.node);
    const key = trial.unique('sleepy');
    await trial.faults.pause(old.node);
    const late = trial.node(old.node).try('PUT', pathOf(key), { value: 'from the sleeper' });
    const next = await cluster.leader({ among: others, after: old.term, withinMs: 6 * ELECTION_MAX_MS });
    const { version } = await store.write(next.node, key, 'meanwhile');
    await trial.faults.resume(old.node);
    const { answer } = await late;
    const log = await cluster.logsAgree();
    trial.expectEqual(
      log[version - 1]?.value,
      'meanwhile',
      `entry ${version} of all logs, acknowledged by ${next.node}`,
    );
    if (answer?.status === 200) {
      const entry = log[answer.body?.version - 1];
      trial.expect(entry?.key === key && entry.value === 'from the sleeper', {
        expected: `a write that ${old.node} acknowledged is in all logs`,
        seen: `it said version ${answer.body?.version}, and that entry is ${JSON.stringify(entry)}`,
      });
    }
    const led = await cluster.leader();
    trial.expect(led.term > old.term, {
      expected: `a term later than ${old.term}, in which ${old.node} led`,
      seen: `${led.node} leads in term ${led.term}`,
    });
    trial.fact(
      `${old.node} woke up in term ${old.term}, while ${next.node} led in ${next.term}; its write was answered with ${answer?.status ?? 'nothing'}`,
    );
  },
};

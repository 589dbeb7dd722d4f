import type { Check, Trial } from '../../../src/verify/check.ts';
import { brief } from '../../shared/brief.ts';
import { Cluster } from '../../store/cluster.ts';
import { KeyValues } from '../../store/key-values.ts';
import { NODES, without } from '../../store/nodes.ts';
import { ELECTION_MAX_MS, electing } from '../../store/settings.ts';

/** An answer must not take longer than this on an idle machine, ms. */
const BOUND_MS = 4_000;

export const check: Check = {
  id: 'minority-refuses',
  promise: 'A leader that is cut off acknowledges nothing; the others go on; healed, all agree',
  hints: [
    'The leader cannot reach anybody. Which answer to a PUT is true: "done", "not done", or "I do not know"?',
    'write must not answer before isSafe does; false means 504. Only what a majority has is acknowledged.',
  ],
  chapter: 'data-store/06-replication.md#when-may-i-say-done',
  services: NODES,
  settings: electing,
  async run(trial: Trial) {
    const cluster = new Cluster(trial);
    const store = new KeyValues(trial);
    const old = await cluster.leader();
    const others = without(old.node);
    const key = trial.unique('account');
    await store.write(old.node, key, 'before');
    await trial.faults.isolate(old.node);
    const timeoutMs = trial.patience(BOUND_MS);
    const write = store.put(old.node, key, 'from the minority', { timeoutMs });
    const next = await cluster.leader({ among: others, after: old.term, withinMs: 6 * ELECTION_MAX_MS });
    const { version } = await store.write(next.node, key, 'from the majority');
    const answers: [Awaited<typeof write>, string][] = [
      [await write, `PUT /${key} at ${old.node}, which led and is cut off,`],
      [await store.put(old.node, key, 'later', { timeoutMs }), `a second PUT /${key} there`],
      [await store.get(old.node, key, { timeoutMs }), `GET /${key} there, after ${next.node} was elected,`],
    ];
    for (const [answer, what] of answers) trial.expectStatus(answer, [503, 504], what);
    if (answers[0]![0].status === 503) {
      const tail = await cluster.log(old.node);
      trial.expect(!tail.some((entry) => entry.key === key && entry.value === 'from the minority'), {
        expected: `503 promises that nothing has happened: what ${old.node} has in its log may survive, that is 504`,
        seen: `it answered 503, and has the entry ${brief(tail.find((entry) => entry.value === 'from the minority'))}`,
      });
    }
    await trial.faults.heal();
    const log = await cluster.logsAgree();
    trial.expectEqual(
      log[version - 1]?.value,
      'from the majority',
      `entry ${version} of all logs, acknowledged by the majority`,
    );
    // What was answered with 504 may have survived: then after the other write, everywhere, or nowhere.
    const values = await Promise.all(NODES.map(async (node) => (await store.read(node, key)).value));
    trial.expect(new Set(values).size === 1, {
      expected: `all nodes give the same value for ${key} after the network is whole`,
      seen: brief(values),
    });
    const told = answers.map(([{ status }]) => status).join(', ');
    trial.fact(
      `cut off, ${old.node} answered ${told}; ${next.node} led in term ${next.term}; then all agreed`,
    );
  },
};

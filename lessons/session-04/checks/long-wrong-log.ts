import type { Check, Trial } from '../../../src/verify/check.ts';
import { Cluster } from '../../store/cluster.ts';
import { KeyValues, pathOf } from '../../store/key-values.ts';
import { NODES, without } from '../../store/nodes.ts';
import { ELECTION_MAX_MS, electing } from '../../store/settings.ts';

const DRAFTS = 3;

export const check: Check = {
  id: 'long-wrong-log',
  promise: 'A long log of crossed-out writes does not win against a short one with a valid write',
  hints: [
    'Two logs: one is longer, the other has a later last entry. Which of them may lack an acknowledged write?',
    'shouldGrantVote compares the terms of the last entries first. Only if they are the same does length count.',
  ],
  chapter: 'data-store/06-replication.md#who-may-not',
  services: NODES,
  settings: electing,
  async run(trial: Trial) {
    const cluster = new Cluster(trial);
    const store = new KeyValues(trial);
    const old = await cluster.leader();
    await cluster.logsAgree();
    await trial.faults.isolate(old.node);
    const drafts = Array.from({ length: DRAFTS }, () =>
      trial.node(old.node).try('PUT', pathOf(trial.unique('draft')), { value: 'draft' }),
    );
    const others = without(old.node);
    const next = await cluster.leader({ among: others, after: old.term, withinMs: 6 * ELECTION_MAX_MS });
    const key = trial.unique('kept');
    const { version } = await store.write(next.node, key, 'acknowledged');
    const answered = (await Promise.all(drafts)).filter(({ answer }) => answer?.status === 200).length;
    trial.expectEqual(answered, 0, `how many writes ${old.node} acknowledged while it was cut off`);
    const [long, short] = await Promise.all([cluster.log(old.node), cluster.log(next.node)]);
    if (long.length < short.length) {
      trial.inconclusive(
        `The log of ${old.node} did not become the longer one: ${long.length} entries against ${short.length}.`,
        'dsc verify --only long-wrong-log',
      );
    }
    await trial.faults.kill(next.node);
    await trial.faults.heal();
    const survivor = without(old.node, next.node)[0]!;
    const among = [old.node, survivor];
    const won = await cluster.leader({ among, after: next.term, withinMs: 8 * ELECTION_MAX_MS });
    trial.expect(won.node === survivor, {
      expected: `${survivor} is elected: its log is the shorter one (${short.length} entries), but ends in term ${short.at(-1)?.term}, with the acknowledged write of ${key}`,
      seen: `${won.node} leads in term ${won.term}: its log is longer (${long.length} entries), ends in term ${long.at(-1)?.term}, and lacks that write`,
    });
    const log = await cluster.logsAgree(among);
    trial.expect(log[version - 1]?.key === key, {
      expected: `entry ${version} is the acknowledged write of ${key}`,
      seen: JSON.stringify(log[version - 1]) ?? 'the log ends before',
      evidence: [
        `${old.node} had ${long.length} entries, the last one of term ${long.at(-1)?.term}`,
        `${survivor} had ${short.length}, the last one of term ${short.at(-1)?.term}`,
      ],
    });
    for (const node of among)
      await store.expectValue(node, key, 'acknowledged', 'though a longer log stood for election');
    trial.fact(
      `${old.node} had ${long.length} entries, the last of term ${long.at(-1)!.term}; ${survivor} had ${short.length}, the last of term ${short.at(-1)!.term}, and won`,
    );
  },
};

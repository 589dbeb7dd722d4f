import type { Check, Trial } from '../../../src/verify/check.ts';
import { KeyValues, pathOf } from '../../consensus/key-values.ts';
import { NODES, without } from '../../consensus/nodes.ts';
import { ELECTION_MAX_MS, electing } from '../../consensus/settings.ts';
import { Electorate } from '../../shared/electorate.ts';

const KEYS = 6;

export const check: Check = {
  id: 'copies-agree',
  promise: 'Every node has the same copy, of committed commands only',
  hints: [
    'Several copies of one store, each made by one node from its own log. What makes them equal?',
    'apply may depend on the command and the state alone. It is called for committed entries, in order, each once; after a restart from the beginning.',
  ],
  chapter: 'consensus/15-consensus-system.md#a-log-becomes-a-store',
  services: NODES,
  settings: electing,
  stands: 'It shows on all nodes what state-follows-the-log decides about one.',
  async run(trial: Trial) {
    const cluster = new Electorate(trial, NODES);
    const store = new KeyValues(trial);
    const old = await cluster.leader();
    const among = without(old.node);
    const keys = Array.from({ length: KEYS }, () => trial.unique('copy'));
    for (const [n, key] of keys.entries()) await store.write(NODES[n % NODES.length]!, key, `v${n}`);
    await store.erase('node1', keys[0]!);
    const text = trial.unique('text');
    await store.write('node2', text, '');
    const appended: string[] = [];
    for (const [n, node] of NODES.entries()) {
      const numbered = { client: text, request: n + 1 };
      await trial.eventually(`${node} appends to ${text}`, async () => {
        return (await store.append(node, text, `<${n}>`, { numbered })).status === 200;
      });
      appended.push(`<${n}>`);
    }
    const expectCopies = async (written: readonly string[], when: string) => {
      await store.expectLocal(NODES, keys[0]!, undefined, `deleted, ${when}`);
      for (const key of written) await store.expectLocal(NODES, key, `v${keys.indexOf(key)}`, when);
      await store.expectLocal(NODES, text, appended.join(''), `appended to by all, ${when}`);
    };
    await expectCopies(keys.slice(1), 'when all is quiet');
    // What a leader writes alone is in its log, and not in its copy.
    await trial.faults.isolate(old.node);
    const draft = trial.node(old.node).try('PUT', pathOf(keys[1]!), { value: 'draft' });
    const next = await cluster.leader({ among, after: old.term, withinMs: 8 * ELECTION_MAX_MS });
    await draft;
    trial.expectEqual(
      await store.local(old.node, keys[1]!),
      'v1',
      `the own copy of ${old.node}, which is alone with another value,`,
    );
    await trial.faults.heal();
    await cluster.leader();
    // The draft may have been carried out since, or have been given up.
    await expectCopies(keys.slice(2), `when ${next.node} has followed ${old.node}`);
    trial.fact(`${KEYS + 1} keys alike on all nodes, before and after ${next.node} followed ${old.node}`);
  },
};

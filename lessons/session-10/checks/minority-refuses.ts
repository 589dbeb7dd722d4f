import type { Check, Trial } from '../../../src/verify/check.ts';
import { KeyValues, pathOf } from '../../consensus/key-values.ts';
import { NODES, without } from '../../consensus/nodes.ts';
import { ELECTION_MAX_MS, electing } from '../../consensus/settings.ts';
import { decided } from '../../shared/decided.ts';
import { Electorate } from '../../shared/electorate.ts';

export const check: Check = {
  id: 'minority-refuses',
  promise:
    'Cut off from the majority a node answers no read and no write, and says so soon; 503 means: it never happened',
  hints: [
    'The old leader is alone and does not know it. What may it say to a client?',
    '503 promises that nothing has happened. Once the command is in the log nobody can promise that: 504. And a read that no majority confirms gets no value.',
  ],
  chapter: 'consensus/15-consensus-system.md#is-this-the-newest',
  services: NODES,
  settings: electing,
  async run(trial: Trial) {
    const cluster = new Electorate(trial, NODES);
    const store = new KeyValues(trial);
    const old = await cluster.leader();
    const among = without(old.node);
    const key = trial.unique('cut');
    await store.write(old.node, key, 'before');
    await trial.faults.isolate(old.node);
    const asked = [
      { what: 'PUT', value: 'alone', answer: store.put(old.node, key, 'alone') },
      { what: 'GET', answer: store.get(old.node, key) },
    ];
    const next = await cluster.leader({ among, after: old.term, withinMs: 8 * ELECTION_MAX_MS });
    const late = 'alone and late';
    asked.push({ what: 'a later PUT', value: late, answer: store.put(old.node, key, late) });
    asked.push({ what: 'a later GET', answer: store.get(old.node, key) });
    await store.write(next.node, key, 'meanwhile');
    const said: string[] = [];
    const never: string[] = [];
    const maybe: string[] = [];
    for (const { what, value, answer } of asked) {
      const { status } = await answer;
      said.push(`${what} ${status}`);
      trial.expect(status === 503 || status === 504, {
        expected: `${old.node}, which is cut off, answers ${what} with 503 or 504: it cannot know what the majority does`,
        seen: `${status}`,
      });
      if (value !== undefined) (status === 503 ? never : maybe).push(value);
    }
    await trial.faults.heal();
    await cluster.leader();
    const allowed = ['meanwhile', ...maybe];
    const { value } = await trial.eventually(`${old.node} answers a read when it is back`, async () => {
      const answer = await store.get(old.node, key);
      return answer.status === 200 && answer.body;
    });
    trial.expect(allowed.includes(value), {
      expected: `${old.node} gives "meanwhile", written by a majority while it was alone, or what it has answered with 504`,
      seen: JSON.stringify(value),
    });
    for (const refused of never) {
      const copies = await Promise.all(NODES.map((node) => store.local(node, key)));
      trial.expect(!copies.includes(refused), {
        expected: `what was answered with 503 never happens: ${JSON.stringify(refused)} is nowhere`,
        seen: JSON.stringify(copies),
      });
    }
    const deaf = await heardAndDeaf(trial, cluster, store);
    trial.fact(`${old.node}, cut off, answered ${said.join(', ')}; ${next.node} went on; ${deaf}`);
  },
};

/**
 * All hear the leader, and it hears nobody: what it was asked for is in all logs, and will be committed by whoever leads
 * next. That is once, and no answer may deny it.
 *
 * @returns what was seen
 */
async function heardAndDeaf(trial: Trial, cluster: Electorate, store: KeyValues): Promise<string> {
  const { node } = await cluster.leader();
  const key = trial.unique('deaf');
  await Promise.all(without(node).map((other) => trial.faults.cut(other, node)));
  const { status } = await store.append(node, key, 'once');
  await trial.faults.heal();
  await cluster.leader();
  const { body } = await decided(trial, `GET ${pathOf(key)} at ${node}`, [200, 404], () =>
    store.get(node, key),
  );
  const value = body?.value ?? '';
  const allowed = { 200: ['once'], 503: [''] }[status] ?? ['', 'once'];
  trial.expect(allowed.includes(value), {
    expected: `${node}, which led and heard nobody, has answered an append with ${status}: it has happened ${{ 200: 'once', 503: 'never' }[status] ?? 'once or never'}`,
    seen: value === '' ? 'there is nothing' : `the key holds ${JSON.stringify(value)}`,
  });
  return `${node}, which heard nobody, answered ${status}`;
}

import type { Check, Trial } from '../../../src/verify/check.ts';
import { brief } from '../../shared/brief.ts';
import { NODES, refusing } from '../settings.ts';
import { Store } from '../store.ts';

const ROUNDS = 4;

export const check: Check = {
  id: 'acknowledged-is-readable',
  promise:
    'MODE=cp: what was answered with 200 can be read afterwards at every node, whichever node is cut off',
  hints: [
    'A write reached two of three owners, a read asks two of three. How many of them do both know?',
    'Look at the read of the majority: it takes the highest version that it hears of. And a write takes a version above every one that it hears of.',
  ],
  chapter: 'data-store/05-cap-theorem.md#refuse',
  services: NODES,
  settings: refusing,
  async run(trial: Trial) {
    const store = new Store(trial);
    const key = trial.unique('ledger');
    let acknowledged: { value: unknown; version: number } | undefined;
    for (let round = 0; round < ROUNDS; round++) {
      const away = NODES[round % 3]!;
      const here = NODES.filter((node) => node !== away);
      await trial.faults.isolate(away);
      const entry = await store.write(here[0]!, key, `round ${round}`);
      trial.expect(entry.version > (acknowledged?.version ?? 0), {
        expected: `the write at ${here[0]} has a higher version than the one before, ${acknowledged?.version}`,
        seen: `version ${entry.version}: this majority does not know what the last one was told`,
      });
      acknowledged = { value: entry.value, version: entry.version };
      await store.expectValue(here[1]!, key, acknowledged.value, `acknowledged by ${here[0]}`);
      await trial.faults.heal();
      await settled(trial, store, away, key, acknowledged);
    }
    trial.fact(`${ROUNDS} times another node was cut off; each read saw the newest acknowledged write`);
  },
};

async function settled(
  trial: Trial,
  store: Store,
  node: string,
  key: string,
  acknowledged: { value: unknown; version: number },
): Promise<void> {
  let seen = '';
  await trial.eventually(
    `${node} answers again after the network is whole`,
    async () => {
      const answer = await store.get(node, key);
      seen = `${answer.status} ${brief(answer.body)}`;
      if (answer.status !== 200) return false;
      trial.expectEqual(
        [answer.body.value, answer.body.version],
        [acknowledged.value, acknowledged.version],
        `value and version of ${key} at ${node}, which was cut off while they were written`,
      );
      return true;
    },
    { seen: () => seen, withinMs: 5_000 },
  );
}

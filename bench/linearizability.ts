/**
 * Measures the linearizability checker: the biggest of Porcupine's public histories where they are at hand
 * (DSC_PORCUPINE_DATA), and one of 3,000 operations on one key.
 *   node bench/linearizability.ts
 * Prints rows of a Markdown table: what, median of the runs, and the verdict.
 */
import { checkHistory, type HistoryVerdict } from '../src/verify/linearizability/check.ts';
import { keyValueModel } from '../src/verify/linearizability/key-value-model.ts';
import { seededRandom } from '../src/verify/random.ts';
import { type KeyValueHistory, simulateStore } from '../test/support/random-histories.ts';
import { porcupineFolder, readEtcdHistory, readKeyValueHistory } from '../test/support/read-porcupine.ts';

const RUNS = 9;
const folder = porcupineFolder();
if (folder === undefined) console.error("Without DSC_PORCUPINE_DATA: Porcupine's histories are left out.");
else {
  const empty = keyValueModel({ initial: { value: '' } });
  for (const name of ['c50-ok', 'c50-bad'] as const) {
    const history = await readKeyValueHistory(folder, `${name}.txt`);
    await report(`Porcupine's kv/${name}, 50 clients on 10 keys`, [history], empty);
  }
  const names = Array.from({ length: 103 }, (_, number) => `etcd_${String(number).padStart(3, '0')}.log`);
  const etcd = await Promise.all(names.map((name) => readEtcdHistory(folder, name)));
  await report("Porcupine's 103 histories of etcd", etcd, keyValueModel());
}
const long = simulateStore(seededRandom(9), {
  clients: 50,
  operations: 3000,
  keys: 1,
  kinds: ['get', 'put', 'delete', 'cas'],
  unknown: 0.02,
  values: 0,
  silent: 0,
});
await report('50 clients on one key, 2% unknown outcomes', [long], keyValueModel());

async function report(
  what: string,
  histories: KeyValueHistory[],
  model: ReturnType<typeof keyValueModel>,
): Promise<void> {
  const times: number[] = [];
  const verdicts = new Set<HistoryVerdict['verdict']>();
  for (let run = 0; run < RUNS; run++) {
    let ms = 0;
    for (const history of histories) {
      const result = await checkHistory(model, history);
      verdicts.add(result.verdict);
      ms += result.ms;
    }
    times.push(ms);
  }
  const median = times.sort((a, b) => a - b)[RUNS >> 1]!;
  const operations = histories.reduce((sum, history) => sum + history.length, 0);
  console.log(
    `| ${what} (${operations} operations) | ${median.toFixed(1)} ms | ${[...verdicts].join(', ')} |`,
  );
}

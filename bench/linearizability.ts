/**
 * The time of the linearizability checker beside Porcupine's on the same histories in the same run: the biggest of
 * Porcupine's public ones and those of etcd where they are at hand (DSC_PORCUPINE_DATA), and made-up ones.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkHistory } from '../src/verify/linearizability/check.ts';
import { ABSENT } from '../src/verify/linearizability/key-value.ts';
import { keyValueModel } from '../src/verify/linearizability/key-value-model.ts';
import { seededRandom } from '../src/verify/random.ts';
import { simulateStore } from '../test/support/random-histories.ts';
import { porcupineFolder, readEtcdHistory, readKeyValueHistory } from '../test/support/read-porcupine.ts';
import { median } from './median.ts';
import { type HistorySet, Porcupine, type PorcupineFigures } from './porcupine.ts';

const RUNS = 5;
const BUDGET = '<= 1';

/** @returns rows of the report */
export async function measureLinearizability(): Promise<string[]> {
  const sets = [...(await publicSets()), madeUp()];
  const folder = await mkdtemp(join(tmpdir(), 'dsc-bench-porcupine-'));
  try {
    const porcupine = await Porcupine.start(folder, sets);
    // The first run is for the engine, which compiles what runs often.
    for (const set of sets) await judge(set);
    const ours: PorcupineFigures[][] = [];
    const theirs: PorcupineFigures[][] = [];
    for (let run = 0; run < RUNS; run++) {
      const judged: PorcupineFigures[] = [];
      for (const set of sets) judged.push(await judge(set));
      ours.push(judged);
      if (porcupine) theirs.push(await porcupine.judge());
    }
    porcupine?.end();
    return sets.map((set, index) => row(set, (all) => all.map((run) => run[index]!), ours, theirs));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function row(
  { what, histories }: HistorySet,
  ofSet: (all: PorcupineFigures[][]) => PorcupineFigures[],
  ours: PorcupineFigures[][],
  theirs: PorcupineFigures[][],
): string {
  const [mine, others] = [ofSet(ours), ofSet(theirs)];
  for (const { verdicts } of others) {
    if (String(verdicts) !== String(mine[0]!.verdicts))
      throw new Error(`${what}: Porcupine judges otherwise`);
  }
  const operations = histories.reduce((sum, history) => sum + history.length, 0);
  const ms = (all: PorcupineFigures[]) => median(all.map((figures) => figures.ms));
  const time = `${ms(mine).toFixed(1)} ms`;
  const measured =
    others.length === 0
      ? time
      : `${median(mine.map((one, run) => one.ms / others[run]!.ms)).toFixed(2)} (${time} / ${ms(others).toFixed(1)} ms)`;
  return `| linearizability of ${what} (${operations.toLocaleString('en')} operations) / Porcupine | ${measured} | ${BUDGET} |`;
}

async function judge({ initial, histories }: HistorySet): Promise<PorcupineFigures> {
  const model = keyValueModel({ initial });
  const figures: PorcupineFigures = { ms: 0, verdicts: [] };
  for (const history of histories) {
    const { ms, verdict } = await checkHistory(model, history);
    if (verdict === 'unknown') throw new Error('a history stays undecided');
    figures.ms += ms;
    figures.verdicts.push(verdict === 'linearizable');
  }
  return figures;
}

async function publicSets(): Promise<HistorySet[]> {
  const folder = porcupineFolder();
  if (folder === undefined) {
    console.error("Without DSC_PORCUPINE_DATA: Porcupine's histories are left out.");
    return [];
  }
  const keyValues = ['c10-ok', 'c10-bad', 'c50-ok', 'c50-bad'].map(async (name) => ({
    what: `Porcupine's kv/${name}`,
    initial: { value: '' },
    histories: [await readKeyValueHistory(folder, `${name}.txt`)],
  }));
  const names = Array.from({ length: 103 }, (_, number) => `etcd_${String(number).padStart(3, '0')}.log`);
  const etcd = await Promise.all(names.map((name) => readEtcdHistory(folder, name)));
  return [
    ...(await Promise.all(keyValues)),
    { what: "Porcupine's 103 of etcd", initial: ABSENT, histories: etcd },
  ];
}

/** No appends: with many at once Porcupine does not come to an end. */
function madeUp(): HistorySet {
  const kinds = ['get', 'put', 'cas'] as const;
  const recipe = { clients: 10, operations: 400, keys: 1, kinds, unknown: 0.02, values: 0, silent: 0 };
  const random = seededRandom(9);
  const histories = Array.from({ length: 10 }, () => simulateStore(random, recipe));
  const what = `10 made up, 10 clients on one key, ${kinds.join(', ')}, 2% unknown`;
  return { what, initial: ABSENT, histories };
}

import { describe, expect, test } from 'vitest';
import { checkHistory } from '../../src/verify/linearizability/check.ts';
import { keyValueModel } from '../../src/verify/linearizability/key-value-model.ts';
import { porcupineFolder, readEtcdHistory, readKeyValueHistory } from '../support/read-porcupine.ts';

/** Of the histories of etcd these are linearizable; 95 is empty. */
const LINEARIZABLE = new Set([
  2, 5, 7, 18, 25, 31, 38, 45, 48, 49, 51, 53, 56, 67, 75, 76, 80, 87, 92, 95, 98, 100, 101, 102,
]);

const folder = porcupineFolder();
const ALGORITHMS = ['depth-first', 'just-in-time', 'both'] as const;

function only(algorithm: (typeof ALGORITHMS)[number]) {
  return algorithm === 'both' ? {} : { algorithms: [algorithm] };
}

describe.skipIf(folder === undefined)(
  'the published verdicts of Porcupine (needs DSC_PORCUPINE_DATA)',
  () => {
    test.each(ALGORITHMS)('103 histories of etcd: %s', { timeout: 30_000 }, async (algorithm) => {
      const model = keyValueModel();
      for (let number = 0; number <= 102; number++) {
        const history = await readEtcdHistory(folder!, `etcd_${String(number).padStart(3, '0')}.log`);
        const { verdict } = await checkHistory(model, history, only(algorithm));
        expect(verdict, `etcd_${number}`).toBe(
          LINEARIZABLE.has(number) ? 'linearizable' : 'not-linearizable',
        );
      }
    });

    const FILES = ['c01-ok', 'c01-bad', 'c10-ok', 'c10-bad', 'c50-ok', 'c50-bad'];
    test.each(ALGORITHMS)('key-value stores: %s', { timeout: 30_000 }, async (algorithm) => {
      const model = keyValueModel({ initial: { value: '' } });
      for (const name of FILES) {
        const history = await readKeyValueHistory(folder!, `${name}.txt`);
        const { verdict } = await checkHistory(model, history, only(algorithm));
        expect(verdict, name).toBe(name.endsWith('ok') ? 'linearizable' : 'not-linearizable');
      }
    });
  },
);

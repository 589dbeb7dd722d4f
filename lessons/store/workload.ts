import { DONE, found, MISSING } from '../../src/verify/linearizability/key-value.ts';
import type { Workload } from '../shared/histories.ts';
import { pathOf } from './key-values.ts';

const WRITES = 0.4;

/** Strong reads, and writes acknowledged by a majority. */
export const strongWorkload: Workload = {
  name: 'strong reads and acknowledged writes',
  choose: (random, key, value) => (random() < WRITES ? { kind: 'put', key, value } : { kind: 'get', key }),
  send: (node, input, options) =>
    input.kind === 'put'
      ? node.try('PUT', pathOf(input.key), { value: input.value }, options)
      : node.try('GET', `${pathOf(input.key)}?consistency=strong`, undefined, options),
  read(input, { status, body }) {
    if (status === 200) return input.kind === 'put' ? DONE : found(body?.value);
    return status === 404 && input.kind === 'get' ? MISSING : undefined;
  },
};

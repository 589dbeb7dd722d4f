import {
  DONE,
  found,
  type KeyValueInput,
  MISMATCH,
  MISSING,
} from '../../src/verify/linearizability/key-value.ts';
import type { Workload } from '../shared/histories.ts';
import { pathOf } from './key-values.ts';

/** Reads and every kind of write. A compare-and-set expects what was read of the key last, or that there is nothing. */
export function everyKindOfRequest(): Workload {
  const lastSeen = new Map<string, unknown>();

  return {
    name: 'reads and writes',
    choose(random, key, value): KeyValueInput {
      const chance = random();
      if (chance < 0.4) return { kind: 'get', key };
      if (chance < 0.6) return { kind: 'put', key, value };
      if (chance < 0.8) return { kind: 'cas', key, expected: lastSeen.get(key) ?? null, value };
      if (chance < 0.95) return { kind: 'append', key, text: `+${value}` };
      return { kind: 'delete', key };
    },
    send(node, input, options) {
      const path = pathOf(input.key);
      switch (input.kind) {
        case 'get':
          return node.try('GET', path, undefined, options);
        case 'put':
          return node.try('PUT', path, { value: input.value }, options);
        case 'cas':
          return node.try('PUT', path, { value: input.value, expected: input.expected }, options);
        case 'append':
          return node.try('POST', path, { append: input.text }, options);
        case 'delete':
          return node.try('DELETE', path, undefined, options);
      }
    },
    read({ kind, key }, { status, body }) {
      if (kind === 'get') {
        lastSeen.set(key, status === 200 ? body?.value : undefined);
        if (status === 200) return found(body?.value);
        return status === 404 ? MISSING : undefined;
      }
      if (status === 200) return DONE;
      if (kind === 'delete' && status === 404) return MISSING;
      if (kind === 'cas' && status === 409) {
        const current = body?.value;
        return current === undefined || current === null ? MISMATCH : found(current);
      }
      return undefined;
    },
  };
}

import type { Check } from '../../../src/verify/check.ts';
import { pathOf } from '../../consensus/key-values.ts';
import { SUBJECT } from '../../consensus/nodes.ts';
import { expectMaybeWhenReplaced, unhurried } from '../../consensus/replaced-entry.ts';

export const check: Check = {
  id: 'replaced-is-maybe',
  promise:
    'A write whose entry another leader has replaced is answered with 504, not with what came of the other entry',
  hints: [
    "The client's write was entry 7. Then another leader came, and entry 7 is applied. Is it the same one?",
    'An entry is named by index and term together. Who waited for index 7 of term 3 has got nothing when 7 of term 8 is applied.',
  ],
  chapter: 'consensus/15-consensus-system.md#maybe',
  services: [SUBJECT],
  settings: unhurried,
  fresh: true,
  run: (trial) =>
    expectMaybeWhenReplaced(trial, (node, key, timeoutMs) =>
      node.try('PUT', pathOf(key), { value: 1 }, { timeoutMs }),
    ),
};

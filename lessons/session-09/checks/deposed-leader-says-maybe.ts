import type { Check } from '../../../src/verify/check.ts';
import { SUBJECT } from '../../consensus/nodes.ts';
import { expectMaybeWhenReplaced, unhurried } from '../../consensus/replaced-entry.ts';

export const check: Check = {
  id: 'deposed-leader-says-maybe',
  promise:
    'A leader that is replaced tells its waiting clients "maybe" (504), also if another entry is committed there',
  hints: [
    "The client's command was entry 7. Then another leader came, and entry 7 is committed, but is it the same one?",
    'An entry is named by index and term together. Who waited for index 7 of term 3 has got nothing when 7 of term 8 is applied.',
  ],
  chapter: 'consensus/14-log-replication.md#what-may-go-wrong',
  services: [SUBJECT],
  settings: unhurried,
  fresh: true,
  run: (trial) =>
    expectMaybeWhenReplaced(trial, (node, key, timeoutMs) =>
      node.try('POST', '/command', { key, value: 1 }, { timeoutMs }),
    ),
};

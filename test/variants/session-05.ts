import type { Sketch, Variant } from './variant.ts';

const READS = 'store/replicated/reads.ts';

const typescript: Sketch[] = [
  {
    id: 'all-is-more-than-a-majority',
    style: 'waits for a majority first and for all then',
    file: 'store/replicated/acknowledge.ts',
    replace: [
      [
        "  if (ack === 'all') return leadership.isOnAll(index);\n  return leadership.isOnMajority(index);\n",
        `  const onMajority = await leadership.isOnMajority(index);
  return onMajority && (ack === 'majority' || (await leadership.isOnAll(index)));
`,
      ],
    ],
  },
  {
    id: 'session-looks-first',
    style: 'waits only if it must, and refuses when it cannot catch up, without asking the leader',
    file: READS,
    replace: [
      [
        `    const caughtUp = await this.#keyValues.applied.reaches(token, this.#settings.sessionWaitMs);
    return caughtUp ? this.#keyValues.get(key) : undefined;
`,
        `    const { applied } = this.#keyValues;
    if (applied.value >= token) return this.#keyValues.get(key);
    if (await applied.reaches(token, this.#settings.sessionWaitMs)) return this.#keyValues.get(key);
    throw noQuorum('This node has not come so far.');
`,
      ],
    ],
  },
  {
    id: 'confirms-first',
    style: 'has its leadership confirmed first, is ready then, and takes the index last',
    file: READS,
    replace: [
      [
        `    if (!(await leadership.isReady()))
      throw noQuorum('This leader does not know yet what earlier ones promised.');
    const index = this.#keyValues.commitIndex;
    if (!(await leadership.confirm())) throw noQuorum('No majority confirms that this node still leads.');
`,
        `    if (!(await leadership.confirm())) throw noQuorum('No majority confirms that this node still leads.');
    if (!(await leadership.isReady()))
      throw noQuorum('This leader does not know yet what earlier ones promised.');
    const index = this.#keyValues.commitIndex;
`,
      ],
    ],
  },
];

const python: Sketch[] = [
  {
    id: 'reads-before-it-confirms',
    style: 'takes the value first and gives it only when leadership is confirmed afterwards',
    file: 'store/replicated/reads.py',
    replace: [
      [
        `        index = self._key_values.commit_index
        if not await leadership.confirm():
            raise no_quorum("No majority confirms that this node still leads.")
        await self._key_values.applied.reaches(index, self._settings.request_timeout_ms)
        return self._key_values.get(key)
`,
        `        held = self._key_values.get(key)
        if not await leadership.confirm():
            raise no_quorum("No majority confirms that this node still leads.")
        return held
`,
      ],
    ],
  },
];

export const variants: Variant[] = [
  ...typescript.map((sketch) => ({ ...sketch, session: 5, language: 'typescript' as const })),
  ...python.map((sketch) => ({ ...sketch, session: 5, language: 'python' as const })),
];

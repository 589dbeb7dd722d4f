import type { Sketch, Variant } from './variant.ts';

const typescript: Sketch[] = [
  {
    id: 'own-disk-and-followers-at-once',
    style: 'stores on the own disk and waits for the majority at the same time',
    file: 'store/replicated/write.ts',
    replace: [
      [
        '  await leadership.store(entry);\n  if (!(await isSafe(entry.index))) throw mayBeLost(key);\n',
        '  const [, safe] = await Promise.all([leadership.store(entry), isSafe(entry.index)]);\n  if (!safe) throw mayBeLost(key);\n',
      ],
    ],
  },
  {
    id: 'counts-who-has-it',
    style: 'finds the majority by counting, from the highest index down',
    file: 'store/replicated/write.ts',
    replace: [
      [
        '  const descending = [...stored].sort((a, b) => b - a);\n  return descending[Math.floor(stored.length / 2)] ?? 0;\n',
        `  let majority = 0;
  for (const candidate of stored) {
    const have = stored.filter((index) => index >= candidate).length;
    if (have > stored.length / 2) majority = Math.max(majority, candidate);
  }
  return majority;
`,
      ],
    ],
  },
  {
    id: 'refuses-by-reason',
    style: 'asks one thing after the other, and writes nothing when there is nothing new',
    file: 'store/replicated/take-over.ts',
    replace: [
      [
        `  if (part.term < currentTerm) return false;
  if (log.termAt(part.prevIndex) !== part.prevTerm) return false;
  log.merge(part.entries);
  await log.sync();
  return true;
`,
        `  const isStale = part.term < currentTerm;
  const hasGap = part.prevIndex > log.lastIndex;
  const isOther = !hasGap && log.termAt(part.prevIndex) !== part.prevTerm;
  if (isStale || hasGap || isOther) return false;
  const isNews = part.entries.some(({ index, term }) => log.termAt(index) !== term);
  if (isNews) log.merge(part.entries);
  await log.sync();
  return true;
`,
      ],
    ],
  },
  {
    id: 'one-expression',
    style: 'decides on a vote in one expression',
    file: 'store/replicated/vote.ts',
    replace: [
      [
        `  if (request.term < voter.term) return false;
  if (voter.votedFor !== null && voter.votedFor !== request.candidate) return false;
  if (request.lastLogTerm !== voter.lastLogTerm) return request.lastLogTerm > voter.lastLogTerm;
  return request.lastLogIndex >= voter.lastLogIndex;
`,
        `  const isFree = voter.votedFor === null || voter.votedFor === request.candidate;
  const ahead = request.lastLogTerm - voter.lastLogTerm || request.lastLogIndex - voter.lastLogIndex;
  return request.term >= voter.term && isFree && ahead >= 0;
`,
      ],
    ],
  },
  {
    id: 'follows-before-it-enters',
    style: 'becomes a follower first and enters the term then',
    file: 'store/replicated/election.ts',
    replace: [
      [
        `    this.#state.enterTerm(term, null);
    this.becomeFollower(null);
`,
        `    this.becomeFollower(null);
    this.#state.enterTerm(term, null);
`,
      ],
    ],
  },
];

const python: Sketch[] = [
  {
    id: 'compares-pairs',
    style: 'compares (term, index) as pairs',
    file: 'store/replicated/vote.py',
    replace: [
      [
        `    if request.last_log_term != voter.last_log_term:
        return request.last_log_term > voter.last_log_term
    return request.last_log_index >= voter.last_log_index
`,
        `    mine = (voter.last_log_term, voter.last_log_index)
    return (request.last_log_term, request.last_log_index) >= mine
`,
      ],
    ],
  },
];

export const variants: Variant[] = [
  ...typescript.map((sketch) => ({ ...sketch, session: 4, language: 'typescript' as const })),
  ...python.map((sketch) => ({ ...sketch, session: 4, language: 'python' as const })),
];

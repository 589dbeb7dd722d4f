/** Three nodes are one store; one node alone, to which the checker speaks as its peers; then three nodes and faults. */
export const order = [
  'written-anywhere',
  'bad-input',
  'compare-and-set',
  'appends-are-in-order',
  'nothing-twice',
  'not-in-circles',
  'state-follows-the-log',
  'new-leader-looks-first',
  'read-asks-a-majority',
  'minority-refuses',
  'copies-agree',
  'nothing-twice-over-leaders',
  'one-copy',
  'one-copy-cut-up',
  'stops-politely',
  'old-leader-asks-first',
];

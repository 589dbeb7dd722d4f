/** Three nodes; then three with a wide range of election timeouts; then one alone, to which the checker speaks as its peers. */
export const order = [
  'levels-agree',
  'bad-levels',
  'acknowledged-as-asked',
  'eventual-answers-alone',
  'session-follows-its-client',
  'session-rather-waits',
  'quorum-sees-it',
  'new-leader-looks-first',
  'one-copy',
  'stops-politely',
  'old-leader-asks-first',
  'only-committed-is-read',
];

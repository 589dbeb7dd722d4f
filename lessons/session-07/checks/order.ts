/** Two servers: one order, then what was missed, then what breaks. Checks with the same timings follow each other. */
export const order = [
  'two-servers-one-room',
  'one-order',
  'rooms-do-not-leak',
  'what-was-missed',
  'promised-is-on-disk',
  'one-message-for-one-id',
  'comes-back-elsewhere',
  'server-dies',
  'long-history',
  'stops-politely',
  'overtaken-deliveries',
  'answer-lost',
  'cut-apart',
  'joins-in-the-middle',
  'presence-across-servers',
];

/** One server: who is in the room, who hears what, and how a connection ends. Checks with the same timings follow each other. */
export const order = [
  'line-opens',
  'page-is-served',
  'everyone-in-the-room',
  'rooms-do-not-leak',
  'left-is-left',
  'presence-on-and-off',
  'bad-frames',
  'any-name',
  'too-large',
  'cut-in-mid-message',
  'many-come-and-go',
  'slow-reader',
  'stops-politely',
  'silent-client',
  'half-open',
];

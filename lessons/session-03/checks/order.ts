/**
 * The ring with one copy; then three copies that refuse, and two; then three that answer. Equal settings stand side by
 * side.
 */
export const order = [
  'says-it-is-there',
  'owner-by-the-ring',
  'written-anywhere',
  'versions-grow',
  'any-key',
  'bad-input',
  'join-and-leave',
  'minority-refuses',
  'acknowledged-is-readable',
  'promised-is-on-disk',
  'unconfirmed-is-maybe',
  'one-owner-dies',
  'half-is-no-majority',
  'both-sides-answer',
  'ties',
  'stops-politely',
  'clocks-disagree',
];

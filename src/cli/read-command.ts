/**
 * The command that opens a place in the book.
 * @param place `fundamentals/02-message-passing.md#duplicates`
 * @returns `dsc book 2#duplicates`
 */
export function readCommand(place: string): string {
  const [, number, anchor = ''] = /(\d+)-[^/#]*\.md(#.*)?$/.exec(place) ?? [];
  return `dsc book ${Number(number)}${anchor}`;
}

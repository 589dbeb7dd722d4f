import { relative } from 'node:path';

/** A path as a person would type it from here: relative where it lies below, absolute elsewhere. */
export function shownPath(from: string, to: string): string {
  const path = relative(from, to);
  return path.startsWith('..') ? to : path || '.';
}

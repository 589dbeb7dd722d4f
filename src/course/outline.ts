/** What the course plans to have. Which sessions are there is told by the folders under `lessons/`. */
export interface OutlineEntry {
  number: number;
  title: string;
  /** The folder of the code; sessions of one system build on each other. */
  system: string;
}

/** The ten sessions, easiest system first. */
export const OUTLINE: readonly OutlineEntry[] = [
  { number: 1, title: 'Nobody answers', system: 'messaging' },
  { number: 2, title: 'The work queue', system: 'workqueue' },
  { number: 3, title: 'Whose key is it, and what if we are cut in two?', system: 'store' },
  { number: 4, title: 'Copies that agree', system: 'store' },
  { number: 5, title: 'What may a read return?', system: 'store' },
  { number: 6, title: 'The line stays open', system: 'chat' },
  { number: 7, title: 'One order, nothing missed', system: 'chat' },
  { number: 8, title: 'Agreeing without a boss', system: 'consensus' },
  { number: 9, title: 'One log', system: 'consensus' },
  { number: 10, title: 'A store you can trust', system: 'consensus' },
];

import type { Activity } from './session-plan.ts';

/** What is known of a chapter beside its text: one file a chapter, `lessons/session-NN/chapters/*.yaml`. */
export interface Chapter {
  session: number;
  /** The data file, by its path in this package. */
  file: string;
  /** `01-what-is-ds`, the name of its page. */
  name: string;
  /** The page below `book/src/`: `fundamentals/01-what-is-ds.md`. */
  page: string;
  minutes: Record<Activity, number>;
  objectives: Objective[];
  annotation: Annotation;
  quiz: Question[];
}

export interface Objective {
  id: string;
  /** Completes "After this chapter you can". */
  text: string;
}

/** Questions about real lines of the solution. */
export interface Annotation {
  /** The ANCHOR whose lines are asked about. */
  region: string;
  intro: string;
  notes: Note[];
}

export interface Note {
  /** Text that occurs in exactly one line of the region. */
  typescript: string;
  python: string;
  ask: string;
  answer: string;
  /** In the data file. */
  line: number;
}

export interface Question {
  /** Stable, unique in the course. */
  id: string;
  /** The objective that it asks for. */
  objective: string;
  ask: string;
  options: Option[];
  /** A prediction can be tried on the cluster. */
  try?: Trial;
  /** In the data file. */
  line: number;
}

export interface Option {
  text: string;
  right: boolean;
  /** Why it is right or wrong. */
  why: string;
}

export interface Trial {
  /** A dsc command that lets the reader try it. */
  command: string;
  /** The transcript (`book/transcripts/`) that proves the right answer each time it is run. */
  transcript: string;
  /** The part of the transcript's output that does. */
  shows: string;
}

/** `01-what-is-ds` -> 1 */
export function chapterNumber({ name }: Pick<Chapter, 'name'>): number {
  return Number.parseInt(name, 10);
}

/**
 * The number of a chapter as a reader types it: `3`, `03`, `ch3`, `chapter-3`.
 * @returns undefined for anything else, such as a page's name
 */
export function parseChapterNumber(text: string): number | undefined {
  const digits = /^(?:chapter-?|ch-?)?0*(\d+)$/i.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

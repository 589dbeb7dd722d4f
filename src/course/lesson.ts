import type { Activity } from './session-plan.ts';

/** What a session is: plain data, one folder each (`lessons/session-NN/lesson.ts`). */
export interface Lesson {
  number: number;
  title: string;
  /** One sentence: what the learner can do afterwards. */
  goals: string[];
  /** The folder of the code: `messaging`, `workqueue`. */
  system: string;
  /** The folder under `compose/`. */
  stack: string;
  /** Pages of the book, in reading order, without the leading `book/src/`. */
  chapters: string[];
  /** What each part of the ninety minutes is about; how long each takes is told by the chapters. */
  steps: Record<Activity, string>;
  exercises: Exercise[];
  /** What goes on all the time, such as heartbeats: rows of a failure's diagram with these words are left out of it. */
  routine?: string[];
  /** A fault to try after all checks pass: a dsc command and what to watch for. */
  tryNext: { command: string; watch: string }[];
}

export interface Exercise {
  /** The id of the `@exercise` marker and of the stub's "not implemented: <id>". */
  id: string;
  title: string;
  /** File under the language's folder, without extension: `messaging/retry`. */
  file: string;
  /** Function the learner writes, TypeScript spelling. */
  symbol: string;
}

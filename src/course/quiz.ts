import type { Chapter, Question } from './chapter.ts';

/** `0` -> `a` */
export function optionLetter(index: number): string {
  return String.fromCharCode('a'.charCodeAt(0) + index);
}

export function rightLetter({ options }: Question): string {
  return optionLetter(options.findIndex(({ right }) => right));
}

export interface Score {
  right: number;
  of: number;
}

/** @param answers a letter for each question; missing ones count as wrong */
export function score({ quiz }: Chapter, answers: readonly (string | undefined)[]): Score {
  const right = quiz.filter((question, index) => answers[index] === rightLetter(question)).length;
  return { right, of: quiz.length };
}

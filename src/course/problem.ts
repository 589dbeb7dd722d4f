/** Something wrong in a file of the course, told so that an editor can jump to it. */
export interface Problem {
  /** Path in this package. */
  file: string;
  /** From 1. */
  line: number;
  message: string;
}

/** `book/src/a.md:12: what is wrong` */
export function describeProblem({ file, line, message }: Problem): string {
  return `${file}:${line}: ${message}`;
}

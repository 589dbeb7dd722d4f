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

/** The problem that an error tells of when its message begins with `file:line: `. */
export function problemIn(error: unknown): Problem | undefined {
  const [, file, line, message] = /^([\w./-]+):(\d+): ([\s\S]*)$/.exec((error as Error).message) ?? [];
  return file ? { file, line: Number(line), message: message! } : undefined;
}

import { readFileSync, writeFileSync } from 'node:fs';
import { describeProblem, type Problem, problemIn } from '../course/problem.ts';
import { preprocess } from './preprocess.ts';
import type { Book, PreprocessorContext } from './protocol.ts';

const [STDIN, STDOUT, STDERR] = [0, 1, 2];

/**
 * `dsc preprocess`: called by mdBook, see `book/book.toml`. It stands beside the command line, which mdBook would have
 * to wait for.
 * @param words `preprocess`, or `preprocess supports <renderer>`
 * @returns the exit code
 */
export async function main([, step, renderer]: readonly string[]): Promise<number> {
  if (step === 'supports') return renderer === 'html' ? 0 : 1;
  const [context, book] = JSON.parse(readFileSync(STDIN, 'utf8')) as [PreprocessorContext, Book];
  const problems = await preprocess(context, book).catch(asProblems);
  writeFileSync(STDERR, problems.map((problem) => `${describeProblem(problem)}\n`).join(''));
  if (problems.length > 0) return 1;
  writeFileSync(STDOUT, JSON.stringify(book));
  return 0;
}

/** Wrong markers in a solution leave nothing to go on with. */
function asProblems(error: unknown): Problem[] {
  const problem = problemIn(error);
  if (problem) return [problem];
  throw error;
}

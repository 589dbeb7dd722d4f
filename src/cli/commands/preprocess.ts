import { text } from 'node:stream/consumers';
import { preprocess } from '../../book/preprocess.ts';
import type { Book, PreprocessorContext } from '../../book/protocol.ts';
import { describeProblem, type Problem, problemIn } from '../../course/problem.ts';
import { ExitCode } from '../../course/user-error.ts';
import type { Context } from '../context.ts';

/** `dsc preprocess`: called by mdBook, see `book/book.toml`. */
export async function run(
  options: { step?: string; renderer?: string },
  context: Context,
): Promise<ExitCode> {
  if (options.step === 'supports') return options.renderer === 'html' ? ExitCode.ok : ExitCode.checksFailed;
  const [mdbook, book] = JSON.parse(await text(context.stdin)) as [PreprocessorContext, Book];
  const problems = await preprocess(mdbook, book).catch(asProblems);
  context.stderr.write(problems.map((problem) => `${describeProblem(problem)}\n`).join(''));
  if (problems.length > 0) return ExitCode.checksFailed;
  context.print(JSON.stringify(book));
  return ExitCode.ok;
}

/** Wrong markers in a solution leave nothing to go on with. */
function asProblems(error: unknown): Problem[] {
  const problem = problemIn(error);
  if (problem) return [problem];
  throw error;
}

import { text } from 'node:stream/consumers';
import { preprocess } from '../../book/preprocess.ts';
import type { Book, PreprocessorContext } from '../../book/protocol.ts';
import { describeProblem } from '../../course/problem.ts';
import { ExitCode } from '../../course/user-error.ts';
import type { Context } from '../context.ts';

/** `dsc preprocess`: called by mdBook, see `book/book.toml`. */
export async function run(
  options: { step?: string; renderer?: string },
  context: Context,
): Promise<ExitCode> {
  if (options.step === 'supports') return options.renderer === 'html' ? ExitCode.ok : ExitCode.checksFailed;
  const [mdbook, book] = JSON.parse(await text(context.stdin)) as [PreprocessorContext, Book];
  const result = await preprocess(mdbook, book);
  if (result.problems.length > 0) {
    context.stderr.write(result.problems.map((problem) => `${describeProblem(problem)}\n`).join(''));
    return ExitCode.checksFailed;
  }
  context.print(JSON.stringify(result.book));
  return ExitCode.ok;
}

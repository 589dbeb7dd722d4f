import type { Problem } from '../course/problem.ts';
import { DIRECTIVES } from './directives.ts';
import type { DirectivePiece } from './page.ts';
import { timeNote } from './schedule.ts';
import type { Sources } from './sources.ts';

/** What stands in a page in place of its directives. */
export interface Filling {
  /** Markdown, and HTML in it, for each directive. */
  directives: string[];
  /** Below the title of a chapter: the time it takes. */
  note: string | undefined;
}

/**
 * @param page its path below `src/`, and its path in this package
 * @param directives of the page, in order
 * @param report told of every problem
 */
export function fillIn(
  page: { path: string; file: string },
  directives: readonly DirectivePiece[],
  sources: Sources,
  report: (problem: Problem) => void,
): Filling {
  const { path, file } = page;
  const chapter = sources.chapters.find((each) => each.page === path);
  const html = ({ line, name, argument }: DirectivePiece) => {
    const use = {
      argument,
      sources,
      chapter,
      report: (message: string, lineOfData?: number) =>
        lineOfData === undefined
          ? report({ file, line, message })
          : report({ file: chapter?.file ?? file, line: lineOfData, message }),
    };
    const directive = DIRECTIVES[name];
    if (directive) return directive.html(use);
    use.report(`there is no directive {{#${name}}}; they are ${Object.keys(DIRECTIVES).join(', ')}`);
    return '';
  };
  return { directives: directives.map(html), note: chapter && timeNote(chapter) };
}

import { isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import type { Problem } from './problem.ts';

/** A YAML file whose values can be asked for their line. */
export interface LocatedYaml {
  value: unknown;
  /** The line of the value, or of the key, at a path; of the nearest thing above it where there is none. */
  lineOf(path: readonly (string | number)[]): number;
  problems: Problem[];
}

/**
 * @param file names it in problems
 * @param text YAML 1.2
 */
export function readLocatedYaml(file: string, text: string): LocatedYaml {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const lineOf = (path: readonly (string | number)[]): number => {
    for (let length = path.length; length > 0; length--) {
      const offset = offsetOf(path.slice(0, length));
      if (offset !== undefined) return lines.linePos(offset).line;
    }
    return 1;
  };
  const offsetOf = (path: readonly (string | number)[]): number | undefined => {
    const parent = path.length > 1 ? document.getIn(path.slice(0, -1), true) : document.contents;
    const pair = isMap(parent)
      ? parent.items.find(({ key }) => isScalar(key) && key.value === path.at(-1))
      : undefined;
    const node = pair?.key ?? document.getIn(path, true);
    return isNode(node) ? node.range?.[0] : undefined;
  };
  const problems = document.errors.map((error) => ({
    file,
    line: error.linePos?.[0].line ?? 1,
    message: error.message.split('\n')[0]!.replace(/ at line .*$/, ''),
  }));
  return { value: problems.length > 0 ? undefined : (document.toJS() as unknown), lineOf, problems };
}

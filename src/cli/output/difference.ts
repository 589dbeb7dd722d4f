import type { ChalkInstance } from 'chalk';

/**
 * A unified diff from a learner's file to the solution's.
 * @returns no lines when they are the same
 */
export async function renderDifference(
  path: string,
  theirs: string,
  solution: string,
  paint: ChalkInstance,
): Promise<string[]> {
  if (theirs === solution) return [];
  const { structuredPatch } = await import('diff');
  const { hunks } = structuredPatch(path, path, theirs, solution);
  const lines = [paint.bold(`--- ${path} (yours)`), paint.bold(`+++ ${path} (solution)`)];
  for (const hunk of hunks) {
    lines.push(paint.cyan(`@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`));
    for (const line of hunk.lines) lines.push(colour(line, paint));
  }
  return [...lines, ''];
}

function colour(line: string, paint: ChalkInstance): string {
  if (line.startsWith('+')) return paint.green(line);
  return line.startsWith('-') ? paint.red(line) : line;
}

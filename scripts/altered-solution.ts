import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deriveTree } from '../src/course/derive-tree.ts';
import { layPackagesOfNodes } from '../src/course/node-packages.ts';
import { loadLesson } from '../src/course/sessions.ts';
import { writeTree } from '../src/course/write-tree.ts';
import type { RuntimeName } from '../src/stack/runtime.ts';
import { loadChecks } from '../src/verify/load-checks.ts';
import type { VerifyResult } from '../src/verify/verdict.ts';
import { verifyCode } from '../src/verify/verify-code.ts';
import type { Alteration } from '../test/alteration.ts';

export interface VerifyAlteredOptions {
  runtime: RuntimeName;
  /** A name for its stack that no other one has. */
  project: string;
  /** Go on after the first check that does not pass. */
  all: boolean;
  signal: AbortSignal;
}

/**
 * Verifies the complete solution of a session with an alteration, on a stack of its own.
 * @throws Error when the alteration does not fit the solution
 */
export async function verifyAltered(
  alteration: Alteration,
  { runtime, project, all, signal }: VerifyAlteredOptions,
): Promise<VerifyResult> {
  const directory = await mkdtemp(join(tmpdir(), 'dsc-altered-'));
  try {
    await lay(alteration, directory);
    return await verifyCode({
      lesson: await loadLesson(alteration.session),
      checks: await loadChecks(alteration.session),
      languages: [alteration.language],
      code: { typescript: directory, python: directory },
      home: join(directory, '.dsc'),
      project,
      runtime,
      report: () => {},
      seed: 1,
      all,
      onEvent: () => {},
      signal,
    });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function lay(alteration: Alteration, directory: string): Promise<void> {
  const { id, session, language, file } = alteration;
  const tree = await deriveTree(language, { session, kind: 'snapshot' });
  const source = tree.get(file);
  if (source === undefined) throw new Error(`${id}: no file ${file} in the solution`);
  await writeTree(directory, tree.set(file, alter(alteration, source.toString())));
  await layPackagesOfNodes(directory);
}

/** The text of the file, altered. @throws Error when the alteration does not fit it */
export function alter({ id, file, replace }: Alteration, source: string): string {
  let text = source;
  for (const [from, by] of replace) {
    const occurrences = text.split(from).length - 1;
    if (occurrences !== 1) throw new Error(`${id}: its text occurs ${occurrences} times in ${file}: ${from}`);
    text = text.replace(from, () => by);
  }
  return text;
}

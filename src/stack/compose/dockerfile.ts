import { readFile } from 'node:fs/promises';
import { UserError } from '../../course/user-error.ts';

/**
 * The ENTRYPOINT of a Dockerfile, in its JSON form: what a container of the image runs, and so what a local process runs.
 * @param file absolute path of the Dockerfile
 * @throws UserError when it is missing or has no such ENTRYPOINT
 */
export async function readEntrypoint(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch((cause) => {
    throw new UserError(`${file} is missing.`, {
      code: 'dockerfile-missing',
      why: 'It says how a node is started.',
      fix: 'dsc start <session> puts missing files back; it never overwrites yours.',
      cause,
    });
  });
  const line = text.split('\n').findLast((row) => /^ENTRYPOINT\s/i.test(row));
  try {
    return JSON.parse(line?.replace(/^ENTRYPOINT\s+/i, '') ?? '') as string[];
  } catch (cause) {
    throw new UserError(`${file} has no ENTRYPOINT in JSON form.`, {
      code: 'dockerfile-entrypoint',
      why: 'dsc starts a node with it, in a container and as a process alike.',
      fix: 'It should read like: ENTRYPOINT ["node", "main.ts"]',
      cause,
    });
  }
}

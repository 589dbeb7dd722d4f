import { execa } from 'execa';
import { UserError } from '../../course/user-error.ts';

/** What a program needs besides itself to run on Linux. Absolute paths on this host. */
export interface SharedLibraries {
  /** Libraries by the name under which they are asked for. */
  libraries: Map<string, string>;
  /** The dynamic loader, at the very path that the program names. */
  loader: string | undefined;
}

/**
 * The shared libraries of programs and libraries, as the host's loader would find them.
 * @param files absolute paths
 * @throws UserError `no-base-image` when ldd is missing, or finds a library of the first file missing
 */
export async function sharedLibraries(files: readonly string[]): Promise<SharedLibraries> {
  const found: SharedLibraries = { libraries: new Map(), loader: undefined };
  const listed = await execa('ldd', files, { reject: false, env: { LC_ALL: 'C' } });
  if (listed.failed && listed.exitCode === undefined)
    throw cannot('ldd is not on this machine', listed.cause);
  if (
    /not a dynamic executable|statically linked/.test(listed.stdout + listed.stderr) &&
    files.length === 1
  ) {
    return found;
  }
  for (const line of listed.stdout.split('\n')) {
    const [, name, path] = /^\s+(\S+) => (\/\S+|not found)/.exec(line) ?? [];
    const [, loader] = /^\s+(\/\S+) \(0x/.exec(line) ?? [];
    if (loader) found.loader = loader;
    if (!name || !path?.startsWith('/')) continue;
    // Some list the loader as a library, too: "/lib64/ld-linux-x86-64.so.2 => /usr/lib64/...".
    if (name.startsWith('/')) found.loader = name;
    else if (!found.libraries.has(name)) found.libraries.set(name, path);
  }
  const missing = /^\s+(\S+) => not found/m.exec(files.length === 1 ? listed.stdout : '');
  if (missing) throw cannot(`${files[0]} needs ${missing[1]}, which is not on this machine`);
  return found;
}

function cannot(why: string, cause?: unknown): UserError {
  return new UserError('A base image cannot be made from this machine.', {
    code: 'no-base-image',
    why: `${why}.`,
    cause,
  });
}

import { UserError } from '../../course/user-error.ts';

/** The HTTP status with which the engine refused, or undefined. */
export function statusOf(error: unknown): number | undefined {
  return (error as { statusCode?: number } | undefined)?.statusCode;
}

/** Runs work on the engine where these answers mean that the goal is reached already (304 not modified, 404 gone, 409 conflict). */
export async function unless<T>(statuses: readonly number[], work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (statuses.includes(statusOf(error) ?? 0)) return undefined;
    throw error;
  }
}

/** Whether a container could not start because somebody has its host port. */
export function isPortTaken(error: unknown): boolean {
  return /port is already allocated|address already in use|ports are not available/i.test(String(error));
}

/**
 * Runs work on the engine; what the engine refuses becomes an error for people.
 * @param doing in a few words, for "Docker failed at ...": "starting node1"
 * @throws UserError with a code that begins with `docker-`
 */
export async function onEngine<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explain(doing, error);
  }
}

function explain(doing: string, error: unknown): unknown {
  if (error instanceof UserError || !(error instanceof Error)) return error;
  const { code } = error as NodeJS.ErrnoException;
  const message = messageOf(error);
  if (['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'EHOSTUNREACH'].includes(code ?? '')) {
    return new UserError('The Docker engine does not answer any more.', {
      code: 'docker-gone',
      why: `It went away while dsc was ${doing} (${code}).`,
      fix: 'Start Docker again, then run the command again.',
      cause: error,
    });
  }
  if (/no space left on device/i.test(message)) {
    return new UserError('The disk of the Docker engine is full.', {
      code: 'docker-disk-full',
      why: `There was no space left while dsc was ${doing}.`,
      fix: 'docker system df shows what takes it, docker system prune makes room.',
      cause: error,
    });
  }
  if (/non-overlapping IPv4 address pool|address pools have been fully subnetted/i.test(message)) {
    return new UserError('The Docker engine has no addresses left for another network.', {
      code: 'docker-no-addresses',
      why: 'Too many networks are left over from earlier projects.',
      fix: 'dsc stop --all removes those of dsc, docker network prune all unused ones.',
      cause: error,
    });
  }
  if (statusOf(error) === undefined) return error;
  return new UserError(`Docker failed at ${doing}.`, {
    code: 'docker-failed',
    why: message,
    fix: 'dsc doctor looks at the engine; dsc stop --all removes what dsc started.',
    cause: error,
  });
}

/** What the engine said, without dockerode's frame around it. */
function messageOf(error: Error): string {
  const json = (error as { json?: { message?: unknown } }).json;
  if (typeof json?.message === 'string') return json.message;
  return error.message.replace(/^\(HTTP code \d+\) [^-]*- /, '').trim();
}

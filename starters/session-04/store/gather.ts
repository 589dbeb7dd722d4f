import { HttpError } from '../shared/http-error.ts';
import { NoAnswer } from '../shared/rpc-client.ts';

/**
 * Asks several nodes at once. A node that stays silent or refuses is left out; the others do not wait for it longer
 * than they must.
 *
 * @param ask asks one node; it must end in bounded time
 * @param enough whether this many answers will do
 * @returns the answers by node, in the order in which they came, as soon as they are enough or no more can come;
 *   rejects if `ask` fails in any other way
 */
export function gather<T>(
  nodes: readonly string[],
  ask: (node: string) => Promise<T>,
  enough: (answers: number) => boolean,
): Promise<Map<string, T>> {
  const answers = new Map<string, T>();
  let waiting = nodes.length;
  return new Promise((resolve, reject) => {
    const settle = async (node: string) => {
      try {
        answers.set(node, await ask(node));
      } catch (error) {
        if (!(error instanceof NoAnswer || error instanceof HttpError)) throw error;
      }
      waiting -= 1;
      if (waiting === 0 || enough(answers.size)) resolve(new Map(answers));
    };
    if (nodes.length === 0) resolve(answers);
    for (const node of nodes) settle(node).catch(reject);
  });
}

/** For `gather`: waits for everyone. */
export function everyone(): boolean {
  return false;
}

import type { Answer, Silence } from '../check.ts';
import type { OpenOperation } from './history.ts';

/**
 * Ends an operation by what its client saw. All contracts of the course promise the same: a connection that was refused,
 * any 4xx and 503 mean that nothing happened. Whatever else is no answer, 504 first of all, means "maybe".
 * @param outcome of `NodeClient.try`
 * @param read what the answer says, or undefined when it says nothing about the operation. A 404 to a get and a 409 to a
 * compare-and-set do say something.
 */
export function endOperation<Output>(
  operation: OpenOperation<Output>,
  outcome: { answer: Answer; silence?: never } | { answer?: never; silence: Silence },
  read: (answer: Answer) => Output | undefined,
): void {
  const { answer, silence } = outcome;
  if (silence) {
    if (silence.kind === 'refused') operation.refused();
    else operation.unknown();
    return;
  }
  const output = read(answer);
  if (output !== undefined) operation.ok(output);
  else if ((answer.status >= 400 && answer.status < 500) || answer.status === 503) operation.refused();
  else operation.unknown();
}

import type { Answer, CallOptions, Trial } from '../../src/verify/check.ts';
import { brief } from '../shared/brief.ts';
import { type RunningClients, startClients } from '../shared/clients.ts';
import type { LogEntry } from './messages.ts';
import { NODES } from './nodes.ts';

/** How long a client waits after anything but a success before it asks again, ms. */
const PAUSE_MS = 20;

/** A command that was answered with 200. */
export interface Acknowledged {
  key: string;
  value: unknown;
  index: number;
  term: number;
}

/** Who acknowledged a command, and how long that took, ms. */
export interface Acknowledgement extends Acknowledged {
  node: string;
  ms: number;
}

/**
 * A command that one of these nodes, which can reach each other and are a majority, must accept before long. Whoever
 * does not lead is asked no further.
 *
 * @param believed the node that leads, as far as the check knows
 */
export async function command(
  trial: Trial,
  believed: string,
  key: string,
  value: unknown,
  among: readonly string[] = NODES,
): Promise<Acknowledgement> {
  let node = believed;
  let seen = 'nothing';
  return trial.eventually(
    `POST /command is acknowledged by ${among.join(' or ')}`,
    async () => {
      const answer = await tryCommand(trial, node, key, value);
      if (answer?.status === 200) {
        const what = `POST /command at ${node}, which leads,`;
        return { ...readAcknowledged(trial, answer, key, value, what), node, ms: answer.ms };
      }
      seen = `${node} answers ${answer ? `${answer.status} ${brief(answer.body)}` : 'nothing'}`;
      const told = answer?.status === 421 ? answer.body?.leader : undefined;
      node = among.includes(told) ? told : among[(among.indexOf(node) + 1) % among.length]!;
      return undefined;
    },
    { seen: () => seen },
  );
}

/** A command whose answer is not known beforehand: undefined is silence. */
export async function tryCommand(
  trial: Trial,
  node: string,
  key: string,
  value: unknown,
  options?: CallOptions,
): Promise<Answer | undefined> {
  const { answer } = await trial.node(node).try('POST', '/command', { key, value }, options);
  if (answer) trial.expectStatus(answer, [200, 421, 503, 504], `POST /command at ${node}`);
  return answer;
}

function readAcknowledged(
  trial: Trial,
  { body }: Answer,
  key: string,
  value: unknown,
  what: string,
): Acknowledged {
  trial.expect(Number.isInteger(body?.index) && Number.isInteger(body.term), {
    expected: `${what} is answered with index and term of its entry, two whole numbers`,
    seen: brief(body),
  });
  return { key, value, index: body.index, term: body.term };
}

/** Clients that send commands until they are stopped, each key once. */
export interface Commanders extends RunningClients {
  readonly acknowledged: readonly Acknowledged[];
}

/**
 * Starts clients that send one command after the other, to the leader as far as they know it. A refusal (421, 503), a
 * "maybe" (504) and silence are nobody's fault here; any other answer breaks the promise.
 */
export function startCommanders(trial: Trial, nodes: readonly string[], clients: number): Commanders {
  const acknowledged: Acknowledged[] = [];
  let believed: string | undefined;
  async function send(client: number, n: number): Promise<boolean> {
    const node = believed ?? nodes[(client + n) % nodes.length]!;
    const key = trial.unique('c');
    const answer = await tryCommand(trial, node, key, key);
    if (answer?.status === 200) {
      acknowledged.push(readAcknowledged(trial, answer, key, key, `POST /command at ${node}`));
      believed = node;
      return true;
    }
    const told = answer?.status === 421 ? answer.body?.leader : undefined;
    believed = nodes.includes(told) ? told : undefined;
    return false;
  }
  const pauses = { refusedPauseMs: PAUSE_MS };
  return { acknowledged, ...startClients(trial, clients, 'commands are acknowledged', send, pauses) };
}

/** Every acknowledged command is in the log, at the index and in the term that were told. */
export function expectInLog(
  trial: Trial,
  acknowledged: readonly Acknowledged[],
  log: readonly LogEntry[],
  where: string,
): void {
  for (const { key, value, index, term } of acknowledged) {
    const entry = log[index - (log[0]?.index ?? 1)];
    const isThere = entry?.term === term && entry.command?.key === key && entry.command.value === value;
    trial.expect(isThere, () => ({
      expected: `the command ${key}, acknowledged as entry ${index} of term ${term}, is that entry of ${where}`,
      seen: entry === undefined ? 'the log ends before' : `entry ${index} is ${brief(entry)}`,
      evidence: [`${acknowledged.length} commands were acknowledged in all`],
    }));
  }
}

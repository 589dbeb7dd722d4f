import { ExitCode, UserError } from '../course/user-error.ts';
import { NodeDidNotStart } from '../stack/node-did-not-start.ts';
import type { Stack } from '../stack/stack.ts';
import { didNotStart } from './did-not-start.ts';
import { parseDuration, parseShare } from './duration.ts';
import { FAULT_USAGE, type FaultName } from './fault-usage.ts';
import { findLeader } from './find-leader.ts';

/** Injects one fault and says in a sentence what it did. */
type Inject = (stack: Stack, args: string[], options: { wipe?: boolean | undefined }) => Promise<string>;

const FAULTS: Record<Exclude<FaultName, 'random'>, Inject> = {
  kill: async (stack, [node]) => {
    await stack.faults.kill(knownNode(stack, node));
    return `${node} was killed (SIGKILL). Bring it back with: dsc chaos restart ${node}`;
  },
  'kill-leader': async (stack) => {
    const { node, term } = await findLeader(stack);
    await stack.faults.kill(node);
    return `${node}, the leader of term ${term}, was killed. Bring it back with: dsc chaos restart ${node}`;
  },
  restart: async (stack, [node], { wipe }) => {
    try {
      await stack.restart(knownNode(stack, node), { wipe: wipe === true });
    } catch (error) {
      throw error instanceof NodeDidNotStart ? didNotStart(error) : error;
    }
    return `${node} was started again${wipe ? ' with empty data' : ''} and answers.`;
  },
  pause: async (stack, [node]) => {
    await stack.faults.pause(knownNode(stack, node));
    return `${node} stands still: it keeps its connections and says nothing. Undo: dsc chaos resume ${node}`;
  },
  resume: async (stack, [node]) => {
    await stack.faults.resume(knownNode(stack, node));
    return `${node} goes on, and does not know that it stood still.`;
  },
  isolate: async (stack, [node]) => {
    await stack.faults.isolate(knownNode(stack, node));
    return `No message passes between ${node} and the others. You can still call it. Undo: dsc chaos heal`;
  },
  partition: async (stack, args) => {
    const groups = args
      .flatMap((arg) => arg.split('|'))
      .map((group) => group.split(',').map((name) => name.trim()));
    if (groups.length < 2) throw usage('partition', 'Name at least two groups.');
    for (const node of groups.flat()) knownNode(stack, node);
    await stack.faults.partition(groups);
    return `${groups.map((group) => group.join(', ')).join('  |  ')}: no message crosses. Undo: dsc chaos heal`;
  },
  loss: async (stack, args) => {
    const { value, nodes } = valueAndNodes(stack, args, 'loss');
    const share = parseShare(value);
    await stack.faults.loss(share, nodes[0], nodes[1]);
    return `Of the messages ${around(nodes)}, ${Math.round(share * 100)}% are lost. Undo: dsc chaos heal`;
  },
  delay: async (stack, args) => {
    const { value, nodes } = valueAndNodes(stack, args, 'delay');
    const ms = parseDuration(value);
    await stack.faults.delay(ms, nodes[0], nodes[1]);
    return `Every message ${around(nodes)} takes ${ms} ms longer. Undo: dsc chaos heal`;
  },
  slow: async (stack, [node, share = '5%']) => {
    await stack.faults.slow(knownNode(stack, node), parseShare(share));
    return `${node} has ${share} of a processor left. Undo: dsc chaos heal`;
  },
  heal: async (stack) => {
    const undone = new Set((await stack.faults.heal()).map((fault) => fault.what));
    const dead = (await stack.faults.ledger()).map((fault) => fault.what);
    const rest = dead.length > 0 ? ` Still so: ${dead.join(', ')} (dsc chaos restart <node>).` : '';
    return undone.size > 0 ? `Undone: ${[...undone].join('; ')}.${rest}` : `Nothing was broken.${rest}`;
  },
};

/**
 * Injects one fault, or undoes some.
 * @param fault its name, as `dsc chaos` takes it
 * @param args what follows the name
 * @param options wipe: with `restart`, the node's data are deleted first
 * @returns what was done, in a sentence
 * @throws UserError when there is no such fault, or it cannot be done to this stack
 */
export async function injectFault(
  stack: Stack,
  fault: string,
  args: string[],
  options: { wipe?: boolean | undefined } = {},
): Promise<string> {
  if (!isFault(fault)) throw unknownFault(fault);
  return FAULTS[fault](stack, args, options);
}

function knownNode(stack: Stack, node: string | undefined): string {
  if (node === undefined) throw usage(undefined, `Name a node: ${stack.services.join(', ')}.`);
  stack.url(node);
  return node;
}

/** `30% node2`, `node2 30%`, `30%` and `all 30%` all say what they mean. */
function valueAndNodes(
  stack: Stack,
  args: string[],
  fault: 'loss' | 'delay',
): { value: string; nodes: string[] } {
  const value = args.find((arg) => /^\d/.test(arg));
  if (value === undefined) throw usage(fault, `How much? dsc chaos ${fault} ${FAULT_USAGE[fault].args}`);
  const nodes = args.filter((arg) => arg !== value && arg !== 'all').slice(0, 2);
  for (const node of nodes) knownNode(stack, node);
  return { value, nodes };
}

function around([node, other]: string[]): string {
  if (node === undefined) return 'between all nodes';
  return other === undefined ? `to and from ${node}` : `between ${node} and ${other}`;
}

function usage(fault: FaultName | undefined, why: string): UserError {
  return new UserError('That fault needs more words.', {
    code: 'chaos-usage',
    why,
    fix: `dsc chaos ${fault ? `${fault} ${FAULT_USAGE[fault].args}` : '--help'}`,
    exitCode: ExitCode.usage,
  });
}

function isFault(name: string): name is keyof typeof FAULTS {
  return Object.hasOwn(FAULTS, name);
}

function unknownFault(fault: string): UserError {
  return new UserError(`There is no fault called ${fault}.`, {
    code: 'unknown-fault',
    why: `Known are ${Object.keys(FAULT_USAGE).join(', ')}.`,
    fix: 'dsc chaos kill node2',
    exitCode: ExitCode.usage,
  });
}

import type { DirectedRule, Trap } from './protocol.ts';
import type { PuppetAnswer } from './puppet-calls.ts';
import type { Glance } from './record.ts';

/** The body of a control call is not what protocol.ts says; the message names the field. */
export class BadRequest extends Error {}

const ACTIONS: readonly Trap['action'][] = [
  'lose-request',
  'lose-answer',
  'duplicate',
  'hold-request',
  'hold-answer',
  'reset',
  'puppet',
];

export function readRule(body: unknown): DirectedRule {
  const rule = Object(body) as DirectedRule;
  requireDirection(rule);
  demand(rule.cut === undefined || typeof rule.cut === 'boolean', 'cut must be true or false');
  for (const field of ['delayMs', 'jitterMs'] as const) {
    demand(isNumber(rule[field] ?? 0, 0, 3_600_000), `${field} must be ms`);
  }
  for (const field of ['loss', 'duplicate'] as const) {
    demand(isNumber(rule[field] ?? 0, 0, 1), `${field} must be between 0 and 1`);
  }
  return rule;
}

export function readTrap(body: unknown): Trap {
  const trap = Object(body) as Trap;
  requireDirection(trap);
  for (const field of ['path', 'contains'] as const) {
    demand(trap[field] === undefined || typeof trap[field] === 'string', `${field} must be a text`);
  }
  demand(ACTIONS.includes(trap.action), `action must be one of ${ACTIONS.join(', ')}`);
  demand(Number.isSafeInteger(trap.times) && trap.times >= 0, 'times must be a count');
  return trap;
}

export function readSeed(body: unknown): number {
  const { seed } = Object(body) as { seed: number };
  demand(Number.isSafeInteger(seed), 'seed must be a whole number');
  return seed;
}

export function readPuppetAnswer(body: unknown): PuppetAnswer {
  const answer = Object(body) as PuppetAnswer;
  demand(Number.isInteger(answer.status) && isNumber(answer.status, 200, 599), 'status must be 200 to 599');
  return answer;
}

/** @returns undefined when the whole record is asked for */
export function readGlance(query: URLSearchParams): Glance | undefined {
  if (!query.has('most')) return undefined;
  const [most, text] = [Number(query.get('most')), Number(query.get('text') ?? 4_096)];
  const also = (query.get('also') ?? '')
    .split(',')
    .filter((seq) => seq !== '')
    .map(Number);
  demand(
    [most, text, ...also].every((number) => Number.isSafeInteger(number) && number >= 0),
    'whole numbers',
  );
  return { most, text, also };
}

function requireDirection({ from, to }: { from: unknown; to: unknown }): void {
  demand(typeof from === 'string' && from !== '', 'from must be the name of a node');
  demand(typeof to === 'string' && to !== '', 'to must be the name of a node');
}

function isNumber(value: unknown, least: number, most: number): boolean {
  return typeof value === 'number' && value >= least && value <= most;
}

function demand(condition: boolean, message: string): asserts condition {
  if (!condition) throw new BadRequest(message);
}

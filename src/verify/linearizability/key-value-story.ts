import { clientName, type Operation } from './history.ts';
import {
  ABSENT,
  expectedState,
  type KeyState,
  type KeyValueInput,
  type KeyValueOutput,
  same,
} from './key-value.ts';
import { words } from './key-value-words.ts';

type KeyValueOperation = Operation<KeyValueInput, KeyValueOutput>;

/** What an answered operation tells or makes of its key. */
interface Fact {
  operation: KeyValueOperation;
  who: string;
  called: number;
  answered: number;
  /** The state that it found. */
  saw?: KeyState;
  /** The state that it left, where that does not depend on the one it found. */
  wrote?: KeyState;
}

/**
 * One sentence about answers that contradict each other, for the contradictions that learners meet.
 * @param contradiction see `Model.tell`
 * @returns undefined for any other contradiction
 */
export function tell(
  contradiction: readonly KeyValueOperation[],
  last: KeyValueOperation,
  all: readonly KeyValueOperation[],
): string | undefined {
  const facts = contradiction.map(factOf);
  const end = facts[contradiction.indexOf(last)]!;
  const others = facts.filter((fact) => fact !== end);
  return (
    tellDoubled(end, all) ??
    tellInvented(end, others, all) ??
    tellLostAppend(end, others) ??
    tellMisplacedAppend(end, others, all) ??
    tellTwoWinners(end, others) ??
    tellStale(end, others)
  );
}

function factOf(operation: KeyValueOperation): Fact {
  const { client, input, called, answer } = operation;
  const { at, output } = answer!;
  const fact: Fact = { operation, who: clientName(client), called, answered: at };
  if (output.kind === 'value') return { ...fact, saw: { value: output.value } };
  if (output.kind === 'missing') return { ...fact, saw: ABSENT };
  if (output.kind === 'mismatch') return fact;
  if (input.kind === 'put') return { ...fact, wrote: { value: input.value } };
  if (input.kind === 'delete') return { ...fact, wrote: ABSENT };
  if (input.kind !== 'cas') return fact;
  return { ...fact, saw: expectedState(input.expected), wrote: { value: input.value } };
}

/** A value that nobody wrote, or not yet. */
function tellInvented(end: Fact, others: Fact[], all: readonly KeyValueOperation[]): string | undefined {
  const { saw, who } = end;
  if (others.length > 0 || saw === undefined || saw === ABSENT) return undefined;
  if (all.some(({ input }) => input.kind === 'append')) {
    return `${who} ${found(end)}, which nothing that was written until then can have left there.`;
  }
  const writers = all.filter(
    ({ input, answer }) =>
      (input.kind === 'put' || input.kind === 'cas') &&
      same({ value: input.value }, saw) &&
      (answer === undefined || answer.output.kind === 'done'),
  );
  const first = writers.toSorted((a, b) => a.called - b.called)[0];
  if (!first) return `${who} ${found(end)}, but nobody ever wrote ${state(saw)}.`;
  if (first.called <= end.answered) return undefined;
  return `${who} ${found(end)} before anybody had begun to write it; ${clientName(first.client)} was the first to.`;
}

/** An append that took effect more often than it was asked for. */
function tellDoubled(end: Fact, all: readonly KeyValueOperation[]): string | undefined {
  const seen = textOf(end.saw);
  if (seen === undefined) return undefined;
  const written = all.flatMap(({ input }) => writtenText(input) ?? []);
  for (const { client, input } of all) {
    if (input.kind !== 'append' || input.text === '') continue;
    const { text } = input;
    const times = seen.split(text).length - 1;
    const asked = written.filter((other) => other === text).length;
    if (times <= asked || mayArise(text, new Set(written))) continue;
    const often =
      asked === 1 ? `${clientName(client)} appended it only once` : `it was appended ${asked} times`;
    return `${end.who} found ${words(text)} ${times} times in ${input.key}, but ${often}.`;
  }
  return undefined;
}

function writtenText(input: KeyValueInput): string | undefined {
  if (input.kind === 'append') return input.text;
  return 'value' in input ? textOf(input) : undefined;
}

/** Whether the text may stand in a value without having been written as such: inside another one, or across two. */
function mayArise(text: string, written: ReadonlySet<string>): boolean {
  const others = [...written].filter((other) => other !== text);
  return others.some(
    (other) =>
      other.length < text.length - 1 ||
      (other + text).indexOf(text) < other.length ||
      (text + other).lastIndexOf(text) > 0 ||
      others.some((next) => (other + next).includes(text)),
  );
}

/** An acknowledged append that a later read does not show. */
function tellLostAppend(end: Fact, others: Fact[]): string | undefined {
  const seen = textOf(end.saw ?? ABSENT) ?? (end.saw === ABSENT ? '' : undefined);
  if (seen === undefined || end.saw === undefined || others.length !== 1) return undefined;
  const { input } = others[0]!.operation;
  if (input.kind !== 'append' || others[0]!.answered >= end.called || seen.includes(input.text))
    return undefined;
  return `${end.who} ${found(end)} after ${whose(others[0]!, end)} append of ${words(input.text)} had been acknowledged: it is lost.`;
}

/** An append that stands before one that was acknowledged before it began. */
function tellMisplacedAppend(
  end: Fact,
  others: Fact[],
  all: readonly KeyValueOperation[],
): string | undefined {
  const seen = textOf(end.saw);
  const [first, ...more] = others;
  if (seen === undefined || first?.operation.input.kind !== 'append' || more.length > 0) return undefined;
  const { text } = first.operation.input;
  const place = seen.indexOf(text);
  for (const { client, input, called } of all) {
    if (input.kind !== 'append' || called <= first.answered || !seen.slice(0, place).includes(input.text))
      continue;
    return `${end.who} ${found(end)}, where ${words(input.text)} stands before ${words(text)}; but ${whose(first, end)} append of ${words(text)} had been acknowledged before ${clientName(client)} began to append ${words(input.text)}.`;
  }
  return undefined;
}

/** Two compare-and-sets that both found what only one can have found. */
function tellTwoWinners(end: Fact, others: Fact[]): string | undefined {
  const { saw } = end;
  if (saw === undefined || end.wrote === undefined) return undefined;
  const rival = others.find((other) => other.saw && other.wrote && same(other.saw, saw));
  const rest = others.filter((other) => other !== rival);
  if (!rival || !rest.every(({ wrote }) => wrote && same(wrote, saw))) return undefined;
  const both = rival.who === end.who ? `${end.who} twice` : `${rival.who} and ${end.who} both`;
  const key = end.operation.input.key;
  const [was, came] =
    saw === ABSENT ? ['did not exist', 'deleted it'] : [`was ${state(saw)}`, `wrote ${state(saw)} again`];
  return `${both} changed ${key} on the condition that it ${was}; the first of them made that untrue, and nobody ${came}.`;
}

/** A value that had been replaced already, as an acknowledged write or an earlier answer shows. */
function tellStale(end: Fact, others: Fact[]): string | undefined {
  const { saw } = end;
  if (saw === undefined) return undefined;
  const writers = others.filter(({ wrote }) => wrote && same(wrote, saw));
  const [newer, ...more] = others.filter((other) => !writers.includes(other));
  const left = newer?.wrote ?? newer?.saw;
  if (!newer || more.length > 0 || left === undefined || same(left, saw)) return undefined;
  if (newer.answered >= end.called || writers.some(({ answered }) => answered >= newer.called))
    return undefined;
  const event = newer.wrote
    ? `after ${whose(newer, end)} ${newer.wrote === ABSENT ? 'delete' : `write of ${state(newer.wrote)}`} had been acknowledged`
    : `after ${newer.who === end.who ? 'it' : newer.who} had already ${found(newer)}`;
  const back =
    saw === ABSENT
      ? 'nobody deleted it'
      : `nobody wrote ${state(saw)} ${writers.length > 0 ? 'again' : 'after that'}`;
  return `${end.who} ${found(end)} ${event}, and ${back}.`;
}

function found({ saw, operation: { input } }: Fact): string {
  if (saw === ABSENT) return `found no ${input.key}`;
  return `read ${state(saw!)} from ${input.key}`;
}

function whose(fact: Fact, end: Fact): string {
  return fact.who === end.who ? 'its own' : `${fact.who}'s`;
}

function state(of: KeyState): string {
  return of === ABSENT ? 'nothing' : words(of.value);
}

function textOf(of: KeyState | { value: unknown } | undefined): string | undefined {
  return of === undefined || of === ABSENT || typeof of.value !== 'string' ? undefined : of.value;
}

import { canonical, type KeyValueInput, type KeyValueOutput } from './key-value.ts';

/** `put x=3`, `get x -> 1`; without an output only the request. */
export function describe(input: KeyValueInput, output: KeyValueOutput | undefined): string {
  return output === undefined || output.kind === 'done'
    ? describeRequest(input)
    : `${describeRequest(input)} -> ${describeAnswer(input, output)}`;
}

function describeRequest(input: KeyValueInput): string {
  switch (input.kind) {
    case 'get':
      return `get ${input.key}`;
    case 'put':
      return `put ${input.key}=${words(input.value)}`;
    case 'delete':
      return `delete ${input.key}`;
    case 'cas':
      return `cas ${input.key} ${input.expected === null ? 'nothing' : words(input.expected)} to ${words(input.value)}`;
    case 'append':
      return `append ${input.key} += ${words(input.text)}`;
  }
}

function describeAnswer(input: KeyValueInput, output: KeyValueOutput): string {
  const refused = input.kind === 'cas' ? 'refused' : '';
  if (output.kind === 'value') return `${refused && 'refused, it is '}${words(output.value)}`;
  if (output.kind === 'missing') return refused ? 'refused, there is nothing' : 'nothing';
  return refused;
}

const LONGEST_WORDS = 24;

/** A value as it is read best: text without quotes where that is clear; of a long one its end, which tells appends apart. */
export function words(value: unknown): string {
  if (typeof value !== 'string') return shortened(canonical(value));
  return /^[\p{L}\p{N}_.:-]+$/u.test(value) ? shortened(value) : JSON.stringify(shortened(value));
}

function shortened(text: string): string {
  return text.length <= LONGEST_WORDS ? text : `...${text.slice(3 - LONGEST_WORDS)}`;
}

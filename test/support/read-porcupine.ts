import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Operation } from '../../src/verify/linearizability/history.ts';
import {
  DONE,
  found,
  type KeyValueInput,
  type KeyValueOutput,
  MISMATCH,
  MISSING,
} from '../../src/verify/linearizability/key-value.ts';

/**
 * Reads the public test histories of Porcupine (github.com/anishathalye/porcupine, test_data). Where they are is told by
 * the environment variable DSC_PORCUPINE_DATA: a folder with `jepsen` and `kv`.
 */

export type KeyValueHistory = Operation<KeyValueInput, KeyValueOutput>[];

/** The folder, or undefined where the histories are not at hand. */
export function porcupineFolder(): string | undefined {
  const folder = process.env.DSC_PORCUPINE_DATA;
  return folder && existsSync(folder) ? folder : undefined;
}

/** One register called `register`. The clock is the line number. */
export async function readEtcdHistory(folder: string, name: string): Promise<KeyValueHistory> {
  const history = new Recorded();
  const lines = (await readFile(join(folder, 'jepsen', name), 'utf8'))
    .split('\n')
    .filter((line) => line !== '');
  for (const [at, line] of lines.entries()) {
    const [, client, type, kind, value] = /(\d+)\s+(:\w+)\s+(:\w+)\s+(.*)$/.exec(line.trimEnd()) ?? [];
    if (client === undefined || value === undefined) throw new Error(`${name}:${at + 1}: ${line}`);
    if (type === ':invoke') history.begin(client, etcdInput(kind!, value), at);
    else if (type === ':ok') history.end(client, kind === ':read' ? etcdValue(value) : DONE, at);
    else if (type === ':fail' && kind === ':cas') history.end(client, MISMATCH, at);
    // A read that failed, and a write that timed out: the operation stays open.
  }
  return history.operations;
}

function etcdInput(kind: string, value: string): KeyValueInput {
  const key = 'register';
  const [first, second] = value.match(/\d+/g)?.map(Number) ?? [];
  if (kind === ':write') return { kind: 'put', key, value: first };
  if (kind === ':cas') return { kind: 'cas', key, expected: first, value: second };
  return { kind: 'get', key };
}

function etcdValue(value: string): KeyValueOutput {
  return value === 'nil' ? MISSING : found(Number(value));
}

/** Ten keys that hold the empty text at first. The clock is the line number. */
export async function readKeyValueHistory(folder: string, name: string): Promise<KeyValueHistory> {
  const history = new Recorded();
  const lines = (await readFile(join(folder, 'kv', name), 'utf8')).split('\n').filter((line) => line !== '');
  for (const [at, line] of lines.entries()) {
    const [, client, type, kind, key, value] =
      /:process (\d+), :type :(\w+), :f :(\w+), :key "(.*?)", :value (?:nil|"(.*)")\}/.exec(line) ?? [];
    if (client === undefined || key === undefined) throw new Error(`${name}:${at + 1}: ${line}`);
    if (type === 'invoke') history.begin(client, keyValueInput(kind!, key, value ?? ''), at);
    else history.end(client, kind === 'get' ? found(value ?? '') : DONE, at);
  }
  return history.operations;
}

function keyValueInput(kind: string, key: string, value: string): KeyValueInput {
  if (kind === 'put') return { kind, key, value };
  if (kind === 'append') return { kind, key, text: value };
  return { kind: 'get', key };
}

/** A history made from lines, where a client has one operation at a time. */
class Recorded {
  readonly operations: KeyValueHistory = [];
  readonly #open = new Map<string, number>();

  begin(client: string, input: KeyValueInput, called: number): void {
    this.#open.set(client, this.operations.push({ client, input, called }) - 1);
  }

  end(client: string, output: KeyValueOutput, at: number): void {
    const index = this.#open.get(client)!;
    this.operations[index] = { ...this.operations[index]!, answer: { at, output } };
  }
}

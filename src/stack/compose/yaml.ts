import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { ExitCode, UserError } from '../../course/user-error.ts';
import { interpolate, type Variables } from './interpolation.ts';

/** A value of a Compose file that knows where it stands, so that an error can name the line. Aliases and merge keys are resolved. */
export type ComposeValue = { line: number; path: string } & (
  | { kind: 'map'; entries: Map<string, ComposeValue> }
  | { kind: 'list'; items: ComposeValue[] }
  | { kind: 'text'; text: string }
  | { kind: 'nothing' }
);

/** A Compose file under reading: its values, and how errors in it are told. */
export class ComposeFile {
  readonly root: ComposeValue;
  readonly #name: string;
  readonly #document: Document;
  readonly #lines = new LineCounter();
  readonly #variables: Variables;

  /**
   * @param name how errors call the file
   * @throws UserError when it is not YAML or a variable in it cannot be filled in
   */
  constructor(name: string, text: string, variables: Variables) {
    this.#name = name;
    this.#variables = variables;
    this.#document = parseDocument(text, { lineCounter: this.#lines });
    const [error] = this.#document.errors;
    if (error) this.#fail(error.linePos?.[0].line ?? 1, error.message.split('\n')[0]!.replace(/:$/, ''));
    this.root = this.#read(this.#document.contents, '', 1);
  }

  /** @throws UserError naming file, line and problem, always */
  fail(value: ComposeValue, problem: string): never {
    this.#fail(value.line, problem);
  }

  #fail(line: number, problem: string): never {
    throw new UserError(`${this.#name}:${line}: ${problem}`, {
      code: 'compose-invalid',
      fix: 'Change the Compose file, or start it with docker compose itself.',
      exitCode: ExitCode.usage,
    });
  }

  #read(node: unknown, path: string, parentLine: number): ComposeValue {
    if (isAlias(node)) return this.#read(node.resolve(this.#document), path, parentLine);
    const start = (node as Node | null)?.range?.[0];
    const line = start === undefined ? parentLine : this.#lines.linePos(start).line;
    if (isMap(node)) return { kind: 'map', line, path, entries: this.#entries(node, path, line) };
    if (isSeq(node)) {
      return { kind: 'list', line, path, items: node.items.map((item) => this.#read(item, path, line)) };
    }
    if (!isScalar(node) || node.value === null) return { kind: 'nothing', line, path };
    try {
      const text =
        typeof node.value === 'string' ? interpolate(node.value, this.#variables) : String(node.value);
      return { kind: 'text', line, path, text };
    } catch (error) {
      this.#fail(line, `\`${path}\`: ${(error as Error).message}`);
    }
  }

  #entries(node: { items: { key: unknown; value: unknown }[] }, path: string, line: number) {
    const own = new Map<string, ComposeValue>();
    const merged = new Map<string, ComposeValue>();
    for (const { key, value } of node.items) {
      const name = String(isScalar(key) ? key.value : key);
      const keyStart = (key as Node).range?.[0];
      const keyLine = keyStart === undefined ? line : this.#lines.linePos(keyStart).line;
      if (name === '<<') this.#merge(this.#read(value, path, keyLine), merged);
      // An error is told at the key: that is what a reader looks for.
      else own.set(name, { ...this.#read(value, path ? `${path}.${name}` : name, keyLine), line: keyLine });
    }
    return new Map([...merged, ...own]);
  }

  /** The first of several merged maps wins. */
  #merge(source: ComposeValue, into: Map<string, ComposeValue>): void {
    const maps = source.kind === 'list' ? source.items : [source];
    for (const map of maps) {
      if (map.kind !== 'map') this.fail(map, '`<<` needs a mapping');
      for (const [name, value] of map.entries) if (!into.has(name)) into.set(name, value);
    }
  }
}

import type { Variables } from './interpolation.ts';
import type { ComposeFile, ComposeValue } from './yaml.ts';

/** Readers for the kinds of values that Compose files have. Each throws a UserError that names the line. */
export class ComposeValues {
  readonly file: ComposeFile;
  readonly #environment: Variables;

  /** @param environment where `NAME` without a value takes it from */
  constructor(file: ComposeFile, environment: Variables) {
    this.file = file;
    this.#environment = environment;
  }

  text(value: ComposeValue): string {
    if (value.kind === 'text') return value.text;
    return this.file.fail(value, `\`${value.path}\` should be a text`);
  }

  map(value: ComposeValue): Map<string, ComposeValue> {
    if (value.kind === 'map') return value.entries;
    if (value.kind === 'nothing') return new Map();
    return this.file.fail(value, `\`${value.path}\` should have keys`);
  }

  list(value: ComposeValue): string[] {
    if (value.kind === 'list') return value.items.map((item) => this.text(item));
    return this.file.fail(value, `\`${value.path}\` should be a list`);
  }

  /** A text counts as a list of one. */
  textOrList(value: ComposeValue): string[] {
    return value.kind === 'text' ? [value.text] : this.list(value);
  }

  boolean(value: ComposeValue): boolean {
    const text = this.text(value);
    if (text === 'true' || text === 'false') return text === 'true';
    return this.file.fail(value, `\`${value.path}\` should be true or false, not "${text}"`);
  }

  integer(value: ComposeValue): number {
    const text = this.text(value);
    if (/^-?\d+$/.test(text)) return Number(text);
    return this.file.fail(value, `\`${value.path}\` should be a whole number, not "${text}"`);
  }

  /** `1m30s`, `500ms`. @returns ms */
  duration(value: ComposeValue): number {
    const units: Record<string, number> = { us: 0.001, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
    const text = this.text(value);
    if (!/^(\d+(\.\d+)?(us|ms|s|m|h))+$/.test(text)) {
      return this.file.fail(value, `\`${value.path}\` should be a duration like 5s or 500ms, not "${text}"`);
    }
    const parts = text.matchAll(/(\d+(?:\.\d+)?)(us|ms|s|m|h)/g);
    return [...parts].reduce((sum, [, number, unit]) => sum + Number(number) * units[unit!]!, 0);
  }

  /** `64m`, `1.5gb`, plain bytes. @returns bytes */
  bytes(value: ComposeValue): number {
    const text = this.text(value);
    const [, number, unit] = /^(\d+(?:\.\d+)?)([bkmg]?)b?$/i.exec(text) ?? [];
    if (number === undefined) {
      return this.file.fail(value, `\`${value.path}\` should be a size like 128m, not "${text}"`);
    }
    const power = { b: 0, k: 1, m: 2, g: 3 }[(unit || 'b').toLowerCase()]!;
    return Math.round(Number(number) * 1024 ** power);
  }

  /** `{ NAME: value }` or `[NAME=value]`. A name without a value takes it from the environment, or is left out. */
  pairs(value: ComposeValue): Record<string, string> {
    const pairs: Record<string, string> = {};
    const given = (name: string) => {
      const inherited = this.#environment[name];
      if (inherited !== undefined) pairs[name] = inherited;
    };
    if (value.kind === 'list') {
      for (const item of this.list(value)) {
        const equals = item.indexOf('=');
        if (equals < 0) given(item);
        else pairs[item.slice(0, equals)] = item.slice(equals + 1);
      }
      return pairs;
    }
    for (const [name, entry] of this.map(value)) {
      if (entry.kind === 'nothing') given(name);
      else pairs[name] = this.text(entry);
    }
    return pairs;
  }

  /** A command as a list, or as one line that is split at spaces outside quotes. */
  words(value: ComposeValue): string[] {
    if (value.kind !== 'text') return this.list(value);
    const words = value.text.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? [];
    return words.map((word) => word.replaceAll(/"([^"]*)"|'([^']*)'/g, (_, a, b) => a ?? b));
  }
}

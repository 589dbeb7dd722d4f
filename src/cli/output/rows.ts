import type { ChalkInstance } from 'chalk';

/** A label and what belongs to it. */
export function row(label: string, text: string, paint: ChalkInstance): string {
  return `  ${paint.bold(label.padEnd(9))} ${text}`;
}

/** A title and rows below it; nothing where there are no rows. */
export function section(title: string, rows: readonly string[], paint: ChalkInstance): string[] {
  return rows.length === 0 ? [] : ['', `  ${paint.bold(title)}`, ...rows.map((text) => `    ${text}`)];
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

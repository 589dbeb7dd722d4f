/** A terminal session of the book: what was typed, and what came. `book/transcripts/*.console`. */
export interface Transcript {
  name: string;
  /** Runs in a fresh cluster with the complete solution of this session. */
  session: number;
  steps: Step[];
}

export interface Step {
  command: string;
  /** Whether the book shows it: `$`; or it only prepares something: `%`. */
  shown: boolean;
  /** Without a newline at its end. */
  output: string;
  /** From 1. */
  line: number;
}

/** @throws Error with `file:line` when it does not begin with its session */
export function parseTranscript(name: string, text: string): Transcript {
  const [head = '', ...lines] = text.split('\n');
  const session = Number(/^# session (\d+)$/.exec(head)?.[1]);
  if (!session) throw new Error(`${fileOf(name)}:1: the first line must be "# session <number>"`);
  const steps: Step[] = [];
  for (const [index, text] of lines.entries()) {
    const [, mark, command] = /^([$%]) (.+)$/.exec(text) ?? [];
    const step = steps.at(-1);
    if (command) steps.push({ command, shown: mark === '$', output: '', line: index + 2 });
    else if (step) step.output += `${text}\n`;
    else if (text !== '') throw new Error(`${fileOf(name)}:${index + 2}: output before the first command`);
  }
  for (const step of steps) step.output = step.output.trimEnd();
  return { name, session, steps };
}

/** The file's text. */
export function writeTranscript({ session, steps }: Transcript): string {
  const lines = steps.flatMap(({ command, shown, output }) => [
    `${shown ? '$' : '%'} ${command}`,
    ...(shown && output ? [output] : []),
  ]);
  return `# session ${session}\n${lines.join('\n')}\n`;
}

/** What the book shows. */
export function shownText({ steps }: Transcript): string {
  return steps
    .filter(({ shown }) => shown)
    .flatMap(({ command, output }) => [`$ ${command}`, ...(output ? [output] : [])])
    .join('\n');
}

/** Path in this package. */
export function fileOf(name: string): string {
  return `book/transcripts/${name}.console`;
}

/** What differs from run to run, and says nothing: durations, times, ports, generated ids. */
const VARIES: readonly [RegExp, string][] = [
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<id>'],
  [/\b\d{2}:\d{2}:\d{2}\.\d{3}\b/g, '<time>'],
  [/\b1\d{12}(\.\d+)?\b/g, '<time>'],
  [/("uptimeMs": ?)\d+(\.\d+)?/g, '$1<ms>'],
  [/\b\d+(\.\d+)? (ms|s)\b/g, '<duration>'],
  [/(127\.0\.0\.1|localhost):\d+/g, '$1:<port>'],
];

/** Makes the outputs of two runs comparable. */
export function mask(output: string): string {
  return VARIES.reduce((text, [pattern, name]) => text.replace(pattern, name), output.trimEnd());
}

import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { runInThisContext } from 'node:vm';
import { atomicWrite } from '../course/atomic-write.ts';
import { packagePath } from '../course/package-root.ts';

export interface DiagramError {
  /** Within the diagram, from 1. */
  line: number;
  message: string;
}

/** What was found correct stays so: Mermaid and a DOM for it take longer to load than the whole book to build. */
const CACHE = 'node_modules/.cache/dsc/diagrams.json';

const require = createRequire(import.meta.url);

/** The script that draws the diagrams in the browser, and reads them here. */
export function mermaidFile(): string {
  return require.resolve('@mermaid-js/tiny');
}

/**
 * Reads each diagram with Mermaid's own parser.
 * @param diagrams their texts
 * @returns for each what is wrong, or undefined
 */
export async function checkDiagrams(diagrams: readonly string[]): Promise<(DiagramError | undefined)[]> {
  const version = await mermaidVersion();
  const key = (text: string) => createHash('sha256').update(version).update(text).digest('hex');
  const known = new Set(await readCache());
  const fresh = diagrams.filter((text) => !known.has(key(text)));
  if (fresh.length === 0) return diagrams.map(() => undefined);
  const parse = await loadParser();
  const results = await Promise.all(diagrams.map((text) => (known.has(key(text)) ? undefined : parse(text))));
  const correct = diagrams.filter((_, index) => !results[index]).map(key);
  await writeCache([...new Set(correct)]);
  return results;
}

async function mermaidVersion(): Promise<string> {
  const file = packagePath('node_modules/@mermaid-js/tiny/package.json');
  return (JSON.parse(await readFile(file, 'utf8')) as { version: string }).version;
}

async function loadParser(): Promise<(text: string) => Promise<DiagramError | undefined>> {
  const { JSDOM } = await import('jsdom');
  const { window } = new JSDOM('');
  Object.assign(globalThis, { window, document: window.document, Element: window.Element });
  runInThisContext(await readFile(mermaidFile(), 'utf8'));
  const { mermaid } = globalThis as unknown as { mermaid: { parse(text: string): Promise<unknown> } };
  return async (text) => {
    try {
      await mermaid.parse(text);
      return undefined;
    } catch (error) {
      const message = (error as Error).message;
      const line = Number(/line (\d+)/.exec(message)?.[1] ?? 1);
      return { line, message: message.split('\n').join(' ').replace(/\s+/g, ' ').slice(0, 200) };
    }
  };
}

async function readCache(): Promise<string[]> {
  try {
    return JSON.parse(await readFile(packagePath(CACHE), 'utf8')) as string[];
  } catch {
    return [];
  }
}

async function writeCache(keys: string[]): Promise<void> {
  const file = packagePath(CACHE);
  await mkdir(dirname(file), { recursive: true });
  await atomicWrite(file, JSON.stringify(keys));
}

import { readFile } from 'node:fs/promises';
import { runInThisContext } from 'node:vm';
import { packagePath } from '../course/package-root.ts';

export interface DiagramError {
  /** Within the diagram, from 1. */
  line: number;
  message: string;
}

/** The script that draws the diagrams in the browser, and reads them here. */
export const MERMAID = 'node_modules/@mermaid-js/tiny/dist/mermaid.tiny.js';

type Parse = (text: string) => Promise<DiagramError | undefined>;

let parser: Promise<Parse> | undefined;

/**
 * Reads each diagram with Mermaid's own parser.
 * @param diagrams their texts
 * @returns for each what is wrong, or undefined
 */
export async function checkDiagrams(diagrams: readonly string[]): Promise<(DiagramError | undefined)[]> {
  parser ??= loadParser();
  return Promise.all(diagrams.map(await parser));
}

async function loadParser(): Promise<Parse> {
  const { JSDOM } = await import('jsdom');
  const { window } = new JSDOM('');
  Object.assign(globalThis, { window, document: window.document, Element: window.Element });
  runInThisContext(await readFile(packagePath(MERMAID), 'utf8'));
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

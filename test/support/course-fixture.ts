import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Writes files below a folder, by path. */
export async function writeTree(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

/** Every file below a folder, by path, without node_modules. */
export async function readTree(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((path) => !path.startsWith('node_modules'))
    .sort();
  const texts = await Promise.all(files.map((path) => readFile(join(folder, path), 'utf8')));
  return Object.fromEntries(files.map((path, index) => [path, texts[index]!]));
}

/** A package with two small starters of session 1 and what session 2 adds to them. */
export const SOURCE = {
  'starters/session-01/main.ts': '// main, first version\n',
  'starters/session-01/shared/trace.ts': '// trace\n',
  'starters/session-01/messaging/retry.ts': '// retry: write me\n',
  'starters/session-01/messaging/inbox.ts': '// inbox: write me\n',
  'starters/session-02/main.ts': '// main, second version\n',
  'starters/session-02/shared/trace.ts': '// trace\n',
  'starters/session-02/messaging/retry.ts': '// retry: solved\n',
  'starters/session-02/messaging/inbox.ts': '// inbox: solved\n',
  'starters/session-02/workqueue/broker.ts': '// broker: write me\n',
  'python/starters/session-01/main.py': '# main\n',
  'python/starters/session-01/messaging/retry.py': '# retry: write me\n',
  'python/starters/session-02/main.py': '# main\n',
  'python/starters/session-02/workqueue/broker.py': '# broker: write me\n',
  'compose/00-messages/docker-compose.yml':
    'x-node: &node\n  build: {context: .}\nservices:\n  node1: *node\n  node2: {<<: *node}\n  node3: *node\n',
  'compose/01-queue/docker-compose.yml':
    'services:\n  broker: {build: {context: .}}\n  worker1: {build: {context: .}}\n  bank: {image: bank}\n',
};

import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { atomicWrite, removeLeftovers, temporaryName } from './atomic-write.ts';
import type { GivenFile } from './lay-files.ts';
import { packagePath } from './package-root.ts';

const require = createRequire(import.meta.url);

/** Files that make an editor and version control understand the workspace. */
export async function editorFiles(): Promise<GivenFile[]> {
  const nodeTypes = JSON.parse(await readFile(require.resolve('@types/node/package.json'), 'utf8'));
  const files = {
    'package.json': json({
      name: 'dsc-course',
      private: true,
      type: 'module',
      devDependencies: { '@types/node': nodeTypes.version },
    }),
    'tsconfig.json': json(TSCONFIG),
    'pyproject.toml': PYPROJECT,
    '.gitignore': GITIGNORE,
    'README.md': README,
  };
  return Object.entries(files).map(([path, text]) => ({ path, content: Buffer.from(text) }));
}

/**
 * Puts Node's types and a `dsc` command into the workspace's node_modules: an editor shows no false errors and
 * `npx dsc` runs this very dsc, both without network.
 */
export async function layNodeModules(workspace: string): Promise<void> {
  const modules = join(workspace, 'node_modules');
  const nodeTypes = dirname(require.resolve('@types/node/package.json'));
  const undiciTypes = dirname(
    createRequire(join(nodeTypes, 'package.json')).resolve('undici-types/package.json'),
  );
  await copyPackage(nodeTypes, join(modules, '@types', 'node'));
  await copyPackage(undiciTypes, join(modules, 'undici-types'));
  const [node, dsc] = [process.execPath, packagePath('bin', 'dsc.js')];
  await mkdir(join(modules, '.bin'), { recursive: true });
  await removeLeftovers(join(modules, '.bin', 'dsc'));
  await atomicWrite(
    join(modules, '.bin', 'dsc'),
    `#!/bin/sh\nexec ${shellQuote(node)} ${shellQuote(dsc)} "$@"\n`,
    0o755,
  );
  await atomicWrite(join(modules, '.bin', 'dsc.cmd'), `@"${node}" "${dsc}" %*\r\n`);
}

/** A package that is there is left alone: the learner may have installed another version. */
async function copyPackage(from: string, to: string): Promise<void> {
  if (existsSync(to)) return;
  const aside = join(dirname(to), temporaryName(basename(to)));
  await mkdir(dirname(to), { recursive: true });
  await removeLeftovers(to);
  try {
    await cp(from, aside, { recursive: true, dereference: true });
    await rename(aside, to);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

function shellQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

const TSCONFIG = {
  compilerOptions: {
    target: 'es2024',
    module: 'nodenext',
    lib: ['es2024'],
    types: ['node'],
    strict: true,
    noImplicitOverride: true,
    erasableSyntaxOnly: true,
    verbatimModuleSyntax: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    noEmit: true,
  },
  include: ['typescript'],
};

const PYPROJECT = `[project]
name = "dsc-course"
version = "0.1.0"
requires-python = ">=3.11"

[tool.pyright]
include = ["python"]
extraPaths = ["python"]
venvPath = "."
venv = ".venv"

[tool.ruff]
src = ["python"]
line-length = 110
`;

const GITIGNORE = `node_modules/
.venv/
__pycache__/
.dsc/
*.dsc-tmp
.dsc.lock
.dsc.json.lock
compose/*/.env
`;

const README = `# My distributed systems course

| where | what |
| --- | --- |
| \`typescript/\`, \`python/\` | the code of your nodes; the functions to write say \`not implemented\` |
| \`compose/\` | the Docker Compose file of each system; usable by hand |
| \`dsc.json\` | your progress; keep it with the code |
| \`backups/\` | what \`dsc reset\` and \`dsc start --fresh\` moved away |
| \`.dsc/\` | logs and data of running nodes |

| command | what it does |
| --- | --- |
| \`npx dsc\` | the sessions, and what comes next |
| \`npx dsc start session-1\` | lays out a session's files and starts its nodes |
| \`npx dsc verify\` | checks your running nodes, with faults |
| \`npx dsc hint\` | helps with the first check that fails |
| \`npx dsc chaos kill node2\` | breaks something; \`npx dsc chaos heal\` mends it |
| \`npx dsc status\`, \`npx dsc logs node1\` | what the nodes do, what they print |
| \`npx dsc solution --diff\` | compares your code with a solution |
| \`npx dsc stop\` | stops the nodes |
`;

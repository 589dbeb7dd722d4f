import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { atomicWrite, removeLeftovers } from './atomic-write.ts';
import type { GivenFile } from './lay-files.ts';
import { layPackagesOfNodes, layTypes, nodePackagePath } from './node-packages.ts';
import { packagePath } from './package-root.ts';

/** Files that make an editor and version control understand the workspace. */
export async function editorFiles(): Promise<GivenFile[]> {
  const versionOf = async (name: string) =>
    JSON.parse(await readFile(join(nodePackagePath(name), 'package.json'), 'utf8')).version as string;
  const files = {
    'package.json': json({
      name: 'dsc-course',
      private: true,
      type: 'module',
      dependencies: { ws: await versionOf('ws') },
      devDependencies: {
        '@types/node': await versionOf('@types/node'),
        '@types/ws': await versionOf('@types/ws'),
      },
    }),
    'tsconfig.json': json(TSCONFIG),
    'pyproject.toml': PYPROJECT,
    '.gitignore': GITIGNORE,
    'README.md': README,
  };
  return Object.entries(files).map(([path, text]) => ({ path, content: Buffer.from(text) }));
}

/**
 * Puts what the nodes import, its types and a `dsc` command into the workspace's node_modules: nodes run, an editor shows
 * no false errors and `npx dsc` runs this very dsc, all without network.
 */
export async function layNodeModules(workspace: string): Promise<void> {
  await layPackagesOfNodes(workspace);
  await layTypes(workspace);
  const commands = join(workspace, 'node_modules', '.bin');
  const [node, dsc] = [process.execPath, packagePath('bin', 'dsc.js')];
  await mkdir(commands, { recursive: true });
  await removeLeftovers(join(commands, 'dsc'));
  await atomicWrite(
    join(commands, 'dsc'),
    `#!/bin/sh\nexec ${shellQuote(node)} ${shellQuote(dsc)} "$@"\n`,
    0o755,
  );
  await atomicWrite(join(commands, 'dsc.cmd'), `@"${node}" "${dsc}" %*\r\n`);
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

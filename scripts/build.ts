/** Compiles what the published package runs: Node does not strip types below node_modules. */
import { rm } from 'node:fs/promises';
import { execa } from 'execa';
import { packagePath } from '../src/course/package-root.ts';

for (const folder of ['src', 'lessons'])
  await rm(packagePath('dist', folder), { recursive: true, force: true });
await execa('tsc', ['-p', 'tsconfig.build.json'], {
  cwd: packagePath(),
  preferLocal: true,
  stdio: 'inherit',
});

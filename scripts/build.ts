/** Makes what the published package has beside its sources: compiled code, for Node does not strip types below node_modules, and the book. */
import { cp, rm } from 'node:fs/promises';
import { execa } from 'execa';
import { bookSource, buildBook } from '../src/book/mdbook.ts';
import { packagePath } from '../src/course/package-root.ts';
import { availableSessions, sessionFolder } from '../src/course/sessions.ts';

for (const folder of ['src', 'lessons'])
  await rm(packagePath('dist', folder), { recursive: true, force: true });
await execa('tsc', ['-p', 'tsconfig.build.json'], {
  cwd: packagePath(),
  preferLocal: true,
  stdio: 'inherit',
});
for (const session of await availableSessions()) {
  const chapters = `lessons/${sessionFolder(session)}/chapters`;
  await cp(packagePath(chapters), packagePath('dist', chapters), { recursive: true });
}
await rm(packagePath('dist', 'book'), { recursive: true, force: true });
await buildBook({ source: bookSource(), report: console.log, complain: console.error });

import { execa } from 'execa';
import { expect, test } from 'vitest';
import { packagePath } from '../../src/course/package-root.ts';

test('what the book shows in terminals is what the nodes of the solution print', async () => {
  const script = packagePath('scripts', 'transcripts.ts');
  const { stdout, stderr, exitCode } = await execa(process.execPath, [script, '--check'], { reject: false });
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^[1-9]\d* transcripts run, 0 differ$/m);
  expect(exitCode).toBe(0);
}, 240_000);

import { expect, onTestFinished, test } from 'vitest';
import { loadLesson } from '../../src/course/sessions.ts';
import type { Check } from '../../src/verify/check.ts';
import { verify } from '../../src/verify/runner.ts';
import { DockerProject } from './docker-stack.ts';

test('a container that somebody removes in the middle of a check is not the code’s failure', async () => {
  const project = await DockerProject.make();
  onTestFinished(() => project.remove());
  const removed: Check = {
    id: 'asks-who-is-not-there',
    promise: 'node2 answers',
    hints: ['It cannot.', 'It is gone.'],
    chapter: 'fundamentals/01-what-is-ds.md',
    services: ['node2'],
    settings: {},
    async run(trial) {
      await project.engine.docker.getContainer(`${project.project}-node2-1`).remove({ force: true });
      await trial.node('node2').call('GET', '/health');
    },
  };
  const result = await verify({
    lesson: await loadLesson(1),
    checks: [removed],
    stack: await project.stack(),
    languages: ['typescript'],
    seed: 1,
    all: true,
    codeFolders: [],
    onEvent: () => {},
    signal: new AbortController().signal,
  });
  expect(result.verdict).toBe('environment');
  expect(result.results[0]?.problem?.why).toContain('node2 was removed while it was checked.');
});

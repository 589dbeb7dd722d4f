import { expect, onTestFinished, test } from 'vitest';
import { verifyOne } from '../support/verify-one.ts';
import { DockerProject } from './docker-stack.ts';

test('a container that somebody removes in the middle of a check is not the code’s failure', async () => {
  const project = await DockerProject.make();
  onTestFinished(() => project.remove());
  const { verdict, problem } = await verifyOne(await project.stack(), 'node2', async (trial) => {
    await project.engine.docker.getContainer(`${project.project}-node2-1`).remove({ force: true });
    await trial.node('node2').call('GET', '/health');
  });
  expect(verdict).toBe('environment');
  expect(problem?.why).toContain('node2 was removed while it was checked.');
});

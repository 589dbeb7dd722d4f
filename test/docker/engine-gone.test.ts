import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, onTestFinished, test } from 'vitest';
import { packagePath } from '../../src/course/package-root.ts';
import { until } from '../../src/stack/until.ts';
import { dsc, json, TEST_ENVIRONMENT } from '../support/dsc.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** The engine behind a door that can be shut: what dsc sees when Docker is stopped. */
async function engineWithADoor(): Promise<{ host: string; open(): Promise<void>; shut(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const engine = connect('/var/run/docker.sock');
    for (const socket of [client, engine]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        client.destroy();
        engine.destroy();
      });
    }
    client.pipe(engine).pipe(client);
  });
  let port = 0;
  const open = () =>
    new Promise<void>((resolve) => {
      server.listen(port, '127.0.0.1', () => {
        port = (server.address() as { port: number }).port;
        resolve();
      });
    });
  const shut = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  await open();
  onTestFinished(shut);
  return { host: `tcp://127.0.0.1:${port}`, open, shut };
}

test('Docker that goes away in the middle of a verify is the machine’s failure, and all is tidied up once it is back', async () => {
  const door = await engineWithADoor();
  const env = { DOCKER_HOST: door.host };
  const workspace = join(await temporaryFolder(), 'course');
  const started = await dsc(
    ['start', 'session-1', '--runtime', 'docker', '--dir', workspace, '--yes'],
    '/tmp',
    env,
  );
  expect(started.exitCode).toBe(0);
  onTestFinished(async () => void (await dsc(['stop'], workspace)));

  const verifying = execa(process.execPath, [packagePath('bin', 'dsc.js'), 'verify', '1', '--all'], {
    cwd: workspace,
    env: { ...TEST_ENVIRONMENT, ...env },
    reject: false,
    stdin: 'ignore',
  });
  let output = '';
  verifying.stdout.on('data', (text) => {
    output += text;
  });
  await until(() => output.includes('✔'), { withinMs: 60_000, what: 'a first verdict' });
  door.shut();
  const verified = await verifying;
  expect(verified.exitCode === 3 || verified.stdout.includes('This machine stood in the way')).toBe(true);
  expect(verified.stdout + verified.stderr).toContain('The Docker engine');
  expect(verified.stderr).not.toContain('bug in dsc');

  expect((await dsc(['status'], workspace, env)).exitCode).toBe(3);
  const doctor = await dsc(['doctor'], workspace, env);
  expect(doctor.exitCode).toBe(3);
  expect(doctor.stdout).toContain('does not answer');

  await door.open();
  expect((await dsc(['start', 'session-1', '--runtime', 'docker'], workspace, env)).exitCode).toBe(0);
  const { faults } = json(await dsc(['status', '--json'], workspace, env));
  expect(faults).toEqual([]);
  expect((await dsc(['stop'], workspace, env)).exitCode).toBe(0);
});

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the variables of Compose files are written so
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readCompose } from '../../src/stack/compose/read-compose.ts';

let folder: string;

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'dsc-compose-')), '00-Messages.v1');
  await mkdir(folder);
});
afterEach(() => rm(join(folder, '..'), { recursive: true }));

async function read(text: string, environment: Record<string, string> = {}) {
  await writeFile(join(folder, 'docker-compose.yml'), text);
  const file = join(folder, 'docker-compose.yml');
  return readCompose(file, { environment });
}

/** The first service of a file whose one service has these lines. */
async function service(lines: string, environment: Record<string, string> = {}) {
  const indented = lines.replaceAll(/^/gm, '    ');
  const model = await read(`services:\n  node1:\n    image: x\n${indented}\nvolumes: {data: }`, environment);
  return model.services[0]!;
}

describe('a Compose file', () => {
  test('is read with defaults, anchors and merge keys', async () => {
    const model = await read(`
x-node: &node
  build:
    context: \${CODE:-../../solutions}
    args: { NODE_IMAGE: "\${NODE_IMAGE:-node:24}" }
  init: true
  read_only: true
  user: "10001:10001"
  cap_drop: [ALL]
  security_opt: ["no-new-privileges:true"]
  mem_limit: 128m
  pids_limit: 64
  tmpfs: /tmp
services:
  node1:
    <<: *node
    command: ["messaging"]
    environment: { NODE_ID: node1, ATTEMPT_TIMEOUT_MS: 300 }
    ports: ["127.0.0.1:\${NODE1_PORT:-8081}:8080"]
    volumes: ["node1:/data"]
    healthcheck: { test: ["CMD", "node", "-e", "0"], interval: 1m30s, timeout: 500ms, retries: 4 }
  node2:
    <<: *node
    init: false
    depends_on: { node1: { condition: service_healthy } }
volumes:
  node1: {}
`);
    expect(model).toEqual({
      project: '00-messagesv1',
      file: join(folder, 'docker-compose.yml'),
      volumes: ['node1'],
      services: [
        {
          name: 'node1',
          build: {
            context: join(folder, '../../solutions'),
            dockerfile: 'Dockerfile',
            args: { NODE_IMAGE: 'node:24' },
          },
          command: ['messaging'],
          environment: { NODE_ID: 'node1', ATTEMPT_TIMEOUT_MS: '300' },
          ports: [{ hostIp: '127.0.0.1', host: 8081, container: 8080 }],
          volumes: [{ volume: 'node1', target: '/data' }],
          tmpfs: ['/tmp'],
          dependsOn: [],
          healthcheck: {
            test: ['CMD', 'node', '-e', '0'],
            intervalMs: 90_000,
            timeoutMs: 500,
            retries: 4,
            startPeriodMs: 0,
          },
          init: true,
          readOnly: true,
          user: '10001:10001',
          capDrop: ['ALL'],
          securityOpt: ['no-new-privileges:true'],
          memoryBytes: 128 * 1024 * 1024,
          pidsLimit: 64,
          stopGraceMs: 10_000,
          profiles: [],
          labels: {},
        },
        expect.objectContaining({ name: 'node2', init: false, readOnly: true, dependsOn: ['node1'] }),
      ],
    });
  });

  test('takes variables from the environment first, then from .env, then from the default', async () => {
    await writeFile(
      join(folder, '.env'),
      '# ports\nA=env-file\nexport B="in quotes # kept"\nC=plain # a comment\n\nEMPTY=\n',
    );
    const text = '${A}|${B}|${C}|$D|${E:-default}|${E-unset}|${EMPTY:-filled}|${EMPTY-kept}|$$A';
    const { environment } = await service(`environment: { V: '${text}' }`, { A: 'given', D: 'd' });
    expect(environment.V).toBe('given|in quotes # kept|plain|d|default|unset|filled||$A');
  });

  test.each([
    ['environment: [A=1, "B=x=y", FROM_SHELL, UNKNOWN]', { A: '1', B: 'x=y', FROM_SHELL: 'here' }],
    ['environment: { A: 1, B: x=y, FROM_SHELL: , UNKNOWN: }', { A: '1', B: 'x=y', FROM_SHELL: 'here' }],
  ])('reads %s', async (line, expected) => {
    expect((await service(line, { FROM_SHELL: 'here' })).environment).toEqual(expected);
  });

  test.each([
    ['8081:8080', { hostIp: '', host: 8081, container: 8080 }],
    ['127.0.0.1:8081:8080/tcp', { hostIp: '127.0.0.1', host: 8081, container: 8080 }],
    ['8080', { hostIp: '', host: 0, container: 8080 }],
  ])('reads the port %s', async (text, expected) => {
    expect((await service(`ports: ["${text}"]`)).ports).toEqual([expected]);
  });

  test.each([
    ['mem_limit: 64m', 64 * 1024 * 1024],
    ['mem_limit: 1.5gb', 1.5 * 1024 ** 3],
    ['mem_limit: 4096', 4096],
  ])('reads %s', async (line, bytes) => {
    expect((await service(line)).memoryBytes).toBe(bytes);
  });

  test('splits a command given as one line', async () => {
    expect((await service(`command: run --name "two words" 'and more'`)).command).toEqual([
      'run',
      '--name',
      'two words',
      'and more',
    ]);
  });

  test('is called by COMPOSE_PROJECT_NAME, from .env too', async () => {
    const text = 'services: { a: { image: x } }';
    await writeFile(join(folder, '.env'), 'COMPOSE_PROJECT_NAME=from-file\n');
    expect((await read(text)).project).toBe('from-file');
    expect((await read(text, { COMPOSE_PROJECT_NAME: 'given' })).project).toBe('given');
    await expect(read(text, { COMPOSE_PROJECT_NAME: 'Not Allowed' })).rejects.toThrow('"Not Allowed"');
  });

  test('leaves out services that have profiles, unless one of them is named', async () => {
    const text = 'services: { a: { image: x }, b: { image: x, profiles: [extra] } }';
    const names = async (profiles?: string) =>
      (await read(text, profiles === undefined ? {} : { COMPOSE_PROFILES: profiles })).services.map(
        ({ name }) => name,
      );
    expect(await names()).toEqual(['a']);
    expect(await names('other')).toEqual(['a']);
    expect(await names('one,extra')).toEqual(['a', 'b']);
  });

  test.each([
    ['networks: [front]', 'dsc does not support `networks` of a service'],
    ['privileged: true', 'dsc does not support `privileged` of a service'],
    ['build: { context: ., target: x }', 'dsc does not support `target` of a build'],
    ['volumes: ["./here:/data"]', 'named volumes only'],
    ['volumes: ["other:/data"]', 'the volume other, which is not declared'],
    ['ports: ["8000-8010:80"]', 'does not support the port "8000-8010:80"'],
    ['ports: [{ target: 80 }]', '`services.node1.ports` should be a text'],
    ['depends_on: [ghost]', 'node1 depends on ghost'],
    ['init: perhaps', '`services.node1.init` should be true or false, not "perhaps"'],
    ['mem_limit: lots', 'should be a size like 128m, not "lots"'],
    ['stop_grace_period: 10', 'should be a duration like 5s or 500ms, not "10"'],
    ['healthcheck: { test: ["node"] }', 'should begin with CMD, CMD-SHELL or NONE'],
    ['user: "${WHO:?say who}"', 'the variable WHO must be set: say who'],
    ['user: "${WHO:+x}"', 'does not understand the $'],
  ])('with %s is refused', async (line, message) => {
    const failure = await service(line).catch((error: Error) => error);
    expect(failure).toMatchObject({ name: 'UserError', code: 'compose-invalid' });
    expect((failure as Error).message).toContain(message);
  });

  test('names file and line of what it refuses', async () => {
    const text = 'services:\n  a:\n    image: x\n    labels:\n      a: b\n    networks:\n      - front\n';
    await expect(read(text)).rejects.toThrow(
      `${join(folder, 'docker-compose.yml')}:6: dsc does not support \`networks\` of a service`,
    );
  });

  test.each([
    ['services:\n  a:\n   image: x\n  image: [', 'docker-compose.yml:4:'],
    ['services:\n', 'there are no `services`'],
    ['name: x\nservices: { a: { image: x } }', ':1: dsc does not support `name` at the top level'],
    ['services: { A: { image: x } }', '"A" cannot be a service'],
    ['services: { a: { command: x } }', 'a needs `build` or `image`'],
  ])('%j is refused', async (text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });

  test('that is not there is said to be missing', async () => {
    await expect(readCompose(join(folder, 'none.yml'), { environment: {} })).rejects.toMatchObject({
      code: 'compose-missing',
    });
  });
});

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type Dockerode from 'dockerode';
import { UserError } from '../../course/user-error.ts';
import type { ComposeModel } from '../compose/model.ts';
import type { Placement } from '../runtime.ts';
import { WireClient } from '../wire/client.ts';
import { wireConfig } from '../wire/config.ts';
import { hasImage, OFFICIAL_IMAGES } from './base-images.ts';
import type { Engine } from './engine.ts';
import { filesBelow, type ImageFile } from './image-files.ts';
import { buildImage } from './images.ts';
import { readLog } from './logs.ts';
import { names } from './names.ts';

/** The wire runs as this module does: its sources in a checkout, compiled in the published package. */
const EXTENSION = import.meta.filename.slice(-3);

/** How long the wire may take to its first answer, ms. */
const WIRE_WITHIN_MS = 20_000;

/**
 * The image with the wire program, built when this version of it is not there yet. It is the same for all projects.
 * @returns its name
 */
export async function wireImage(engine: Engine, model: ComposeModel): Promise<string> {
  const base =
    model.services.map(({ build }) => build?.args.NODE_IMAGE).find((image) => image) ?? OFFICIAL_IMAGES.node;
  const files = await filesBelow(
    join(import.meta.dirname, '..', 'wire'),
    'wire/',
    (name) => name.includes('.') && !name.endsWith(EXTENSION),
  );
  const dockerfile = [
    `FROM ${base}`,
    'WORKDIR /wire',
    'COPY package.json .',
    'COPY wire .',
    'USER 10001:10001',
    `ENTRYPOINT ["node", "main${EXTENSION}"]`,
    '',
  ].join('\n');
  const hash = createHash('sha256').update(dockerfile);
  for (const file of files) if ('from' in file) hash.update(file.path).update(await readFile(file.from));
  const name = `dsc-wire:${hash.digest('hex').slice(0, 12)}`;
  if (await hasImage(engine, name)) return name;
  const context: ImageFile[] = [
    { path: 'Dockerfile', text: dockerfile },
    { path: 'package.json', text: '{ "type": "module" }\n' },
    ...files,
  ];
  const labels = { 'dsc.wire': '1' };
  await buildImage(engine, context, {
    what: 'the wire',
    dockerfile: 'Dockerfile',
    buildargs: {},
    labels,
    tags: [name],
  });
  return name;
}

/** The wire's container: no labels of Compose, so that `docker compose ps` shows the nodes only. */
export function wireDefinition(
  project: string,
  image: string,
  placement: Placement & Required<Pick<Placement, 'control'>>,
  options: { hostIp: string; labels: Record<string, string> },
): Dockerode.ContainerCreateOptions & { Labels: Record<string, string> } {
  const { control, links } = placement;
  const config = wireConfig(control, links);
  const port = `${control.listenPort}/tcp`;
  const network = names.network(project);
  const definition = {
    name: names.wire(project),
    Image: image,
    Env: [`WIRE_CONFIG=${JSON.stringify(config)}`],
    ExposedPorts: { [port]: {} },
    HostConfig: {
      Init: true,
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges:true'],
      Tmpfs: { '/tmp': '' },
      Memory: 256 * 1024 * 1024,
      PidsLimit: 128,
      NetworkMode: network,
      PortBindings: { [port]: [{ HostIp: options.hostIp, HostPort: new URL(control.url).port }] },
    },
    NetworkingConfig: { EndpointsConfig: { [network]: { Aliases: ['wire'] } } },
  };
  const hash = createHash('sha256').update(JSON.stringify(definition)).digest('hex');
  return { ...definition, Labels: { ...options.labels, 'dsc.role': 'wire', 'dsc.hash': hash } };
}

/** @throws UserError `docker-wire` with what it printed, when it ends or stays silent */
export async function waitForWire(container: Dockerode.Container, url: string): Promise<void> {
  const deadline = performance.now() + WIRE_WITHIN_MS;
  const wire = new WireClient(url, '');
  while (!(await wire.alive())) {
    const { State } = await container.inspect();
    if (State.Running && performance.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 25));
      continue;
    }
    const printed = (await readLog(container)).map(({ text }) => text).filter((text) => text.trim() !== '');
    throw new UserError('The wire between the nodes did not start.', {
      code: 'docker-wire',
      why: [State.Running ? 'It does not answer.' : 'It ended.', ...printed.slice(-15)].join('\n  '),
      fix: 'dsc doctor looks at the engine.',
    });
  }
}

import { createHash } from 'node:crypto';
import type Dockerode from 'dockerode';
import type { ComposeModel, Service } from '../compose/model.ts';
import { containerLabels, names } from './names.ts';

export interface DefinitionOptions {
  image: string;
  /** Where the service's port is published. */
  publish: { hostIp: string; port: number };
  labels: Record<string, string>;
}

/** A place that every image has and lets every user write to. */
const COMPILED = '/var/tmp';

/** The port on which a service listens in its container. */
export function containerPort(service: Service): number {
  return service.ports[0]?.container ?? Number(service.environment.PORT ?? 8080);
}

/**
 * The container of a service as the engine takes it. The health check of the file is for those who start it by hand: dsc asks
 * /health itself, and a check inside the container would start a whole interpreter each time.
 */
export function containerDefinition(
  model: ComposeModel,
  service: Service,
  options: DefinitionOptions,
): Dockerode.ContainerCreateOptions {
  const { project } = model;
  const port = `${containerPort(service)}/tcp`;
  const { hostIp, port: hostPort } = options.publish;
  const definition: Dockerode.ContainerCreateOptions = {
    Image: options.image,
    Cmd: service.command,
    Env: Object.entries({ NODE_COMPILE_CACHE: COMPILED, ...service.environment }).map(
      ([name, value]) => `${name}=${value}`,
    ),
    ExposedPorts: { [port]: {} },
    ...(service.user !== undefined && { User: service.user }),
    Healthcheck: { Test: ['NONE'] },
    StopTimeout: Math.ceil(service.stopGraceMs / 1000),
    HostConfig: {
      ...lockdown(service),
      NetworkMode: names.network(project),
      PortBindings: { [port]: [{ HostIp: hostIp, HostPort: String(hostPort) }] },
      Binds: [
        ...service.volumes.map(({ volume, target }) => `${names.volume(project, volume)}:${target}`),
        `${names.compiled(project)}:${COMPILED}`,
      ],
    },
    NetworkingConfig: { EndpointsConfig: { [names.network(project)]: { Aliases: [service.name] } } },
  };
  const hash = createHash('sha256').update(JSON.stringify(definition)).digest('hex');
  return {
    ...definition,
    name: names.container(project, service.name),
    Labels: { ...service.labels, ...options.labels, ...containerLabels(model, service, hash) },
  };
}

function lockdown(service: Service): Dockerode.HostConfig {
  return {
    Init: service.init,
    ReadonlyRootfs: service.readOnly,
    CapDrop: service.capDrop,
    SecurityOpt: service.securityOpt,
    Tmpfs: Object.fromEntries(service.tmpfs.map((entry) => splitOnce(entry, ':'))),
    ...(service.memoryBytes !== undefined && { Memory: service.memoryBytes }),
    ...(service.pidsLimit !== undefined && { PidsLimit: service.pidsLimit }),
  };
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

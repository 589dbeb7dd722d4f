import { resolve } from 'node:path';
import type { Service } from './model.ts';
import type { ComposeValues } from './values.ts';
import type { ComposeValue } from './yaml.ts';

/** Compose's own default for `stop_grace_period`, ms. */
const STOP_GRACE_MS = 10_000;

type Reader = (service: Service, value: ComposeValue, values: ComposeValues, directory: string) => void;

/** The keys of a service that dsc supports; every other is an error, never ignored. */
const READERS: Record<string, Reader> = {
  build: (service, value, values, directory) => {
    service.build = readBuild(value, values, directory);
  },
  image: (service, value, values) => {
    service.image = values.text(value);
  },
  command: (service, value, values) => {
    service.command = value.kind === 'nothing' ? [] : values.words(value);
  },
  environment: (service, value, values) => {
    service.environment = values.pairs(value);
  },
  ports: (service, value, values) => {
    service.ports = readPorts(value, values);
  },
  volumes: (service, value, values) => {
    service.volumes = readVolumes(value, values);
  },
  tmpfs: (service, value, values) => {
    service.tmpfs = values.textOrList(value);
  },
  depends_on: (service, value, values) => {
    service.dependsOn = readDependsOn(value, values);
  },
  healthcheck: (service, value, values) => {
    service.healthcheck = readHealthcheck(value, values);
  },
  init: (service, value, values) => {
    service.init = values.boolean(value);
  },
  read_only: (service, value, values) => {
    service.readOnly = values.boolean(value);
  },
  user: (service, value, values) => {
    service.user = values.text(value);
  },
  cap_drop: (service, value, values) => {
    service.capDrop = values.list(value);
  },
  security_opt: (service, value, values) => {
    service.securityOpt = values.list(value);
  },
  mem_limit: (service, value, values) => {
    service.memoryBytes = values.bytes(value);
  },
  pids_limit: (service, value, values) => {
    service.pidsLimit = values.integer(value);
  },
  stop_grace_period: (service, value, values) => {
    service.stopGraceMs = values.duration(value);
  },
  profiles: (service, value, values) => {
    service.profiles = values.list(value);
  },
  labels: (service, value, values) => {
    service.labels = values.pairs(value);
  },
};

/**
 * @param directory of the Compose file: relative paths start there
 * @throws UserError for a key or a value that dsc does not support
 */
export function readService(
  name: string,
  value: ComposeValue,
  values: ComposeValues,
  directory: string,
): Service {
  const service: Service = {
    name,
    command: [],
    environment: {},
    ports: [],
    volumes: [],
    tmpfs: [],
    dependsOn: [],
    init: false,
    readOnly: false,
    capDrop: [],
    securityOpt: [],
    stopGraceMs: STOP_GRACE_MS,
    profiles: [],
    labels: {},
  };
  for (const [key, entry] of values.map(value)) {
    if (key.startsWith('x-')) continue;
    const read = Object.hasOwn(READERS, key) ? READERS[key] : undefined;
    if (!read) values.file.fail(entry, `dsc does not support \`${key}\` of a service`);
    read(service, entry, values, directory);
  }
  if (!service.build && !service.image) values.file.fail(value, `${name} needs \`build\` or \`image\``);
  return service;
}

function readBuild(
  value: ComposeValue,
  values: ComposeValues,
  directory: string,
): NonNullable<Service['build']> {
  const build = { context: directory, dockerfile: 'Dockerfile', args: {} };
  if (value.kind === 'text') return { ...build, context: resolve(directory, value.text) };
  for (const [key, entry] of values.map(value)) {
    if (key === 'context') build.context = resolve(directory, values.text(entry));
    else if (key === 'dockerfile') build.dockerfile = values.text(entry);
    else if (key === 'args') build.args = values.pairs(entry);
    else values.file.fail(entry, `dsc does not support \`${key}\` of a build`);
  }
  return build;
}

/** `8081:8080`, `127.0.0.1:8081:8080`, or `8080`: any free host port (0). */
function readPorts(value: ComposeValue, values: ComposeValues): Service['ports'] {
  const ports = values.list(value).map((text) => {
    const [, hostIp, host, container] =
      /^(?:(?:(\d+\.\d+\.\d+\.\d+):)?(\d+):)?(\d+)(?:\/tcp)?$/.exec(text) ?? [];
    const port = { hostIp: hostIp ?? '', host: Number(host ?? 0), container: Number(container) };
    if (container !== undefined && port.host <= 65_535 && port.container <= 65_535) return port;
    return values.file.fail(value, `dsc does not support the port "${text}"; it should be like 8081:8080`);
  });
  if (ports.length > 1) values.file.fail(value, 'dsc supports one port of a service');
  return ports;
}

function readVolumes(value: ComposeValue, values: ComposeValues): Service['volumes'] {
  return values.list(value).map((text) => {
    const [, volume, target] = /^([A-Za-z0-9][\w.-]*):(\/[^:]*)(?::rw)?$/.exec(text) ?? [];
    if (volume !== undefined && target !== undefined) return { volume, target };
    return values.file.fail(value, `dsc supports named volumes only, like data:/data, not "${text}"`);
  });
}

function readDependsOn(value: ComposeValue, values: ComposeValues): string[] {
  if (value.kind === 'list') return values.list(value);
  return [...values.map(value)].map(([name, entry]) => {
    for (const [key, condition] of values.map(entry)) {
      if (key !== 'condition') values.file.fail(condition, `dsc does not support \`${key}\` of depends_on`);
      if (!['service_started', 'service_healthy'].includes(values.text(condition))) {
        values.file.fail(condition, `dsc does not support the condition "${values.text(condition)}"`);
      }
    }
    return name;
  });
}

function readHealthcheck(value: ComposeValue, values: ComposeValues): NonNullable<Service['healthcheck']> {
  const check = { test: ['NONE'], intervalMs: 30_000, timeoutMs: 30_000, retries: 3, startPeriodMs: 0 };
  for (const [key, entry] of values.map(value)) {
    if (key === 'test') {
      check.test = entry.kind === 'text' ? ['CMD-SHELL', entry.text] : values.list(entry);
    } else if (key === 'interval') check.intervalMs = values.duration(entry);
    else if (key === 'timeout') check.timeoutMs = values.duration(entry);
    else if (key === 'start_period') check.startPeriodMs = values.duration(entry);
    else if (key === 'retries') check.retries = values.integer(entry);
    else values.file.fail(entry, `dsc does not support \`${key}\` of a healthcheck`);
  }
  if (!['NONE', 'CMD', 'CMD-SHELL'].includes(check.test[0] ?? '')) {
    values.file.fail(value, 'the `test` of a healthcheck should begin with CMD, CMD-SHELL or NONE');
  }
  return check;
}

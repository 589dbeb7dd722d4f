import type Dockerode from 'dockerode';
import { UserError } from '../../course/user-error.ts';
import type { ComposeModel, Service } from '../compose/model.ts';
import type { NamedLink } from '../links.ts';
import type { LogLine, LogOptions, NodeState, Placement, Report, Runtime } from '../runtime.ts';
import { DockerContainers, isAlive } from './containers.ts';
import { dataDirectory, readFolder, writeIntoFolder } from './data.ts';
import { containerDefinition } from './definition.ts';
import type { Engine } from './engine.ts';
import { onEngine, unless } from './errors.ts';
import { imageId, prepareImages } from './images.ts';
import { DockerLogArchive } from './log-archive.ts';
import { followLog, readLog, type StampedLine } from './logs.ts';
import { dscLabels, names, SERVICE_LABEL, volumeLabels } from './names.ts';
import { hostUrl, placeInDocker, publishAddress } from './place.ts';
import { removeContainer, removeProject } from './remove.ts';
import { waitForWire, wireDefinition, wireImage } from './wire.ts';

/** How often a follower looks whether a node that has ended runs again, ms. */
const FOLLOW_EVERY_MS = 150;

/**
 * Runs each service as a container, as `docker compose up` would: its names and labels are Compose's own, so that `docker
 * compose ps`, `logs` and `down` see the nodes. The wire between them is one more container, with labels of dsc only, in the
 * same network. Everything is found again by labels.
 */
export class DockerRuntime implements Runtime {
  readonly name = 'docker';
  readonly #engine: Engine;
  readonly #docker: Dockerode;
  readonly #project: string;
  readonly #labels: Record<string, string>;
  readonly #containers: DockerContainers;
  readonly #earlier: DockerLogArchive;
  #network: Promise<unknown> | undefined;

  /**
   * @param project the Compose project's name
   * @param home directory for the output of containers that were replaced
   */
  constructor(engine: Engine, project: string, home: string) {
    this.#engine = engine;
    this.#docker = engine.docker;
    this.#project = project;
    this.#labels = dscLabels(project, home);
    this.#containers = new DockerContainers(engine, project);
    this.#earlier = new DockerLogArchive(home);
  }

  prepare(model: ComposeModel, report: Report): Promise<void> {
    return onEngine('building the images', () => prepareImages(this.#engine, model, this.#labels, report));
  }

  place(model: ComposeModel, named: NamedLink[]): Promise<Placement> {
    return onEngine('looking for free ports', async () => {
      const own = (await this.#containers.nodes()).flatMap(({ Ports }) =>
        Ports.map((port) => port.PublicPort),
      );
      return placeInDocker(this.#engine, model, named, new Set(own));
    });
  }

  startWire(model: ComposeModel, placement: Placement): Promise<void> {
    return onEngine('starting the wire', async () => {
      const { control } = placement;
      if (!control) return;
      await this.#makeNetwork();
      const image = await wireImage(this.#engine, model);
      const options = { hostIp: publishAddress(this.#engine), labels: this.#labels };
      const define = () => wireDefinition(this.#project, image, { ...placement, control }, options);
      const find = () => this.#containers.withLabels([`dsc.project=${this.#project}`, 'dsc.role=wire']);
      const [present] = await find();
      const same = present?.State === 'running' && present.Labels['dsc.hash'] === define().Labels['dsc.hash'];
      if (present && !same) await removeContainer(this.#engine, present.Id);
      if (!same) {
        await this.#containers.createAndStart(define, (port) => {
          control.url = hostUrl(this.#engine, port);
        });
      }
      const [wire] = await find();
      await waitForWire(this.#containers.get(wire!.Id), control.url);
    });
  }

  start(model: ComposeModel, service: Service, placement: Placement): Promise<void> {
    return onEngine(`starting ${service.name}`, async () => {
      const { name } = service;
      const present = await this.#containers.find(name);
      // A stack that was started by hand stays as it is.
      if (present && !placement.control) return this.#containers.startAgain(present);
      await this.#makeNetwork();
      const image = await imageId(this.#engine, this.#project, service);
      if (!image) throw notBuilt(name);
      const define = () => this.#define(model, service, placement, image);
      if (present && this.#isUpToDate(present, define())) return this.#containers.startAgain(present);
      if (present) await this.#replace(name, present.Id);
      await this.#makeVolumes(service);
      await this.#containers.createAndStart(define, (port) => {
        const wanted = Number(new URL(placement.nodes[name]!).port);
        placement.moved.push({ service: name, wanted, got: port });
        placement.nodes[name] = hostUrl(this.#engine, port);
      });
    });
  }

  kill(service: string): Promise<void> {
    return onEngine(`killing ${service}`, async () => {
      const found = await this.#containers.find(service);
      if (found) await this.#containers.kill(found);
    });
  }

  terminate(service: string, graceMs: number): Promise<{ exitCode: number | null; ms: number }> {
    return onEngine(`stopping ${service}`, async () => {
      const found = await this.#containers.find(service);
      if (!found || !isAlive(found)) return { exitCode: null, ms: 0 };
      const ms = await this.#containers.terminate(found, graceMs);
      const state = await this.state(service);
      return { exitCode: state.status === 'exited' ? state.exitCode : null, ms };
    });
  }

  pause(service: string): Promise<void> {
    return onEngine(`pausing ${service}`, async () => {
      const found = await this.#containers.find(service);
      if (found?.State !== 'running') return;
      await this.#containers.pause(found.Id);
    });
  }

  resume(service: string): Promise<void> {
    return onEngine(`resuming ${service}`, async () => {
      const found = await this.#containers.find(service);
      if (found?.State !== 'paused') return;
      await unless([304, 404, 409], this.#containers.get(found.Id).unpause());
    });
  }

  slow(service: string, share: number): Promise<void> {
    return onEngine(`slowing ${service}`, async () => {
      const found = await this.#containers.find(service);
      if (!found) throw notThere(service);
      await this.#containers.limit(found.Id, share);
    });
  }

  state(service: string): Promise<NodeState> {
    return onEngine(`looking at ${service}`, async () => {
      const found = await this.#containers.find(service);
      return found ? this.#containers.stateOf(found) : { status: 'absent' };
    });
  }

  states(): Promise<Record<string, NodeState>> {
    return onEngine('looking at the nodes', async () => {
      const nodes = await this.#containers.nodes();
      const states = nodes.map(async (found) => [
        found.Labels[SERVICE_LABEL],
        await this.#containers.stateOf(found),
      ]);
      return Object.fromEntries(await Promise.all(states));
    });
  }

  async *logs(service: string, options: LogOptions): AsyncIterable<LogLine> {
    const { follow, signal, tail } = options;
    const asLine = ({ stamp, text }: StampedLine) => ({ node: service, at: Date.parse(stamp), text });
    if (tail === undefined) for (const line of await this.#earlier.read(service)) yield asLine(line);
    let run = '';
    let last = { id: '', stamp: '' };
    do {
      const found = await this.#containers.inspect(service);
      if (!found || run === found.Id + found.State.StartedAt) {
        if (follow) await pauseFor(FOLLOW_EVERY_MS, signal);
        continue;
      }
      run = found.Id + found.State.StartedAt;
      if (found.Id !== last.id) last = { id: found.Id, stamp: '' };
      const container = this.#containers.get(found.Id);
      const lines = follow ? followLog(container, last.stamp, signal, tail) : await readLog(container, tail);
      for await (const line of lines) {
        last.stamp = line.stamp;
        yield asLine(line);
      }
    } while (follow && !signal?.aborted);
  }

  readData(service: string): Promise<Map<string, Buffer>> {
    return onEngine(`reading the data of ${service}`, async () => {
      const found = await this.#containers.inspect(service);
      return found ? readFolder(this.#containers.get(found.Id), dataDirectory(found)) : new Map();
    });
  }

  writeData(service: string, path: string, content: Buffer): Promise<void> {
    return onEngine(`writing the data of ${service}`, async () => {
      const found = await this.#containers.inspect(service);
      if (!found) throw notThere(service);
      await writeIntoFolder(this.#containers.get(found.Id), found, dataDirectory(found), path, content);
    });
  }

  /** The volume goes, and its container with it: the next start makes both anew, with the right owner. */
  wipeData(service: string): Promise<void> {
    return onEngine(`emptying the data of ${service}`, async () => {
      const found = await this.#containers.inspect(service);
      const mounted = (found?.Mounts ?? []).flatMap(({ Type, Name }) =>
        Type === 'volume' && Name && Name !== names.compiled(this.#project) ? Name : [],
      );
      if (found) await this.#replace(service, found.Id);
      const label = [`dsc.project=${this.#project}`, `dsc.service=${service}`];
      const labelled = (await this.#docker.listVolumes({ filters: { label } })).Volumes ?? [];
      const volumes = new Set([...mounted, ...labelled.map(({ Name }) => Name)]);
      await Promise.all([...volumes].map((name) => unless([404], this.#docker.getVolume(name).remove({}))));
    });
  }

  remove(options: { keepData?: boolean }): Promise<void> {
    return onEngine('removing the nodes', async () => {
      this.#network = undefined;
      await removeProject(this.#engine, this.#project, options);
      await this.#earlier.clear();
    });
  }

  #define(model: ComposeModel, service: Service, placement: Placement, image: string) {
    const port = Number(new URL(placement.nodes[service.name]!).port);
    const publish = { hostIp: publishAddress(this.#engine), port };
    return containerDefinition(model, service, { image, publish, labels: this.#labels });
  }

  /** Also false for one that was started by hand, in the network of Compose. */
  #isUpToDate(present: Dockerode.ContainerInfo, definition: Dockerode.ContainerCreateOptions): boolean {
    const hash = 'com.docker.compose.config-hash';
    const wired = Object.hasOwn(present.NetworkSettings.Networks, names.network(this.#project));
    return wired && present.Labels[hash] === definition.Labels?.[hash];
  }

  /** Removes a container; what it printed is kept. */
  async #replace(service: string, id: string): Promise<void> {
    await this.#earlier.add(service, await readLog(this.#containers.get(id)));
    await removeContainer(this.#engine, id);
  }

  /** Once, also when all services start at the same time. */
  #makeNetwork(): Promise<unknown> {
    const definition = { Name: names.network(this.#project), CheckDuplicate: true, Labels: this.#labels };
    // 409: it is there already.
    this.#network ??= unless([409], this.#docker.createNetwork(definition)).catch((error: unknown) => {
      this.#network = undefined;
      throw error;
    });
    return this.#network;
  }

  async #makeVolumes(service: Service): Promise<void> {
    await this.#docker.createVolume({ Name: names.compiled(this.#project), Labels: this.#labels });
    for (const { volume } of service.volumes) {
      const labels = { ...volumeLabels(this.#project, volume), 'dsc.service': service.name };
      const Name = names.volume(this.#project, volume);
      await this.#docker.createVolume({ Name, Labels: { ...this.#labels, ...labels } });
    }
  }
}

function notThere(service: string): UserError {
  return new UserError(`${service} has no container.`, {
    code: 'docker-no-container',
    why: 'It was not started yet, or its container was removed.',
    fix: 'dsc start <session> starts the nodes.',
  });
}

function notBuilt(service: string): UserError {
  return new UserError(`The image of ${service} is not there.`, {
    code: 'docker-no-image',
    why: 'It was not built yet, or it was removed.',
    fix: 'dsc start <session> builds it.',
  });
}

/** Resolves early, without an error, when the signal aborts. */
function pauseFor(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener('abort', end);
  });
}

import { createHash, randomBytes } from 'node:crypto';
import { appendFile, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type Dockerode from 'dockerode';
import { UserError } from '../course/user-error.ts';
import type { ComposeModel, Service } from './compose-model.ts';
import { dataDirectory, readFolder, writeIntoFolder } from './docker-data.ts';
import { containerDefinition } from './docker-definition.ts';
import { isPortTaken, onEngine, unless } from './docker-errors.ts';
import { imageId, prepareImages } from './docker-images.ts';
import { followLog, readLog } from './docker-logs.ts';
import {
  dscLabels,
  names,
  networkLabels,
  PROJECT_LABEL,
  SERVICE_LABEL,
  volumeLabels,
} from './docker-names.ts';
import { removeContainer, removeProject } from './docker-remove.ts';
import { wireDefinition, wireImage } from './docker-wire.ts';
import type { Engine } from './engine.ts';
import { httpRequest } from './http.ts';
import type { NamedLink } from './links.ts';
import { freePorts, portIsFree } from './ports.ts';
import type { LogLine, NodeState, Placement, Report, Runtime } from './runtime.ts';
import { until } from './until.ts';

/** Inside the wire's container: its control API, and the first of its listeners. */
const CONTROL_PORT = 7000;
const FIRST_LINK_PORT = 7001;

/** How often a container is made anew because its host port was taken in the meantime. */
const PORT_ATTEMPTS = 5;

/** How long the wire may take to its first answer, ms. */
const WIRE_WITHIN_MS = 20_000;

/** Processor time is dealt out in slices of this length, µs; a share below 1 % is refused by the kernel. */
const CPU_PERIOD = 100_000;
const SMALLEST_SHARE = 0.01;

/** Exit codes by which a shell, and so an init process, tells of a signal. */
const SIGNALS: Readonly<Record<number, string>> = {
  134: 'SIGABRT',
  137: 'SIGKILL',
  139: 'SIGSEGV',
  143: 'SIGTERM',
};

/**
 * Runs each service as a container, as `docker compose up` would: its names and labels are Compose's own, so that `docker
 * compose ps`, `logs` and `down` see the nodes. The wire between them is one more container, with labels of dsc only, in a
 * network of its own. Everything is found again by labels.
 */
export class DockerRuntime implements Runtime {
  readonly name = 'docker';
  readonly #engine: Engine;
  readonly #docker: Dockerode;
  readonly #project: string;
  readonly #home: string;
  readonly #labels: Record<string, string>;
  #networks: Promise<void> | undefined;

  /**
   * @param project the Compose project's name
   * @param home directory for the output of containers that were replaced
   */
  constructor(engine: Engine, project: string, home: string) {
    this.#engine = engine;
    this.#docker = engine.docker;
    this.#project = project;
    this.#home = home;
    this.#labels = dscLabels(project, home);
  }

  prepare(model: ComposeModel, report: Report): Promise<void> {
    return onEngine('building the images', () => prepareImages(this.#engine, model, this.#labels, report));
  }

  place(model: ComposeModel, named: NamedLink[]): Promise<Placement> {
    return onEngine('looking for free ports', async () => {
      const own = await this.#ownPorts();
      const spare = await freePorts(model.services.length + 1);
      const moved: Placement['moved'] = [];
      const nodes: Record<string, string> = {};
      for (const service of model.services) {
        const wanted = service.ports[0]?.host;
        let port = spare.pop()!;
        if (wanted && (own.has(wanted) || (await this.#mayBeFree(wanted)))) port = wanted;
        else if (wanted) moved.push({ service: service.name, wanted, got: port });
        nodes[service.name] = this.#url(port);
      }
      const links = named.map(({ from, to, port }, index) => {
        const listenPort = FIRST_LINK_PORT + index;
        const url = `http://wire:${listenPort}`;
        return { from, to, target: `http://${to}:${port}`, listenHost: '0.0.0.0', listenPort, url };
      });
      const control = {
        url: this.#url(spare.pop()!),
        listenHost: '0.0.0.0',
        listenPort: CONTROL_PORT,
        token: randomBytes(16).toString('hex'),
      };
      return { nodes, links, control, moved };
    });
  }

  startWire(model: ComposeModel, placement: Placement): Promise<void> {
    return onEngine('starting the wire', async () => {
      const { control } = placement;
      if (!control) return;
      await this.#makeNetworks();
      const image = await wireImage(this.#engine, model);
      const define = () => this.#defineWire(image, { ...placement, control });
      const [present] = await this.#list([`dsc.project=${this.#project}`, 'dsc.role=wire']);
      const same =
        present?.State === 'running' && present.Labels['dsc.hash'] === define().Labels?.['dsc.hash'];
      if (!same) {
        if (present) await removeContainer(this.#engine, present.Id);
        await this.#createAndStart(define, [], (port) => {
          control.url = this.#url(port);
        });
      }
      await until(
        async () =>
          (await httpRequest('GET', `${control.url}/health`, { timeoutMs: 1_000 }).catch(() => undefined))
            ?.status === 200,
        { withinMs: WIRE_WITHIN_MS, what: 'the wire to answer' },
      );
    });
  }

  start(model: ComposeModel, service: Service, placement: Placement): Promise<void> {
    return onEngine(`starting ${service.name}`, async () => {
      const present = await this.#find(service.name);
      const byHand = !placement.control;
      if (present && byHand) return this.#startAgain(present);
      await this.#makeNetworks();
      const image = await imageId(this.#engine, this.#project, service);
      if (!image) throw notBuilt(service.name);
      const define = () => this.#define(model, service, placement, image);
      if (present && this.#isUpToDate(present, define())) return this.#startAgain(present);
      if (present) await this.#removeKeepingLog(service.name, present.Id);
      await this.#makeVolumes(service);
      await this.#createAndStart(
        define,
        [{ network: names.wireNetwork(this.#project), alias: service.name }],
        (port) => {
          const url = placement.nodes[service.name]!;
          placement.moved.push({ service: service.name, wanted: Number(new URL(url).port), got: port });
          placement.nodes[service.name] = this.#url(port);
        },
      );
    });
  }

  kill(service: string): Promise<void> {
    return onEngine(`killing ${service}`, async () => {
      const found = await this.#find(service);
      if (found) await this.#kill(found);
    });
  }

  terminate(service: string, graceMs: number): Promise<{ exitCode: number | null; ms: number }> {
    return onEngine(`stopping ${service}`, async () => {
      const found = await this.#find(service);
      if (!found || !isAlive(found)) return { exitCode: null, ms: 0 };
      const container = this.#docker.getContainer(found.Id);
      // A frozen process cannot end by itself.
      if (found.State === 'paused') await unless([304, 404, 409, 500], container.unpause());
      const began = performance.now();
      const patience = AbortSignal.timeout(graceMs);
      const ended = container.wait({ abortSignal: patience }).catch((error: unknown) => {
        if (!patience.aborted) throw error;
      });
      await unless([304, 404, 409], container.kill({ signal: 'SIGTERM' }));
      await ended;
      if (patience.aborted) await this.#kill(found);
      const ms = performance.now() - began;
      const state = await this.state(service);
      return { exitCode: state.status === 'exited' ? state.exitCode : null, ms };
    });
  }

  pause(service: string): Promise<void> {
    return onEngine(`pausing ${service}`, async () => {
      const found = await this.#find(service);
      if (found?.State === 'running')
        await unless([304, 404, 409], this.#docker.getContainer(found.Id).pause());
    });
  }

  resume(service: string): Promise<void> {
    return onEngine(`resuming ${service}`, async () => {
      const found = await this.#find(service);
      if (found?.State === 'paused')
        await unless([304, 404, 409], this.#docker.getContainer(found.Id).unpause());
    });
  }

  slow(service: string, share: number): Promise<void> {
    return onEngine(`slowing ${service}`, async () => {
      const found = await this.#find(service);
      if (!found) throw notThere(service);
      await this.#limit(found.Id, share);
    });
  }

  state(service: string): Promise<NodeState> {
    return onEngine(`looking at ${service}`, async () => {
      const found = await this.#find(service);
      return found ? this.#stateOf(found) : { status: 'absent' };
    });
  }

  states(): Promise<Record<string, NodeState>> {
    return onEngine('looking at the nodes', async () => {
      const containers = await this.#list(this.#nodeLabels());
      const states = containers.map(async (found) => [
        found.Labels[SERVICE_LABEL],
        await this.#stateOf(found),
      ]);
      return Object.fromEntries(await Promise.all(states));
    });
  }

  async *logs(service: string, options: { follow?: boolean; signal?: AbortSignal }): AsyncIterable<LogLine> {
    const line = ({ stamp, text }: { stamp: string; text: string }) => ({
      node: service,
      at: Date.parse(stamp),
      text,
    });
    for (const earlier of await this.#earlierLog(service)) yield line(earlier);
    const seen = { id: '', startedAt: '', stamp: '' };
    do {
      const found = await this.#inspect(service);
      if (found && (found.Id !== seen.id || found.State.StartedAt !== seen.startedAt)) {
        if (found.Id !== seen.id) seen.stamp = '';
        Object.assign(seen, { id: found.Id, startedAt: found.State.StartedAt });
        const container = this.#docker.getContainer(found.Id);
        const lines = options.follow
          ? followLog(container, seen.stamp, options.signal)
          : await readLog(container);
        for await (const next of lines) {
          seen.stamp = next.stamp;
          yield line(next);
        }
      } else if (options.follow) await pauseFor(150, options.signal);
    } while (options.follow && !options.signal?.aborted);
  }

  readData(service: string): Promise<Map<string, Buffer>> {
    return onEngine(`reading the data of ${service}`, async () => {
      const found = await this.#inspect(service);
      if (!found) return new Map();
      return readFolder(this.#docker.getContainer(found.Id), dataDirectory(found));
    });
  }

  writeData(service: string, path: string, content: Buffer): Promise<void> {
    return onEngine(`writing the data of ${service}`, async () => {
      const found = await this.#inspect(service);
      if (!found) throw notThere(service);
      await writeIntoFolder(this.#docker.getContainer(found.Id), found, dataDirectory(found), path, content);
    });
  }

  /** The volume goes, and its container with it: the next start makes both anew, with the right owner. */
  wipeData(service: string): Promise<void> {
    return onEngine(`emptying the data of ${service}`, async () => {
      const found = await this.#find(service);
      const mounted = (found?.Mounts ?? []).flatMap(({ Type, Name }) =>
        Type === 'volume' && Name ? Name : [],
      );
      if (found) await this.#removeKeepingLog(service, found.Id);
      const label = [`dsc.project=${this.#project}`, `dsc.service=${service}`];
      const { Volumes } = await this.#docker.listVolumes({ filters: { label } });
      const volumes = new Set([...mounted, ...(Volumes ?? []).map(({ Name }) => Name)]);
      await Promise.all([...volumes].map((name) => unless([404], this.#docker.getVolume(name).remove())));
    });
  }

  remove(options: { keepData?: boolean }): Promise<void> {
    return onEngine('removing the nodes', async () => {
      this.#networks = undefined;
      await removeProject(this.#engine, this.#project, options);
      await rm(join(this.#home, 'logs'), { recursive: true, force: true });
    });
  }

  // Containers

  #define(model: ComposeModel, service: Service, placement: Placement, image: string) {
    const port = Number(new URL(placement.nodes[service.name]!).port);
    return containerDefinition(model, service, {
      image,
      publish: { hostIp: this.#publishOn(), port },
      labels: this.#labels,
    });
  }

  #defineWire(image: string, placement: Placement & Required<Pick<Placement, 'control'>>) {
    const options = { hostIp: this.#publishOn(), labels: this.#labels };
    const definition = wireDefinition(this.#project, image, placement, options);
    const hash = createHash('sha256').update(JSON.stringify(definition)).digest('hex');
    return { ...definition, Labels: { ...definition.Labels, 'dsc.hash': hash } };
  }

  /** Also false for one that an interrupted dsc left without its second network. */
  #isUpToDate(present: Dockerode.ContainerInfo, definition: Dockerode.ContainerCreateOptions): boolean {
    const hash = 'com.docker.compose.config-hash';
    const wired = Object.keys(present.NetworkSettings.Networks).includes(names.wireNetwork(this.#project));
    return wired && present.Labels[hash] === definition.Labels?.[hash];
  }

  async #startAgain(present: Dockerode.ContainerInfo): Promise<void> {
    await this.#kill(present);
    const container = this.#docker.getContainer(present.Id);
    const { HostConfig } = await container.inspect();
    if ((HostConfig.CpuQuota ?? 0) > 0) await this.#limit(present.Id, 1);
    await unless([304], container.start());
  }

  /**
   * Creates and starts a container; where its host port has been taken since it was chosen, on another port.
   * @param define gives the definition, with the port that is the right one by then
   * @param move told the new port
   */
  async #createAndStart(
    define: () => Dockerode.ContainerCreateOptions,
    networks: { network: string; alias: string }[],
    move: (port: number) => void,
  ): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const container = await this.#create(define());
      try {
        for (const { network, alias } of networks) {
          const EndpointConfig = { Aliases: [alias] };
          await this.#docker.getNetwork(network).connect({ Container: container.id, EndpointConfig });
        }
        await container.start();
        return;
      } catch (error) {
        await removeContainer(this.#engine, container.id);
        if (!isPortTaken(error) || attempt === PORT_ATTEMPTS) throw error;
        const [port = 0] = await freePorts(1);
        move(port);
      }
    }
  }

  /** A container that has the name but not our labels is in the way: it cannot be a node of this project. */
  async #create(definition: Dockerode.ContainerCreateOptions): Promise<Dockerode.Container> {
    const created = await unless([409], this.#docker.createContainer(definition));
    if (created) return created;
    throw new UserError(`There is a container called ${definition.name} already.`, {
      code: 'docker-name-taken',
      why: 'It was not made by dsc or by docker compose for this project.',
      fix: `docker rm -f ${definition.name}`,
    });
  }

  async #kill(found: Dockerode.ContainerInfo): Promise<void> {
    if (!isAlive(found)) return;
    const container = this.#docker.getContainer(found.Id);
    await unless([304, 404, 409], container.kill());
    const state = (await unless([404], container.inspect()))?.State;
    if (!state?.Running) return;
    // Some engines do not kill what is paused.
    await unless([304, 404, 409, 500], container.unpause());
    await unless([304, 404, 409], container.kill());
    await unless([404], container.wait());
  }

  async #limit(id: string, share: number): Promise<void> {
    const quota = share >= 1 ? -1 : Math.round(Math.max(share, SMALLEST_SHARE) * CPU_PERIOD);
    await this.#docker.getContainer(id).update({ CpuPeriod: CPU_PERIOD, CpuQuota: quota });
  }

  async #stateOf(found: Dockerode.ContainerInfo): Promise<NodeState> {
    if (found.State === 'running' || found.State === 'paused') return { status: found.State };
    if (found.State === 'created') return { status: 'absent' };
    const info = await unless([404], this.#docker.getContainer(found.Id).inspect());
    if (!info) return { status: 'absent' };
    const signal = SIGNALS[info.State.ExitCode] ?? null;
    return { status: 'exited', exitCode: signal ? null : info.State.ExitCode, signal };
  }

  async #find(service: string): Promise<Dockerode.ContainerInfo | undefined> {
    const found = await this.#list([...this.#nodeLabels(), `${SERVICE_LABEL}=${service}`]);
    return found[0];
  }

  async #inspect(service: string): Promise<Dockerode.ContainerInspectInfo | undefined> {
    const found = await this.#find(service);
    return found && unless([404], this.#docker.getContainer(found.Id).inspect());
  }

  #nodeLabels(): string[] {
    return [`${PROJECT_LABEL}=${this.#project}`, 'com.docker.compose.oneoff=False'];
  }

  #list(label: string[]): Promise<Dockerode.ContainerInfo[]> {
    return this.#docker.listContainers({ all: true, filters: { label } });
  }

  // The output of containers that were replaced

  async #removeKeepingLog(service: string, id: string): Promise<void> {
    const lines = await readLog(this.#docker.getContainer(id));
    if (lines.length > 0) {
      await mkdir(join(this.#home, 'logs'), { recursive: true });
      const text = lines.map((line) => `${line.stamp} ${line.text}\n`).join('');
      await appendFile(this.#earlierLogFile(service), text);
    }
    await removeContainer(this.#engine, id);
  }

  async #earlierLog(service: string): Promise<{ stamp: string; text: string }[]> {
    const text = await readFile(this.#earlierLogFile(service), 'utf8').catch(() => '');
    const lines = text.split('\n').slice(0, -1);
    return lines.map((line) => {
      const space = line.indexOf(' ');
      return { stamp: line.slice(0, space), text: line.slice(space + 1) };
    });
  }

  #earlierLogFile(service: string): string {
    return join(this.#home, 'logs', `${service}.containers.log`);
  }

  // Networks, volumes, ports

  #makeNetworks(): Promise<void> {
    this.#networks ??= this.#makeBothNetworks().catch((error: unknown) => {
      this.#networks = undefined;
      throw error;
    });
    return this.#networks;
  }

  async #makeBothNetworks(): Promise<void> {
    const make = (Name: string, labels: Record<string, string>) =>
      // 409: it is there already.
      unless(
        [409],
        this.#docker.createNetwork({ Name, CheckDuplicate: true, Labels: { ...this.#labels, ...labels } }),
      );
    await make(names.network(this.#project), networkLabels(this.#project));
    await make(names.wireNetwork(this.#project), {});
  }

  async #makeVolumes(service: Service): Promise<void> {
    for (const { volume } of service.volumes) {
      const Labels = { ...this.#labels, ...volumeLabels(this.#project, volume), 'dsc.service': service.name };
      await this.#docker.createVolume({ Name: names.volume(this.#project, volume), Labels });
    }
  }

  /** Host ports that this project's own nodes have: they are free for the containers that replace them. */
  async #ownPorts(): Promise<Set<number>> {
    const containers = await this.#list([`${PROJECT_LABEL}=${this.#project}`]);
    return new Set(containers.flatMap(({ Ports }) => Ports.map(({ PublicPort }) => PublicPort)));
  }

  /** Ports of another machine cannot be tried from here; the start shows whether they are free. */
  async #mayBeFree(port: number): Promise<boolean> {
    return !this.#engine.isLocal || portIsFree(port);
  }

  #url(port: number): string {
    return `http://${this.#engine.host}:${port}`;
  }

  #publishOn(): string {
    return this.#engine.isLocal ? '127.0.0.1' : '0.0.0.0';
  }
}

function isAlive({ State }: Dockerode.ContainerInfo): boolean {
  return State === 'running' || State === 'paused' || State === 'restarting';
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
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => [clearTimeout(timer), resolve()], { once: true });
  });
}

import type Dockerode from 'dockerode';
import { UserError } from '../../course/user-error.ts';
import { freePorts } from '../ports.ts';
import type { NodeState } from '../runtime.ts';
import type { Engine } from './engine.ts';
import { isPortTaken, unless } from './errors.ts';
import { PROJECT_LABEL, SERVICE_LABEL } from './names.ts';
import { removeContainer } from './remove.ts';

/** How often a container is made anew because its host port was taken in the meantime. */
const PORT_ATTEMPTS = 5;

/** runc gives up freezing processes that are very busy; a moment later they can be frozen. */
const PAUSE_ATTEMPTS = 5;

/** Processor time is dealt out in slices of this length, µs; a share below 1 % is refused by the kernel. */
const CPU_PERIOD = 100_000;
const SMALLEST_SHARE = 0.01;

/** Exit codes by which an init process tells of the signal that ended its child. */
const SIGNALS: Readonly<Record<number, string>> = {
  134: 'SIGABRT',
  137: 'SIGKILL',
  139: 'SIGSEGV',
  143: 'SIGTERM',
};

/** Finds, starts and ends the containers of one project. A goal that is reached already is no error. */
export class DockerContainers {
  readonly #engine: Engine;
  readonly #docker: Dockerode;
  readonly #project: string;

  constructor(engine: Engine, project: string) {
    this.#engine = engine;
    this.#docker = engine.docker;
    this.#project = project;
  }

  /** The nodes' containers, whoever started them: dsc, or `docker compose` of any version. */
  nodes(): Promise<Dockerode.ContainerInfo[]> {
    return this.withLabels(this.#nodeLabels());
  }

  async find(service: string): Promise<Dockerode.ContainerInfo | undefined> {
    const found = await this.withLabels([...this.#nodeLabels(), `${SERVICE_LABEL}=${service}`]);
    return found[0];
  }

  async inspect(service: string): Promise<Dockerode.ContainerInspectInfo | undefined> {
    const found = await this.find(service);
    return found && unless([404], this.get(found.Id).inspect());
  }

  get(id: string): Dockerode.Container {
    return this.#docker.getContainer(id);
  }

  withLabels(label: string[]): Promise<Dockerode.ContainerInfo[]> {
    return this.#docker.listContainers({ all: true, filters: { label } });
  }

  /** A container that was never started counts as absent. */
  async stateOf(found: Dockerode.ContainerInfo): Promise<NodeState> {
    if (found.State === 'running' || found.State === 'paused') return { status: found.State };
    const state = found.State === 'created' ? undefined : await unless([404], this.get(found.Id).inspect());
    if (!state) return { status: 'absent' };
    const { ExitCode } = state.State;
    const signal = SIGNALS[ExitCode] ?? null;
    return { status: 'exited', exitCode: signal ? null : ExitCode, signal };
  }

  /**
   * Creates and starts a container; where its host port has been taken since it was chosen, on another port.
   * @param define gives the definition, with the port that is the right one by then
   * @param move told the new port
   */
  async createAndStart(
    define: () => Dockerode.ContainerCreateOptions,
    move: (port: number) => void,
  ): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const container = await this.#create(define());
      try {
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

  /** Kills it if it runs, and starts it at full speed. */
  async startAgain(found: Dockerode.ContainerInfo): Promise<void> {
    await this.kill(found);
    const container = this.get(found.Id);
    const { HostConfig } = await container.inspect();
    if ((HostConfig.CpuQuota ?? 0) > 0) await this.limit(found.Id, 1);
    await unless([304], container.start());
  }

  async kill(found: Dockerode.ContainerInfo): Promise<void> {
    if (!isAlive(found)) return;
    const container = this.get(found.Id);
    await unless([304, 404, 409], container.kill());
    const state = (await unless([404], container.inspect()))?.State;
    if (!state?.Running) return;
    // Some engines do not kill what is paused.
    await unless([304, 404, 409, 500], container.unpause());
    await unless([304, 404, 409], container.kill());
    await unless([404], container.wait());
  }

  /** SIGTERM, and SIGKILL after `graceMs`. @returns how long the end took, ms */
  async terminate(found: Dockerode.ContainerInfo, graceMs: number): Promise<number> {
    const container = this.get(found.Id);
    // A frozen process cannot end by itself.
    if (found.State === 'paused') await unless([304, 404, 409, 500], container.unpause());
    const began = performance.now();
    const patience = AbortSignal.timeout(graceMs);
    const ended = container.wait({ abortSignal: patience }).catch((error: unknown) => {
      if (!patience.aborted && !(error as { statusCode?: number }).statusCode) throw error;
    });
    await unless([304, 404, 409], container.kill({ signal: 'SIGTERM' }));
    await ended;
    if (patience.aborted) await this.kill(found);
    return performance.now() - began;
  }

  async pause(id: string): Promise<void> {
    for (let left = PAUSE_ATTEMPTS; ; left--) {
      try {
        await unless([304, 404, 409], this.get(id).pause());
        return;
      } catch (error) {
        if (left === 1 || !/unable to freeze/.test(String(error))) throw error;
      }
    }
  }

  /** Leaves a container this share (0..1) of one processor; 1 is no limit. */
  async limit(id: string, share: number): Promise<void> {
    const quota = share >= 1 ? -1 : Math.round(Math.max(share, SMALLEST_SHARE) * CPU_PERIOD);
    await this.get(id).update({ CpuPeriod: CPU_PERIOD, CpuQuota: quota });
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

  #nodeLabels(): string[] {
    return [`${PROJECT_LABEL}=${this.#project}`, 'com.docker.compose.oneoff=False'];
  }
}

export function isAlive({ State }: Dockerode.ContainerInfo): boolean {
  return State === 'running' || State === 'paused' || State === 'restarting';
}

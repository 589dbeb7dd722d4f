import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BaseImages, ensureBaseImages } from '../../src/stack/docker/base-images.ts';
import { type Engine, findEngine } from '../../src/stack/docker/engine.ts';
import { DockerRuntime } from '../../src/stack/docker/runtime.ts';
import { freePorts } from '../../src/stack/ports.ts';
import { Stack } from '../../src/stack/stack.ts';

export const REPOSITORY = join(import.meta.dirname, '../..');
export const COMPOSE_FILE = join(REPOSITORY, 'compose/00-messages/docker-compose.yml');
export const NODES = ['node1', 'node2', 'node3'];

/** The engine of these tests. They cannot run without one, and say so. */
export async function requireEngine(): Promise<Engine> {
  const engine = await findEngine(process.env);
  if (!engine.found) throw new Error(`these tests need a Docker engine: ${engine.why}`);
  return engine;
}

let projects = 0;

/** A Compose project's name that no other test has. */
export function uniqueProject(): string {
  return `dsc-test-${process.pid}-${++projects}`;
}

/** A project of the three message nodes, on ports of its own, and what takes everything of it away again. */
export class DockerProject {
  readonly engine: Engine;
  readonly project = uniqueProject();
  readonly home: string;
  readonly ports: number[];
  readonly variables: Record<string, string>;
  readonly runtime: DockerRuntime;

  private constructor(engine: Engine, images: BaseImages, home: string, ports: number[]) {
    this.engine = engine;
    this.home = home;
    this.ports = ports;
    this.runtime = new DockerRuntime(engine, this.project, home);
    this.variables = {
      ...images,
      COMPOSE_PROJECT_NAME: this.project,
      ...Object.fromEntries(ports.map((port, index) => [`NODE${index + 1}_PORT`, String(port)])),
    };
  }

  static async make(): Promise<DockerProject> {
    const engine = await requireEngine();
    const images = await ensureBaseImages(engine, ['node'], () => {});
    const home = await mkdtemp(join(tmpdir(), 'dsc-docker-'));
    return new DockerProject(engine, images, home, await freePorts(3));
  }

  stack(variables: Record<string, string> = {}): Promise<Stack> {
    return Stack.create({
      home: this.home,
      composeFile: COMPOSE_FILE,
      variables: { ...this.variables, ...variables },
      runtime: () => this.runtime,
      report: () => {},
    });
  }

  /** Containers, networks, volumes and images of the project, by name. */
  async leftovers(): Promise<string[]> {
    const { docker } = this.engine;
    const found = await Promise.all(
      [`dsc.project=${this.project}`, `com.docker.compose.project=${this.project}`].map(async (label) => {
        const filters = { label: [label] };
        const [containers, networks, volumes, images] = await Promise.all([
          docker.listContainers({ all: true, filters }),
          docker.listNetworks({ filters }),
          docker.listVolumes({ filters }),
          docker.listImages({ filters }),
        ]);
        return [
          ...containers.flatMap(({ Names }) => Names),
          ...networks.map(({ Name }) => Name),
          ...(volumes.Volumes ?? []).map(({ Name }) => Name),
          ...images.map(({ Id, RepoTags }) => RepoTags?.[0] ?? Id),
        ];
      }),
    );
    return [...new Set(found.flat())].sort();
  }

  async remove(): Promise<void> {
    await this.runtime.remove({});
    await rm(this.home, { recursive: true, force: true });
  }
}

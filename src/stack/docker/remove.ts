import { until } from '../until.ts';
import type { Engine } from './engine.ts';
import { statusOf, unless } from './errors.ts';
import { PROJECT_LABEL } from './names.ts';

/** How long the engine may take to remove a container that somebody else has begun to remove, ms. */
const REMOVAL_MS = 30_000;

/** How often a project is gone through again because something new appeared in it. */
const ROUNDS = 5;

/**
 * Removes everything of a project that has dsc's or Compose's labels: also what an earlier dsc, or one that was interrupted,
 * has left. What is gone already is no error.
 */
export async function removeProject(
  engine: Engine,
  project: string,
  options: { keepData?: boolean },
): Promise<void> {
  const { docker } = engine;
  const labels = [`dsc.project=${project}`, `${PROJECT_LABEL}=${project}`];
  for (let round = 1; ; round++) {
    const containers = await found(labels, (filters) => docker.listContainers({ all: true, filters }));
    await Promise.all(containers.map(({ Id }) => removeContainer(engine, Id)));
    const networks = await found(labels, (filters) => docker.listNetworks({ filters }));
    const removals = await Promise.allSettled(networks.map(({ Id }) => removeNetwork(engine, Id)));
    const failed = removals.find((removal) => removal.status === 'rejected');
    if (!failed) break;
    // In use: a dsc that was interrupted has just made one more container in it.
    const inUse = statusOf(failed.reason) === 403;
    const isLast = round === ROUNDS;
    if (!inUse || (isLast && containers.length > 0)) throw failed.reason;
    // Some engines lose count of who is in a network. It is in nobody's way: the next start takes it as it is.
    if (isLast) break;
  }
  if (options.keepData) return;
  const volumes = await found(
    labels,
    async (filters) => (await docker.listVolumes({ filters })).Volumes ?? [],
  );
  await Promise.all(volumes.map(({ Name }) => unless([404], docker.getVolume(Name).remove({ force: true }))));
  const images = await docker.listImages({ filters: { label: [`dsc.project=${project}`] } });
  await removeImages(
    engine,
    images.map(({ Id }) => Id),
    { force: true },
  );
}

/** What dsc makes for all projects, a new one for each version of itself or of Node and Python. */
const SHARED_IMAGES = ['dsc-wire', 'dsc-base-node', 'dsc-base-python'];

/** A younger image may belong to another checkout that is being worked with, s. */
const A_WEEK = 7 * 24 * 3600;

/**
 * Removes shared images that are more than a week old. The newest of each stays, and one that a container uses.
 * @param now epoch seconds
 */
export async function removeOldImages(engine: Engine, now = Date.now() / 1000): Promise<void> {
  for (const reference of SHARED_IMAGES) {
    const images = await engine.docker.listImages({ filters: { reference: [reference] } });
    const [, ...earlier] = images.toSorted((a, b) => b.Created - a.Created);
    const old = earlier.filter(({ Created }) => now - Created > A_WEEK);
    const tags = old.flatMap(({ RepoTags }) => RepoTags ?? []);
    await removeImages(engine, tags);
  }
}

/**
 * Removes images by id or tag; one that is in use stays. With an image the engine removes the layers below that nobody needs,
 * and stumbles when another removal, ours or of another dsc, has just taken the same ones: the image itself is gone by then.
 */
export async function removeImages(
  { docker }: Engine,
  names: readonly string[],
  options: { force?: boolean } = {},
): Promise<void> {
  for (const name of names) {
    try {
      await unless([404, 409], docker.getImage(name).remove(options));
    } catch (error) {
      if (!/unrecognized image ID/i.test(String(error))) throw error;
    }
  }
}

export async function removeContainer(engine: Engine, id: string): Promise<void> {
  const container = engine.docker.getContainer(id);
  // 409: a removal is under way already.
  await unless([404, 409], container.remove({ force: true, v: true }));
  await until(async () => (await unless([404], container.inspect())) === undefined, {
    withinMs: REMOVAL_MS,
    what: `the engine to remove the container ${id.slice(0, 12)}`,
  });
}

/** A container of somebody else in the network is put out of it, as the network cannot be removed otherwise. */
async function removeNetwork(engine: Engine, id: string): Promise<void> {
  const network = engine.docker.getNetwork(id);
  const info = await unless([404], network.inspect());
  const strangers = Object.keys((info?.Containers as Record<string, unknown> | undefined) ?? {});
  await Promise.all(
    strangers.map((Container) => unless([404], network.disconnect({ Container, Force: true }))),
  );
  await unless([404], network.remove());
}

/** The engine joins the labels of a filter by "and"; here it is "or", each thing once. */
async function found<T extends { Id?: string; Name?: string }>(
  labels: readonly string[],
  list: (filters: { label: string[] }) => Promise<T[]>,
): Promise<T[]> {
  const lists = await Promise.all(labels.map((label) => list({ label: [label] })));
  return [...new Map(lists.flat().map((thing) => [thing.Id ?? thing.Name, thing])).values()];
}

import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { ExitCode, UserError } from '../../course/user-error.ts';
import type { ComposeModel, Service } from '../compose/model.ts';
import type { Report } from '../runtime.ts';
import { hasImage, jsonLines, pull } from './base-images.ts';
import type { Engine } from './engine.ts';
import { statusOf, unless } from './errors.ts';
import { filesBelow, type ImageFile, tarOf } from './image-files.ts';
import { names, PROJECT_LABEL } from './names.ts';
import { removeImages } from './remove.ts';

type Build = NonNullable<Service['build']>;

/** Never part of an image: installed packages, caches, version control. */
const LEFT_OUT = /^(node_modules|__pycache__|\.git|\.venv|\.dsc|\.DS_Store|\.(mypy|ruff|pytest)_cache)$/;

/** How much of a failed build's output is shown. */
const SHOWN_LINES = 15;

/**
 * Builds or pulls the image of every service and names it as Compose does. Services with the same code share one build.
 * Images that were replaced are removed.
 * @param labels for the images
 * @throws UserError `build-failed` with the last lines of the output
 */
export async function prepareImages(
  engine: Engine,
  model: ComposeModel,
  labels: Record<string, string>,
  report: Report,
): Promise<void> {
  const builds = new Map<string, { build: Build; services: string[] }>();
  for (const { name, build, image } of model.services) {
    if (build) {
      const key = JSON.stringify([build.context, build.dockerfile, Object.entries(build.args).sort()]);
      const same = builds.get(key) ?? { build, services: [] };
      same.services.push(name);
      builds.set(key, same);
    } else if (image && !(await hasImage(engine, image))) {
      const refusal = await pull(engine, image, report);
      if (refusal) throw new UserError(refusal, { code: 'docker-pull', fix: `docker pull ${image}` });
    }
  }
  // All of them are waited for: one that went on in the background would leave its image behind.
  const results = await Promise.allSettled(
    [...builds.values()].map(async ({ build, services }) => {
      report(`building ${services.join(', ')}`);
      const tags = services.map((service) => names.image(model.project, service));
      const files = await contextFiles(build);
      await buildImage(engine, files, {
        what: services.join(', '),
        dockerfile: build.dockerfile,
        buildargs: build.args,
        labels: { ...labels, [PROJECT_LABEL]: model.project },
        tags,
      });
    }),
  );
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
  await removeReplaced(engine, labels['dsc.project']!);
}

/** The image of a service, or undefined when it was not built yet. */
export async function imageId(
  engine: Engine,
  project: string,
  service: Service,
): Promise<string | undefined> {
  const name = service.build ? names.image(project, service.name) : service.image!;
  const image = await unless([404], engine.docker.getImage(name).inspect());
  return image?.Id;
}

async function contextFiles({ context, dockerfile }: Build): Promise<ImageFile[]> {
  const path = join(context, dockerfile);
  await access(path).catch((cause) => {
    throw new UserError(`${path} is missing.`, {
      code: 'dockerfile-missing',
      why: 'It says how a node is built and started.',
      fix: 'dsc start <session> puts missing files back; it never overwrites yours.',
      cause,
    });
  });
  return filesBelow(context, '', (name) => LEFT_OUT.test(name), { directories: true });
}

export interface BuildOptions {
  /** What is built, for people. */
  what: string;
  dockerfile: string;
  buildargs: Record<string, string>;
  labels: Record<string, string>;
  /** At least one. */
  tags: readonly string[];
}

/**
 * Builds with the classic builder, which every engine has.
 * @throws UserError `build-failed`
 */
export async function buildImage(engine: Engine, files: ImageFile[], options: BuildOptions): Promise<void> {
  const { what, tags, ...rest } = options;
  const output: string[] = [];
  // The types know one tag; the engine takes any number, so that no moment has only some of them.
  const tagList = tags as unknown as string;
  try {
    const stream = await engine.docker.buildImage(tarOf(files), { ...rest, t: tagList, forcerm: true });
    for await (const step of jsonLines(stream)) {
      if (step.stream) output.push(...step.stream.split('\n').filter((line) => line.trim() !== ''));
      if (step.error) throw buildFailed(what, step.error, output);
    }
  } catch (error) {
    // 400: the Dockerfile itself cannot be read.
    if (statusOf(error) === 400) throw buildFailed(what, (error as Error).message, output);
    throw error;
  }
}

function buildFailed(what: string, error: string, output: readonly string[]): UserError {
  const last = output.slice(-SHOWN_LINES).map((line) => `  ${line}`);
  return new UserError(`The image of ${what} could not be built.`, {
    code: 'build-failed',
    why: [error.trim(), ...last].join('\n'),
    fix: 'Correct the Dockerfile, or bring the original back with dsc reset.',
    exitCode: ExitCode.environment,
  });
}

/** Images of the project that lost their names to newer ones. One that a container still uses stays until its end. */
async function removeReplaced(engine: Engine, project: string): Promise<void> {
  const filters = { dangling: ['true'], label: [`dsc.project=${project}`] };
  const images = await engine.docker.listImages({ filters });
  await removeImages(
    engine,
    images.map(({ Id }) => Id),
  );
}

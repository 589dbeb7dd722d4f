import { UserError } from '../../course/user-error.ts';
import { pythonEnvironment } from '../process/python.ts';
import type { Report } from '../runtime.ts';
import type { Engine } from './engine.ts';
import { type HostImage, hostNodeImage, hostPythonImage, requireSameSystem } from './host-image.ts';
import { tarOf } from './image-files.ts';

export type BaseLanguage = 'node' | 'python';

/** The images that the Dockerfiles and Compose files name by default. */
export const OFFICIAL_IMAGES: Readonly<Record<BaseLanguage, string>> = {
  node: 'node:24-bookworm-slim',
  python: 'python:3.13-slim-bookworm',
};

/** The variables of the Compose files that name other ones. */
const VARIABLES = { node: 'NODE_IMAGE', python: 'PYTHON_IMAGE' } as const;

/** Variables for the Compose file; a variable is absent where the official image is used. */
export interface BaseImages {
  NODE_IMAGE?: string;
  PYTHON_IMAGE?: string;
}

/** A registry that sends nothing for so long is given up, ms. */
const PULL_SILENCE_MS = 15_000;

/**
 * Makes sure that nodes can be built: with the official slim image where the engine has it or can pull it, else with an image
 * made from the programs of this host. An image that NODE_IMAGE or PYTHON_IMAGE names is taken as it is.
 * @param options.venvPython a virtual environment's python3, whose packages go into a Python image made here
 * @throws UserError `no-base-image` when there is no way to get one
 */
export async function ensureBaseImages(
  engine: Engine,
  needed: readonly BaseLanguage[],
  report: Report,
  options: { venvPython?: string } = {},
): Promise<BaseImages> {
  const images: BaseImages = {};
  for (const language of needed) {
    const given = process.env[VARIABLES[language]];
    const image = given || (await ensureBaseImage(engine, language, report, options.venvPython));
    if (image !== OFFICIAL_IMAGES[language]) images[VARIABLES[language]] = image;
  }
  return images;
}

async function ensureBaseImage(
  engine: Engine,
  language: BaseLanguage,
  report: Report,
  venvPython: string | undefined,
): Promise<string> {
  const official = OFFICIAL_IMAGES[language];
  if (await hasImage(engine, official)) return official;
  const made = await engine.docker.listImages({ filters: { reference: [`dsc-base-${language}`] } });
  // Without one made here the registry is asked; with one it is not, so that each start is quick.
  const refusal = made.length > 0 ? undefined : await pull(engine, official, report);
  if (made.length === 0 && !refusal) return official;
  try {
    requireSameSystem(engine.architecture);
    const image =
      language === 'node'
        ? await hostNodeImage()
        : await hostPythonImage(venvPython ?? (await pythonEnvironment(report)));
    if (!(await hasImage(engine, image.name))) await importImage(engine, image, language, report);
    return image.name;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`The image ${official} cannot be had.`, {
      code: error.code,
      why: `${refusal ?? ''} ${error.message} ${error.why ?? ''}`.trim(),
      fix: error.fix ?? `docker pull ${official} where a registry can be reached, or --runtime process`,
      cause: error,
    });
  }
}

export async function hasImage(engine: Engine, name: string): Promise<boolean> {
  try {
    await engine.docker.getImage(name).inspect();
    return true;
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return false;
    throw error;
  }
}

/** @returns undefined when the image is there now, else why it could not be pulled */
export async function pull(engine: Engine, name: string, report: Report): Promise<string | undefined> {
  report(`pulling ${name}`);
  const giveUp = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const alive = () => {
    clearTimeout(timer);
    timer = setTimeout(() => giveUp.abort(), PULL_SILENCE_MS);
  };
  alive();
  try {
    const stream = await engine.docker.createImage({ fromImage: name, abortSignal: giveUp.signal });
    const done = new Map<string, string>();
    for await (const step of jsonLines(stream)) {
      alive();
      if (step.error) return `${name} could not be pulled: ${step.error}.`;
      if (step.id) done.set(step.id, step.status ?? '');
      const complete = [...done.values()].filter((status) => status === 'Pull complete').length;
      report(`pulling ${name} (${complete} of ${done.size} layers)`);
    }
    return undefined;
  } catch (error) {
    if (giveUp.signal.aborted) return `The registry of ${name} does not answer.`;
    return `${name} could not be pulled: ${(error as Error).message.trim()}.`;
  } finally {
    clearTimeout(timer);
  }
}

async function importImage(
  engine: Engine,
  image: HostImage,
  language: BaseLanguage,
  report: Report,
): Promise<void> {
  report(`making a base image from this machine's own ${language === 'node' ? 'Node' : 'Python'} (once)`);
  const [repo, tag] = image.name.split(':');
  const changes = [
    ...Object.entries(image.environment).map(([name, value]) => `ENV ${name}=${value}`),
    `LABEL dsc.base=${language}`,
  ];
  const archive = tarOf(await image.files());
  const stream = await engine.docker.importImage(archive, { repo, tag, changes });
  for await (const step of jsonLines(stream)) {
    if (step.error) {
      throw new UserError('The base image could not be made.', { code: 'no-base-image', why: step.error });
    }
  }
}

/** A line of what the engine says while it pulls, imports or builds. */
export interface EngineStep {
  stream?: string;
  status?: string;
  id?: string;
  error?: string;
  aux?: { ID?: string };
}

/** The engine's answer as it comes: JSON objects, one a line. Errors are in the last of them, not in the HTTP status. */
export async function* jsonLines(stream: NodeJS.ReadableStream): AsyncGenerator<EngineStep> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk as Buffer, { stream: true })).split('\n');
    rest = lines.pop()!;
    for (const line of lines) if (line.trim() !== '') yield JSON.parse(line) as EngineStep;
  }
  if (rest.trim() !== '') yield JSON.parse(rest) as EngineStep;
}

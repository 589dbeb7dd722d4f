import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { atomicWrite, removeLeftovers } from './atomic-write.ts';
import { type Language, languageOf } from './languages.ts';
import type { GivenFile } from './lay-files.ts';
import type { Lesson } from './lesson.ts';
import { projectName } from './workspace.ts';

/** The Compose file of a session, as it lies in a workspace: for `docker compose` by hand. */
export async function composeFiles(source: string, lesson: Lesson): Promise<GivenFile[]> {
  const content = await readFile(join(source, 'compose', lesson.stack, 'docker-compose.yml'));
  return [{ path: `compose/${lesson.stack}/docker-compose.yml`, content }];
}

/**
 * Writes `.env` beside the Compose file, which Compose reads by itself: the project's name and where each service's
 * code is. Lines that are not dsc's are kept.
 * @param services in the order of the Compose file
 * @param further more variables: the base images, where they are not the official ones
 */
export async function writeComposeEnvironment(
  workspace: string,
  lesson: Lesson,
  services: readonly string[],
  languages: readonly Language[],
  further: Readonly<Record<string, string>> = {},
): Promise<void> {
  const folder = join(workspace, 'compose', lesson.stack);
  const file = join(folder, '.env');
  const variables: Record<string, string> = {
    COMPOSE_PROJECT_NAME: projectName(workspace, lesson.system),
    ...Object.fromEntries(
      services.map((service, index) => [codeVariable(service), `../../${languageOf(languages, index)}`]),
    ),
    ...further,
  };
  await mkdir(folder, { recursive: true });
  await removeLeftovers(file);
  const present = await readFile(file, 'utf8').catch(() => '');
  const theirs = present.split('\n').filter((line) => line.trim() !== '' && !isOurs(line, variables));
  const ours = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  await atomicWrite(file, `${[NOTE, ...ours, ...theirs].join('\n')}\n`);
}

/** The services whose code comes from the workspace, in the order of the Compose file. */
export async function serviceNames(source: string, lesson: Lesson): Promise<string[]> {
  const [file] = await composeFiles(source, lesson);
  const model = parse(file!.content.toString('utf8'), { merge: true }) as {
    services: Record<string, { build?: unknown }>;
  };
  return Object.keys(model.services).filter((name) => model.services[name]?.build !== undefined);
}

/** The Compose variable that says where a service's code is: `node1` -> `NODE1_CODE`. */
export function codeVariable(service: string): string {
  return `${service.toUpperCase().replaceAll('-', '_')}_CODE`;
}

/** The Compose variable for a service's port on this machine: `node1` -> `NODE1_PORT`. */
export function portVariable(service: string): string {
  return codeVariable(service).replace(/CODE$/, 'PORT');
}

const NOTE = '# dsc start writes the lines below; lines of your own are kept.';

function isOurs(line: string, variables: Readonly<Record<string, string>>): boolean {
  return line === NOTE || Object.hasOwn(variables, line.split('=')[0]!.trim());
}

import { readFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { ExitCode, UserError } from '../../course/user-error.ts';
import { parseEnvFile, type Variables } from './interpolation.ts';
import type { ComposeModel, Service } from './model.ts';
import { readService } from './service.ts';
import { ComposeValues } from './values.ts';
import { ComposeFile, type ComposeValue } from './yaml.ts';

export interface ReadComposeOptions {
  /**
   * Variables for `${...}`; they win over those of the `.env` file beside the Compose file. Services that have profiles are
   * left out unless COMPOSE_PROFILES names one of theirs, as Compose does it.
   */
  environment: Variables;
}

/**
 * Reads the part of the Compose format that the course uses, with Compose's own rules for variables and names. What dsc does
 * not support is an error that names the line: a file never means something else to dsc than to `docker compose`.
 * @throws UserError `compose-missing`, or `compose-invalid` with file, line and key
 */
export async function readCompose(file: string, options: ReadComposeOptions): Promise<ComposeModel> {
  const path = resolve(file);
  const text = await readFile(path, 'utf8').catch((cause) => {
    throw new UserError(`There is no Compose file at ${path}.`, { code: 'compose-missing', cause });
  });
  const variables = { ...(await readEnvBeside(path)), ...defined(options.environment) };
  const compose = new ComposeFile(nameOf(path), text, variables);
  const values = new ComposeValues(compose, variables);
  const { services, volumes } = readTop(compose, values, dirname(path));
  const wanted = (variables.COMPOSE_PROFILES ?? '').split(',').map((name) => name.trim());
  const enabled = services.filter(
    ({ profiles }) => profiles.length === 0 || profiles.some((name) => wanted.includes(name)),
  );
  return { project: projectNameOf(path, variables), file: path, services: enabled, volumes };
}

function readTop(compose: ComposeFile, values: ComposeValues, directory: string) {
  const top = values.map(compose.root);
  for (const [key, value] of top) {
    if (key !== 'services' && key !== 'volumes' && !key.startsWith('x-')) {
      compose.fail(value, `dsc does not support \`${key}\` at the top level`);
    }
  }
  const given = top.get('services');
  if (!given || values.map(given).size === 0) compose.fail(given ?? compose.root, 'there are no `services`');
  const declared = top.get('volumes');
  const volumes = declared ? readVolumeNames(declared, values) : [];
  const entries = [...values.map(given)];
  const services = entries.map(([name, value]) => readService(name, value, values, directory));
  for (const [index, service] of services.entries()) {
    checkNames(service, entries[index]![1], services, volumes, compose);
  }
  return { services, volumes };
}

function readVolumeNames(declared: ComposeValue, values: ComposeValues): string[] {
  return [...values.map(declared)].map(([name, value]) => {
    const [option] = values.map(value);
    if (option) values.file.fail(option[1], `dsc does not support \`${option[0]}\` of a volume`);
    return name;
  });
}

function checkNames(
  service: Service,
  value: ComposeValue,
  services: Service[],
  volumes: string[],
  file: ComposeFile,
): void {
  if (!/^[a-z0-9][a-z0-9_-]*$/.test(service.name)) {
    file.fail(value, `"${service.name}" cannot be a service: use lower case letters, digits, - and _`);
  }
  const stranger = service.dependsOn.find((name) => !services.some((other) => other.name === name));
  if (stranger) file.fail(value, `${service.name} depends on ${stranger}, which is not in the file`);
  const undeclared = service.volumes.find(({ volume }) => !volumes.includes(volume));
  if (undeclared)
    file.fail(value, `${service.name} uses the volume ${undeclared.volume}, which is not declared`);
}

async function readEnvBeside(file: string): Promise<Record<string, string>> {
  try {
    return parseEnvFile(await readFile(join(dirname(file), '.env'), 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}

/** COMPOSE_PROJECT_NAME, or the folder's name without what Compose does not allow in one. */
function projectNameOf(file: string, variables: Variables): string {
  const given = variables.COMPOSE_PROJECT_NAME;
  const name = given || normalise(basename(dirname(file)));
  if (name === normalise(name) && name !== '') return name;
  throw new UserError(`"${name}" cannot be the name of a Compose project.`, {
    code: 'compose-project-name',
    why: 'It must begin with a lower case letter or a digit; then -, _, digits and lower case letters may follow.',
    fix: given ? 'Change COMPOSE_PROJECT_NAME.' : 'Set COMPOSE_PROJECT_NAME.',
    exitCode: ExitCode.usage,
  });
}

function normalise(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^-_a-z0-9]/g, '')
    .replace(/^[-_]+/, '');
}

function defined(environment: Variables): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** As short as a person would call it: relative to where they are. */
function nameOf(path: string): string {
  const near = relative(process.cwd(), path);
  return near.startsWith('..') ? path : near;
}

import { hostname, userInfo } from 'node:os';
import { dirname } from 'node:path';
import type { ComposeModel, Service } from '../compose/model.ts';

/** Compose reads this only to tell very old versions of itself. */
const COMPOSE_VERSION = '2.0.0';

/** The names that Compose v2 gives. */
export const names = {
  container: (project: string, service: string) => `${project}-${service}-1`,
  image: (project: string, service: string) => `${project}-${service}`,
  volume: (project: string, volume: string) => `${project}_${volume}`,
  /** The nodes and the wire between them. Not the network of Compose: its `down` could not remove that one under the wire. */
  network: (project: string) => `${project}-wire`,
  wire: (project: string) => `${project}-wire`,
  /** What the nodes have compiled: they are started again and again. */
  compiled: (project: string) => `${project}-compiled`,
};

/** On everything that dsc makes, from its first moment: `remove` finds things by labels, never by name. */
export function dscLabels(project: string, home: string): Record<string, string> {
  return { 'dsc.project': project, 'dsc.owner': `${thisUser()}:${home}` };
}

/**
 * What Compose puts on a container. Without `config-hash` and `oneoff` its `ps`, `logs` and `down` would not see it.
 * @param hash stands for the definition of the container
 */
export function containerLabels(model: ComposeModel, service: Service, hash: string): Record<string, string> {
  return prefixed({
    project: model.project,
    service: service.name,
    'container-number': '1',
    oneoff: 'False',
    'config-hash': hash,
    version: COMPOSE_VERSION,
    'project.working_dir': dirname(model.file),
    'project.config_files': model.file,
    depends_on: service.dependsOn.map((name) => `${name}:service_started:false`).join(','),
  });
}

export function volumeLabels(project: string, volume: string): Record<string, string> {
  return prefixed({ project, volume, version: COMPOSE_VERSION });
}

export const PROJECT_LABEL = 'com.docker.compose.project';
export const SERVICE_LABEL = 'com.docker.compose.service';

function prefixed(labels: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [`com.docker.compose.${name}`, value]),
  );
}

/** Whether the labels of something in an engine say that this user's dsc made it on this machine. */
export function ownedByThisUser(labels: Readonly<Record<string, string>>): boolean {
  return labels['dsc.owner']?.startsWith(`${thisUser()}:`) === true;
}

function thisUser(): string {
  return `${userInfo().username}@${hostname()}`;
}

import type { ComposeModel, Service } from './compose/model.ts';
import type { Link } from './runtime.ts';

/** One service names another in its environment: `from` calls `to` at this container port. */
export interface NamedLink {
  from: string;
  to: string;
  port: number;
}

const SERVICE_URL = /http:\/\/([a-z0-9][a-z0-9_-]*):(\d+)/g;

/** The directed links of a stack: every `http://<service>:<port>` in a service's environment. */
export function findLinks(model: ComposeModel): NamedLink[] {
  const names = new Set(model.services.map((service) => service.name));
  const links = new Map<string, NamedLink>();
  for (const service of model.services) {
    for (const value of Object.values(service.environment)) {
      for (const [, to = '', port] of value.matchAll(SERVICE_URL)) {
        if (names.has(to) && to !== service.name) {
          links.set(`${service.name} ${to}`, { from: service.name, to, port: Number(port) });
        }
      }
    }
  }
  return [...links.values()];
}

/** The service with every URL of another service replaced by the wire's listener for that link. */
export function throughTheWire(service: Service, links: Link[]): Service {
  const urls = new Map(links.filter((link) => link.from === service.name).map((link) => [link.to, link.url]));
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(service.environment)) {
    environment[name] = value.replaceAll(SERVICE_URL, (direct, to: string) => urls.get(to) ?? direct);
  }
  return { ...service, environment };
}

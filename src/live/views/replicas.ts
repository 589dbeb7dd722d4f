import type { ReplicasView } from '../view.ts';
import { type Look, number, type Probe } from './probe.ts';

/** How far each copy is: mostly what the nodes say in /health; since when they heard of no leader, from session 5 on. */
export class ReplicasProbe implements Probe {
  readonly askGivenCodeOnly = true;
  readonly #tellLag: boolean;

  /** @param tellLag whether the nodes answer `GET /_lag` */
  constructor(tellLag: boolean) {
    this.#tellLag = tellLag;
  }

  async look({ nodes, health, asker }: Look): Promise<ReplicasView> {
    const committed = nodes.map(({ name }) => health.get(name)?.commitIndex);
    const most = Math.max(0, ...committed.filter((index) => typeof index === 'number'));
    const rows = nodes.map(async ({ name, role, term, answers }) => {
      const { lastLogIndex, commitIndex } = health.get(name) ?? {};
      const lag =
        answers && this.#tellLag ? await asker.ask<{ silentMs?: unknown }>(name, '/_lag') : undefined;
      return {
        name,
        ...(role !== undefined && { role }),
        ...number('term', term),
        ...number('lastLogIndex', lastLogIndex),
        ...number('commitIndex', commitIndex),
        ...number('behind', typeof commitIndex === 'number' ? most - commitIndex : undefined),
        ...(lag?.silentMs === null ? { silentMs: null } : number('silentMs', lag?.silentMs)),
      };
    });
    return { kind: 'replicas', nodes: await Promise.all(rows) };
  }
}

import type { Asker } from '../asker.ts';
import type { NodeView } from '../events.ts';
import type { SystemView } from '../view.ts';

/** What a probe starts from: the nodes as they were just seen. */
export interface Look {
  nodes: readonly NodeView[];
  /** What /health said, by node. */
  health: ReadonlyMap<string, Record<string, unknown>>;
  asker: Asker;
}

/** Finds out what matters to one system, by asking its nodes. Makes no fuss about a node that does not answer. */
export interface Probe {
  /**
   * Whether only given code answers its questions. Otherwise they may reach code that the learner has not written yet:
   * then they are left out while a verify goes on, which would take the complaint for its own.
   */
  readonly askGivenCodeOnly: boolean;
  look(look: Look): Promise<SystemView | undefined>;
}

/** The nodes that answer, in order. */
export function answering({ nodes }: Look): string[] {
  return nodes.filter(({ answers }) => answers).map(({ name }) => name);
}

/** The field of an answer when it is a number; otherwise nothing. */
export function number<Name extends string>(
  name: Name,
  value: unknown,
): Record<Name, number> | Record<never, never> {
  return typeof value === 'number' ? ({ [name]: value } as Record<Name, number>) : {};
}

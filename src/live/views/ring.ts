import type { RingView } from '../view.ts';
import { answering, type Look, number, type Probe } from './probe.ts';

/** Hashes are numbers of 32 bits. */
const WHOLE = 2 ** 32;

interface Ring {
  replicas?: number;
  points?: { hash?: number; node?: string }[];
}

/** The ring as the first node that answers knows it, and how many keys each node keeps. */
export class RingProbe implements Probe {
  readonly askGivenCodeOnly = false;

  async look(look: Look): Promise<RingView> {
    const { nodes, health, asker } = look;
    const [first] = answering(look);
    const ring = first === undefined ? undefined : await asker.ask<Ring>(first, '/_ring');
    const points = pointsOf(ring);
    const kept = nodes.map(async ({ name, answers }) => {
      const local = answers ? await asker.ask<unknown[]>(name, '/_local') : undefined;
      return {
        name,
        share: shareOf(name, points),
        ...number('keys', Array.isArray(local) ? local.length : undefined),
      };
    });
    const mode = first === undefined ? undefined : health.get(first)?.mode;
    return {
      kind: 'ring',
      ...(typeof mode === 'string' && { mode }),
      ...number('replicas', ring?.replicas),
      points,
      nodes: await Promise.all(kept),
    };
  }
}

function pointsOf(ring: Ring | undefined): RingView['points'] {
  if (!Array.isArray(ring?.points)) return [];
  return ring.points.map(({ hash, node }) => ({ hash: Number(hash), node: String(node) }));
}

/** A point owns what lies between it and the one before it. */
function shareOf(name: string, points: RingView['points']): number {
  let owned = 0;
  for (const [at, { hash, node }] of points.entries()) {
    // A single point owns the whole ring.
    if (node === name) owned += (hash - points.at(at - 1)!.hash + WHOLE) % WHOLE || WHOLE;
  }
  return owned / WHOLE;
}

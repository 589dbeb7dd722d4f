import type { Sketch, Variant } from './variant.ts';

const typescript: Sketch[] = [
  {
    id: 'majority-by-floor',
    style: 'counts a majority as half, rounded down, and one more',
    file: 'store/partitioned/coordinator.ts',
    replace: [['reachable > owners / 2 :', 'reachable >= Math.floor(owners / 2) + 1 :']],
  },
  {
    id: 'owners-in-a-set',
    style: 'walks round the ring by an index and collects the owners in a set',
    file: 'store/partitioned/ring.ts',
    replace: [
      [
        `  const owners: string[] = [];
  for (const { node } of [...ring.slice(start), ...ring.slice(0, start)]) {
    if (!owners.includes(node)) owners.push(node);
    if (owners.length === replicas) break;
  }
  return owners;
`,
        `  const owners = new Set<string>();
  for (let step = 0; step < ring.length && owners.size < replicas; step += 1) {
    owners.add(ring[(start + step) % ring.length]!.node);
  }
  return [...owners];
`,
      ],
    ],
  },
  {
    id: 'sorts-the-two',
    style: 'sorts the two writes by time and writer, and takes the last one',
    file: 'store/partitioned/merge.ts',
    replace: [
      [
        `  if (a.timestamp !== b.timestamp) return a.timestamp > b.timestamp ? a : b;
  return a.writer > b.writer ? a : b;
}

/** The entry with the higher version`,
        `  const [, last] = [a, b].sort(
    (x, y) => x.timestamp - y.timestamp || Number(x.writer > y.writer) - Number(x.writer < y.writer),
  );
  return last!;
}

/** The entry with the higher version`,
      ],
    ],
  },
  {
    id: 'waits-for-all-it-reaches',
    style: 'waits for every owner that can be reached, also when a majority would do',
    file: 'store/partitioned/coordinator.ts',
    replace: [
      [
        "    return (answers) => answers >= most || (mode === 'cp' && canServe(answers, owners, mode));",
        "    return (answers) => answers >= most || (mode === 'cp' && answers >= owners);",
      ],
    ],
  },
];

const python: Sketch[] = [
  {
    id: 'largest-pair',
    style: 'takes the larger of the two by time and writer',
    file: 'store/partitioned/merge.py',
    replace: [
      [
        `    if a.timestamp != b.timestamp:
        return a if a.timestamp > b.timestamp else b
    return a if a.writer > b.writer else b


def newer`,
        `    return max(a, b, key=lambda entry: (entry.timestamp, entry.writer))


def newer`,
      ],
    ],
  },
  {
    id: 'owners-in-a-dict',
    style: 'keeps the owners as the keys of a dict, which remembers their order',
    file: 'store/partitioned/ring.py',
    replace: [
      [
        `    owners: list[str] = []
    for point in [*ring[start:], *ring[:start]]:
        if point.node not in owners:
            owners.append(point.node)
        if len(owners) == replicas:
            break
    return owners
`,
        `    nodes = dict.fromkeys(point.node for point in [*ring[start:], *ring[:start]])
    return list(nodes)[:replicas]
`,
      ],
    ],
  },
];

export const variants: Variant[] = [
  ...typescript.map((sketch) => ({ session: 3, language: 'typescript' as const, ...sketch })),
  ...python.map((sketch) => ({ session: 3, language: 'python' as const, ...sketch })),
];

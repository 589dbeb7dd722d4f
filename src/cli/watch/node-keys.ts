import type { WatchModel } from './model.ts';

/** A key, what it does in a word, and the fault of `dsc chaos` that it is; none for keys of the screen itself. */
export interface NodeKey {
  key: string;
  does: string;
  fault?: { name: string; args: string[] };
}

/** The keys that make sense now. @param selected the node that they act on */
export function validKeys(model: WatchModel, selected: string | undefined): NodeKey[] {
  const { cluster, nodes, faults } = model;
  const node = nodes.find(({ name }) => name === selected);
  const keys: NodeKey[] = [];
  const act = (key: string, name: string) => {
    keys.push({ key, does: `${name} ${node!.name}`, fault: { name, args: [node!.name] } });
  };
  if (node?.status === 'running') {
    act('k', 'kill');
    act('p', 'pause');
    const others = nodes.length > 1;
    if (cluster?.wired && others && !faults.some(({ what }) => what === `${node.name} isolated`))
      act('i', 'isolate');
  } else if (node?.status === 'paused') {
    act('u', 'resume');
    act('k', 'kill');
  } else if (node) {
    act('r', 'restart');
  }
  if (faults.some(({ what }) => !what.endsWith(' killed'))) {
    keys.push({ key: 'h', does: 'heal', fault: { name: 'heal', args: [] } });
  }
  if (nodes.length > 1) keys.push({ key: '↑↓', does: 'node' });
  return [...keys, { key: 'q', does: 'quit' }];
}

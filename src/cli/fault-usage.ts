/** The faults of `dsc chaos`: what follows the name, and what it does. */
export const FAULT_USAGE = {
  kill: { args: '<node>', does: 'SIGKILL: it is gone at once' },
  'kill-leader': { args: '', does: 'kills the node that leads' },
  restart: { args: '<node> [--wipe]', does: 'kills it if it runs, and starts it' },
  pause: { args: '<node>', does: 'it stands still, and keeps its connections' },
  resume: { args: '<node>', does: 'it goes on' },
  isolate: { args: '<node>', does: 'no message to or from the other nodes' },
  partition: { args: "'node1|node2,node3'", does: 'no message between the groups' },
  loss: { args: '<share> [node] [other]', does: 'messages get lost: 30%' },
  delay: { args: '<time> [node] [other]', does: 'messages take longer: 200ms' },
  slow: { args: '<node> [share]', does: 'little processor time (containers only)' },
  random: { args: '', does: 'one after the other; --seed, --for' },
  heal: { args: '', does: 'undoes everything but kills' },
} as const;

export type FaultName = keyof typeof FAULT_USAGE;

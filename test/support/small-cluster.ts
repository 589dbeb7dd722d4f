import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { freePorts } from '../../src/stack/ports.ts';
import { writeTree } from './course-fixture.ts';

/** A node of a few lines. MOOD chooses how it behaves. */
const PROGRAM = `
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';

const { NODE_ID, HOST, PORT, DATA_DIR, PEERS = '', MOOD = '' } = process.env;
console.log(NODE_ID + ' starts ' + MOOD);
if (MOOD === 'ends at once') {
  console.error('the disk is on fire');
  process.exit(7);
}
process.on('SIGTERM', () => {
  console.log(NODE_ID + ' was asked to stop');
  if (MOOD === 'crashes at the end') process.exit(3);
  if (MOOD !== 'stubborn') process.exit(0);
});
const child = MOOD.startsWith('parent') ? spawn('sleep', ['600'], { stdio: 'ignore' }).pid : undefined;
writeFileSync(DATA_DIR + '/starts.log', 'started\\n', { flag: 'a' });
const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url ?? '', 'http://node');
  if (pathname === '/crash') process.exit(9);
  if (pathname === '/health') {
    return response.end(JSON.stringify({ id: NODE_ID, pid: process.pid, child, mood: MOOD, args: process.argv.slice(2) }));
  }
  const peer = PEERS.split('=')[1];
  const answer = await fetch(peer + '/health').then((reply) => reply.text(), (error) => String(error.cause ?? error));
  response.end(answer);
});
server.listen(Number(PORT), HOST, () => {
  if (MOOD === 'parent that dies') process.exit(1);
  console.log(NODE_ID + ' listens');
});
`;

function service(name: string, peer: string, port: number): string {
  return `
  ${name}:
    build: {context: ../code}
    command: ["small", "program"]
    environment:
      NODE_ID: ${name}
      PEERS: ${peer}=http://${peer}:8080
      MOOD: "\${MOOD:-}"
    ports: ["127.0.0.1:${port}:8080"]
    volumes: ["${name}-data:/data"]
`;
}

/**
 * Lays the code of two small nodes and their Compose file.
 * @param folder where to; must exist
 */
export async function laySmallCluster(
  folder: string,
): Promise<{ composeFile: string; ports: [number, number] }> {
  const [port1 = 0, port2 = 0] = await freePorts(2);
  const services = service('node1', 'node2', port1) + service('node2', 'node1', port2);
  await writeTree(folder, {
    'code/main.ts': PROGRAM,
    'code/package.json': '{"type": "module"}\n',
    'code/Dockerfile': 'FROM scratch\nCOPY . .\nENTRYPOINT ["node", "main.ts"]\n',
    'compose/docker-compose.yml': `services:${services}\nvolumes:\n  node1-data:\n  node2-data:\n`,
  });
  await mkdir(join(folder, 'home'));
  return { composeFile: join(folder, 'compose', 'docker-compose.yml'), ports: [port1, port2] };
}

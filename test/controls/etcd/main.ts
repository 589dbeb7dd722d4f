/**
 * A real etcd behind the contract of session 10: `/kv`, `/health` and `/status`. The checks know nothing of it. Whatever
 * etcd's members say to each other passes the wire between the nodes, so that all faults reach them.
 */
import { milliseconds, readConfig } from '../../../solutions/shared/config.ts';
import { HttpServer } from '../../../solutions/shared/http-server.ts';
import { Trace } from '../../../solutions/shared/trace.ts';
import { startEtcd } from './etcd.ts';
import { Gateway } from './gateway.ts';
import { peerProxy, portOf, switchboard } from './peer-traffic.ts';
import { routes } from './routes.ts';
import { Store } from './store.ts';

const config = readConfig(process.env);
const requestTimeoutMs = milliseconds(process.env, 'REQUEST_TIMEOUT_MS', 2_000);
const rpcTimeoutMs = milliseconds(process.env, 'RPC_TIMEOUT_MS', 500);

const proxy = peerProxy(config.peers, rpcTimeoutMs);
const proxyPort = await portOf(proxy, 0, '127.0.0.1');
const etcd = await startEtcd(config, process.env, proxyPort);
const gateway = new Gateway(etcd.clientUrl, requestTimeoutMs);
const api = new HttpServer(
  { ...config, host: '127.0.0.1', port: 0 },
  new Trace(config.nodeId),
  routes(config.nodeId, new Store(gateway, config.nodeId), gateway),
);
const front = switchboard({ api: `http://127.0.0.1:${await api.start()}`, peer: etcd.peerUrl });
await portOf(front, config.port, config.host);

etcd.process.once('exit', (code) => {
  console.error(`etcd ended with ${code}`);
  process.exit(1);
});
process.once('SIGTERM', () => {
  etcd.process.removeAllListeners('exit');
  etcd.process.once('exit', () => process.exit(0));
  etcd.process.kill('SIGTERM');
});

import { ConfigError, count, type Environment, milliseconds, readConfig } from '../shared/config.ts';
import { BrokerServer } from './broker-server.ts';
import { Producer } from './producer.ts';
import { Worker } from './worker.ts';

/** Makes the broker, a worker or the producer from the environment. Throws ConfigError. */
export function create([role = '']: string[], env: Environment): BrokerServer | Worker | Producer {
  const config = readConfig(env);
  if (role !== 'broker' && !config.peers.has('broker')) {
    throw new ConfigError('PEERS does not name the broker');
  }
  switch (role) {
    case 'broker':
      return new BrokerServer(config, {
        leaseMs: milliseconds(env, 'LEASE_MS', 5000),
        maxRetries: count(env, 'MAX_RETRIES', 3),
        backoffBaseMs: milliseconds(env, 'BACKOFF_BASE_MS', 200),
        backoffMaxMs: milliseconds(env, 'BACKOFF_MAX_MS', 5000),
      });
    case 'worker':
      return new Worker(config, milliseconds(env, 'LEASE_MS', 5000));
    case 'producer':
      return new Producer(config, {
        tasks: count(env, 'PRODUCER_TASKS', 5),
        intervalMs: milliseconds(env, 'TASK_INTERVAL_MS', 1000),
      });
    default:
      throw new ConfigError(`the command names no program: "workqueue ${role}"`);
  }
}

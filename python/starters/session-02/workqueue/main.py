from shared.config import ConfigError, Environment, count, milliseconds, read_config
from workqueue.broker import BrokerSettings
from workqueue.broker_server import BrokerServer
from workqueue.producer import Producer, ProducerSettings
from workqueue.worker import Worker


def create(args: list[str], env: Environment) -> BrokerServer | Worker | Producer:
    """Makes the broker, a worker or the producer from the environment. Raises ConfigError."""
    config = read_config(env)
    role = args[0] if args else ""
    if role != "broker" and "broker" not in config.peers:
        raise ConfigError("PEERS does not name the broker")
    match role:
        case "broker":
            settings = BrokerSettings(
                lease_ms=milliseconds(env, "LEASE_MS", 5000),
                max_retries=count(env, "MAX_RETRIES", 3),
                backoff_base_ms=milliseconds(env, "BACKOFF_BASE_MS", 200),
                backoff_max_ms=milliseconds(env, "BACKOFF_MAX_MS", 5000),
            )
            return BrokerServer(config, settings)
        case "worker":
            return Worker(config, milliseconds(env, "LEASE_MS", 5000))
        case "producer":
            tasks = count(env, "PRODUCER_TASKS", 5)
            interval_ms = milliseconds(env, "TASK_INTERVAL_MS", 1000)
            return Producer(config, ProducerSettings(tasks, interval_ms))
        case _:
            raise ConfigError(f'the command names no program: "workqueue {role}"')

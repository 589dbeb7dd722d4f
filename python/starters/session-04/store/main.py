from shared.config import Environment, read_config

from store.replicated.node import StoreNode
from store.replicated.settings import read_settings


def create(_args: list[str], env: Environment) -> StoreNode:
    """Makes a node of the store from the environment. Raises ConfigError."""
    return StoreNode(read_config(env), read_settings(env))

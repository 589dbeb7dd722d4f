from shared.config import Environment, read_config

# @until 4
# ~ from store.partitioned.node import StoreNode
# ~ from store.partitioned.settings import read_settings
# @end
# @since 4
from store.replicated.node import StoreNode
from store.replicated.settings import read_settings

# @end


def create(_args: list[str], env: Environment) -> StoreNode:
    """Makes a node of the store from the environment. Raises ConfigError."""
    return StoreNode(read_config(env), read_settings(env))

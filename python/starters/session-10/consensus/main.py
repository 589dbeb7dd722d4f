from consensus.node import ConsensusNode
from consensus.settings import read_settings
from shared.config import Environment, read_config


def create(_args: list[str], env: Environment) -> ConsensusNode:
    """Makes a node from the environment. Raises ConfigError."""
    return ConsensusNode(read_config(env), read_settings(env))

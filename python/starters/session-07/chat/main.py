from chat.server import ChatServer
from chat.settings import read_settings
from shared.config import Environment, read_config


def create(_args: list[str], env: Environment) -> ChatServer:
    """Makes a chat server from the environment. Raises ConfigError."""
    return ChatServer(read_config(env), read_settings(env))

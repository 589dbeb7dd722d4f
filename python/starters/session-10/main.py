import asyncio
import importlib
import importlib.util
import os
import re
import signal
import sys
import traceback
from typing import Protocol

from shared.config import ConfigError, Environment


class Program(Protocol):
    """What runs in this process. `stop` finishes what was promised and then lets go of everything."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


async def main(args: list[str], env: Environment) -> None:
    """Runs the program that the command line names: `python3 -m main messaging`, `... -m main workqueue broker`."""
    system, *rest = args or [""]
    if not re.fullmatch("[a-z]+", system) or importlib.util.find_spec(system) is None:
        raise ConfigError(f'the command names no program: "{" ".join(args)}"')
    program: Program = importlib.import_module(f"{system}.main").create(rest, env)
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    await program.start()
    await stopping.wait()
    await program.stop()


if __name__ == "__main__":
    try:
        asyncio.run(main(sys.argv[1:], os.environ))
        # Work that was cut off must not hold the process up.
        sys.stdout.flush()
        os._exit(0)
    except ConfigError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    except Exception:
        traceback.print_exc()
        sys.exit(1)

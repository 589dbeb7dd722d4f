"""Installs what the nodes import, unless the image has it already."""

import importlib.util
import subprocess
import sys


def _install() -> None:
    if any(importlib.util.find_spec(name) is None for name in ("aiohttp", "websockets")):
        pip = [sys.executable, "-m", "pip", "install", "--no-cache-dir", "-r", "requirements.txt"]
        subprocess.run(pip, check=True)


if __name__ == "__main__":
    _install()

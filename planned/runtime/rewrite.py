"""Files written wholly or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write(path: Path, data: bytes) -> None:
    """The file with these bytes; its mode stays, and a link stays a link. Raises OSError, then nothing has changed."""
    real = path.resolve()
    descriptor, name = tempfile.mkstemp(dir=real.parent, prefix=f".{real.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, real.stat().st_mode & 0o7777 if real.exists() else 0o644)
        os.replace(name, real)
    except BaseException:
        os.unlink(name)
        raise

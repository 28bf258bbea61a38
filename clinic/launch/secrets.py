"""Secrets that an installation makes for itself, once, in files that only its owner reads."""

import base64
import contextlib
import os
import secrets
from collections.abc import Callable
from pathlib import Path


def secret_key() -> str:
    """A new SECRET_KEY: 64 bytes of randomness."""
    return secrets.token_urlsafe(64)


def field_key() -> str:
    """A new key for encrypted columns, in the form that Fernet takes: 32 bytes, URL-safe base64."""
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


def kept(path: Path, make: Callable[[], str]) -> str:
    """The secret in `path`, made on first need with mode 0600.

    Two processes that start at once agree: the file is linked into place whole, and the loser reads the winner's.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(make())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text().strip()

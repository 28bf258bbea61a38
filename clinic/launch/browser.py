"""Finds Chromium for the browser tests: the one that npm brought, unpacked once, else the one on PATH.

That of npm is a headless shell, which draws pages and no browser around them: a third of the processor time.
"""

import io
import json
import os
import shutil
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

from clinic.launch.children import LaunchError

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",  # the kernel's sandbox needs rights that containers and root lack; the pages are our own
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]

FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{folder}/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>{folder}/home/fonts</cachedir>
</fontconfig>
"""
"""A machine without fonts shows text all the same."""


class BrowserMissingError(LaunchError):
    """No Chromium; the message says what to do. A missing browser fails the browser tests, it never skips them."""


@dataclass(frozen=True)
class Browser:
    """A Chromium: its program, and the environment variables it needs beside those of this process."""

    executable: Path
    env: dict[str, str]
    arguments: list[str]


def find(root: Path, path: str | None = None) -> Browser:
    """The browser to use. `path` replaces PATH. Raises BrowserMissingError."""
    package = root / "node_modules" / "@sparticuz" / "chromium"
    if (package / "bin" / "chromium.br").exists():
        return _unpacked(package, root / "var" / "chromium")
    for name in NAMES:
        if found := shutil.which(name, path=path):
            return Browser(Path(found), {}, list(ARGUMENTS))
    raise BrowserMissingError(
        "No Chromium among the npm packages and none on PATH. Run: python3 manage.py test"
    )


def _unpacked(package: Path, cache: Path) -> Browser:
    version = str(json.loads((package / "package.json").read_text())["version"])
    folder = cache / version
    if not folder.exists():
        cache.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(dir=cache))
        draft.chmod(0o755)
        _unpack(package / "bin", draft)
        (draft / "fonts.conf").write_text(FONTS.format(folder=folder))
        try:
            draft.rename(folder)
        except OSError:  # another run was faster
            shutil.rmtree(draft)
    libraries = f"{folder / 'lib'}{os.pathsep}{folder}"
    env = {
        "LD_LIBRARY_PATH": libraries,
        "FONTCONFIG_FILE": str(folder / "fonts.conf"),
        "HOME": str(folder / "home"),
    }
    return Browser(folder / "chromium", env, [*ARGUMENTS, "--disable-gpu"])


def _unpack(source: Path, target: Path) -> None:
    """The program itself, its libraries, its renderer without a graphics card, and its fonts."""
    import brotli  # noqa: PLC0415 - comes with whitenoise[brotli]; needed only here

    (target / "home").mkdir()
    for packed in sorted(source.glob("*.br")):
        plain = brotli.decompress(packed.read_bytes())
        if packed.name.endswith(".tar.br"):
            with tarfile.open(fileobj=io.BytesIO(plain)) as archive:
                archive.extraction_filter = getattr(tarfile, "data_filter", None)  # absent before 3.11.4
                archive.extractall(target)  # noqa: S202 - a package pinned by its hash
        else:
            (target / packed.stem).write_bytes(plain)
            (target / packed.stem).chmod(0o755)

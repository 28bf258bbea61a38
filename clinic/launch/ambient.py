"""The environment that a process of this installation finds itself in: whose servers, which folder."""

from pathlib import Path

from clinic.launch.servers import Urls


def for_tests(urls: Urls, var: Path) -> dict[str, str]:
    """Environment variables of a test run: own servers, own secrets, nothing of the clinic that may run beside it."""
    return {
        **urls.environment(),
        "VAR_DIR": str(var),
        "DEMO": "no",
        "DEBUG": "no",
        "SITE_URL": "http://127.0.0.1:8000",
        "EMAIL_URL": "folder://",
    }

"""`manage.py doctor`: is everything that the clinic needs there, and safe? The exit code says."""

import argparse
import json
import smtplib
import stat
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django.core.mail import get_connection
from django.core.management import BaseCommand
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from clinic.launch import bootstrap


@dataclass(frozen=True)
class Finding:
    """The answer to one question: `detail` says what was seen or, where not well, what to do."""

    name: str
    well: bool
    detail: str


class Command(BaseCommand):
    """Asks every question even where an earlier one was answered badly."""

    help = "Checks environment, database, broker, mail and secrets; exit code 0 where all is well."
    requires_system_checks = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """`--json` for scripts."""
        parser.add_argument("--json", action="store_true", help="print the findings as JSON")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Prints a line for each question."""
        findings = [question() for question in QUESTIONS]
        if options["json"]:
            self.stdout.write(json.dumps([asdict(finding) for finding in findings], indent=1))
        else:
            for finding in findings:
                self.stdout.write(f"{'ok  ' if finding.well else 'BAD '} {finding.name:<12} {finding.detail}")
        sys.exit(0 if all(finding.well for finding in findings) else 1)


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding("python", sys.version_info >= bootstrap.OLDEST_PYTHON, version)


def _environment() -> Finding:
    fresh = bootstrap.is_fresh(settings.BASE_DIR, dev=False)
    return Finding("environment", fresh, "up to date" if fresh else "stale: start with python3 manage.py")


def _database() -> Finding:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('server_version'), current_user")
            version, role = cursor.fetchone()
    except DatabaseError as problem:
        return Finding(
            "database", False, f"cannot be reached: {problem}. Check DATABASE_URL".replace("\n", " ")
        )
    return Finding("database", True, f"PostgreSQL {version}, as {role}")


def _migrations() -> Finding:
    try:
        executor = MigrationExecutor(connection)
        missing = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError:
        return Finding("migrations", False, "unknown while the database cannot be reached")
    return Finding(
        "migrations", not missing, f"{missing} missing: manage.py migrate" if missing else "all applied"
    )


def _broker() -> Finding:
    try:
        client = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=3, socket_timeout=3)
        version = client.info("server").get("redis_version")
        policy = client.config_get("maxmemory-policy").get("maxmemory-policy", "noeviction")
    except redis.RedisError as problem:
        return Finding("broker", False, f"cannot be reached: {problem}. Check REDIS_URL")
    if policy != "noeviction":
        return Finding(
            "broker", False, f"forgets jobs when full: set maxmemory-policy noeviction, not {policy}"
        )
    return Finding("broker", True, f"Redis protocol {version}")


def _mail() -> Finding:
    try:
        post = get_connection(timeout=5)
        post.open()
        post.close()
    except (OSError, smtplib.SMTPException) as problem:
        return Finding("mail", False, f"cannot be sent: {problem}. Check EMAIL_URL")
    return Finding("mail", True, f"{settings.EMAIL_BACKEND}, from {settings.DEFAULT_FROM_EMAIL}")


def _secrets() -> Finding:
    names = ("secret_key", "field_key", "run.json")
    paths = [Path(settings.VAR_DIR) / name for name in names]
    open_to_others = [
        str(path) for path in paths if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077
    ]
    if open_to_others:
        return Finding("secrets", False, f"others can read: chmod 600 {' '.join(open_to_others)}")
    return Finding("secrets", True, "only their owner reads them")


QUESTIONS: tuple[Callable[[], Finding], ...] = (
    _python,
    _environment,
    _database,
    _migrations,
    _broker,
    _mail,
    _secrets,
)

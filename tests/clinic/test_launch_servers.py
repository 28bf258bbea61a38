"""The embedded servers start, stop, and come back after a kill with every row that was committed."""

import os
import signal
import time
from pathlib import Path

import psycopg
import pytest
import redis

from clinic.launch import ambient, servers


def _postmaster(base: Path) -> int:
    return int((base / "postgres" / "postmaster.pid").read_text().split("\n", 1)[0])


def _wait_until_gone(pid: int, seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


def test_they_give_two_roles_and_a_broker(tmp_path: Path) -> None:
    with servers.started(tmp_path, durable=False) as urls:
        with psycopg.connect(urls.database_owner) as owner:
            owner.execute("CREATE TABLE visit (id bigint GENERATED ALWAYS AS IDENTITY, note text)")
            owner.execute("CREATE EXTENSION btree_gist")
        with psycopg.connect(urls.database) as app:
            app.execute("INSERT INTO visit (note) VALUES ('written by the application')")
            assert app.execute("SHOW timezone").fetchone() == ("UTC",)
            assert app.execute("SHOW server_encoding").fetchone() == ("UTF8",)
        with psycopg.connect(urls.database) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("CREATE TABLE mine (id int)")
        assert redis.Redis.from_url(urls.redis).config_get("maxmemory-policy") == {
            "maxmemory-policy": "noeviction"
        }
        pid = _postmaster(tmp_path)
        with pytest.raises(servers.InUseError), servers.started(tmp_path, durable=False):
            pass
    assert _wait_until_gone(pid, seconds=0.5)


def test_committed_rows_survive_a_kill(tmp_path: Path) -> None:
    with servers.started(tmp_path, durable=True) as urls:
        with psycopg.connect(urls.database_owner) as owner:
            owner.execute("CREATE TABLE kept AS SELECT 1 AS one")
        os.kill(_postmaster(tmp_path), signal.SIGKILL)
    assert (tmp_path / "postgres" / "postmaster.pid").exists()
    with servers.started(tmp_path, durable=True) as urls, psycopg.connect(urls.database) as app:
        assert app.execute("SELECT one FROM kept").fetchone() == (1,)


def test_a_note_of_a_process_that_is_now_somebody_elses_is_ignored(tmp_path: Path) -> None:
    with servers.started(tmp_path, durable=False):
        pass
    (tmp_path / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n{tmp_path}\n")
    with servers.started(tmp_path, durable=False) as urls:
        psycopg.connect(urls.database).close()


def test_half_a_cluster_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "postgres.new").mkdir()
    (tmp_path / "postgres.new" / "PG_VERSION").write_text("18")
    with servers.started(tmp_path, durable=False) as urls:
        psycopg.connect(urls.database).close()


def test_sockets_stay_short_where_the_temporary_folder_is_deep(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = tmp_path / ("d" * 90)
    deep.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(deep))
    with servers.started(tmp_path / "data", durable=False) as urls:
        assert str(deep) not in urls.database


def test_a_clinic_with_its_own_servers_starts_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", "postgres://db.example/clinic")
    monkeypatch.setenv("REDIS_URL", "redis://broker.example")
    with ambient.surroundings(tmp_path, ["manage.py", "shell"]):
        assert os.environ["DATABASE_URL"] == "postgres://db.example/clinic"
    assert not list(tmp_path.iterdir())

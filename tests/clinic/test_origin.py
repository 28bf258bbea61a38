"""Whose request it is: proxies that we trust are believed, and nobody else is."""

import os
import subprocess
import sys
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from allauth.account.adapter import get_adapter
from django.test import RequestFactory

from clinic.web import origin

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.assures("AC-03")
@pytest.mark.parametrize(
    ("remote", "forwarded", "client"),
    [
        ("198.51.100.7", "", "198.51.100.7"),
        ("198.51.100.7", "192.0.2.1", "198.51.100.7"),  # no proxy of ours: whatever it says is made up
        ("10.1.2.3", "192.0.2.1", "192.0.2.1"),
        ("10.1.2.3", "203.0.113.5, 192.0.2.1", "192.0.2.1"),  # the client wrote the left one itself
        ("10.1.2.3", "203.0.113.5, 192.0.2.1, 10.9.9.9", "192.0.2.1"),  # two proxies
        ("10.1.2.3", "10.9.9.9", "10.9.9.9"),
        ("10.1.2.3", "nonsense", "10.1.2.3"),
        ("10.1.2.3", "192.0.2.1, nonsense", "10.1.2.3"),
        ("::ffff:10.1.2.3", "2001:db8::7", "2001:db8::7"),
        ("2001:db8:1::5", "192.0.2.1", "192.0.2.1"),
        ("", "192.0.2.1", ""),
    ],
)
def test_the_client_is_the_first_from_the_right_whom_we_do_not_trust(
    settings: Any, remote: str, forwarded: str, client: str
) -> None:
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8"), ip_network("2001:db8:1::5")]
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = RequestFactory(REMOTE_ADDR=remote, headers=headers).get("/")
    assert origin.client_ip(request) == client
    if client:
        assert get_adapter().get_client_ip(request) == client


@pytest.mark.parametrize(("proxies", "starts"), [("10.0.0.1,10.2.0.0/16", True), ("the-proxy", False)])
def test_a_proxy_is_named_by_its_address_or_network(proxies: str, starts: bool) -> None:
    answer = subprocess.run(
        [sys.executable, "-c", "import clinic.settings"],
        cwd=ROOT, env={**os.environ, "TRUSTED_PROXIES": proxies}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (answer.returncode == 0) is starts
    assert starts or "'the-proxy' does not appear to be an IPv4 or IPv6 network" in answer.stderr

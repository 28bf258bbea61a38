"""Where a request comes from: the one place that reads X-Forwarded-For, which anybody may send."""

from ipaddress import IPv4Address, IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest

Address = IPv4Address | IPv6Address


def client_ip(request: HttpRequest) -> str:
    """The address of the client; empty where the server tells none (a unix socket).

    Each proxy appends whom it heard from. So the hops are read from the right, for as long as the one that speaks
    is in TRUSTED_PROXIES: the first that is not is the client. What stands left of it, the client wrote itself.
    """
    speaker: str = request.META.get("REMOTE_ADDR", "")
    for said in reversed(request.headers.get("X-Forwarded-For", "").split(",")):
        heard = _address(said)
        if not _is_trusted(speaker) or heard is None:
            break
        speaker = str(heard)
    return speaker


def is_forwarded(request: HttpRequest) -> bool:
    """Whether some proxy, or somebody who plays one, passed the request on."""
    return "X-Forwarded-For" in request.headers or "Forwarded" in request.headers


def is_this_machine(request: HttpRequest) -> bool:
    """Whether the request came from this machine itself and from no proxy on it."""
    sender = _address(request.META.get("REMOTE_ADDR", ""))
    return sender is not None and sender.is_loopback and not is_forwarded(request)


def _is_trusted(speaker: str) -> bool:
    address = _address(speaker)
    return address is not None and any(address in network for network in settings.TRUSTED_PROXIES)


def _address(text: str) -> Address | None:
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address

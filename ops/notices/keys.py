"""What only this installation can make: the tokens of the links that end a subscription, and the signatures of webhooks.

Both come from one key, so the database keeps no secret: of a token only its hash. Whoever loses the key loses the old links.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from warehouse.settings import Settings


def key_path(settings: Settings) -> Path:
    """Where a generated key is kept: it must be in every backup, or links already sent stop working."""
    return settings.datos / "clave_avisos"


def key(settings: Settings) -> bytes:
    """SIEGEM_AVISOS_CLAVE, or one made once and kept in the data folder, readable by this account alone."""
    if settings.avisos_clave:
        return settings.avisos_clave.encode()
    path = key_path(settings)
    if not path.exists():
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as out:
            out.write(secrets.token_hex(32))
        try:
            os.link(draft, path)  # whoever is first; a reader never sees half of it
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii").strip().encode()


def _derived(settings: Settings, purpose: str, about: str) -> str:
    return hmac.new(key(settings), f"{purpose}|{about}".encode(), hashlib.sha256).hexdigest()


def leave_token(settings: Settings, channel: str, address: str) -> str:
    """What ends the subscription of an address, for its link."""
    return _derived(settings, "baja", f"{channel}|{address}")[:40]


def token_hash(token: str) -> str:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def webhook_secret(settings: Settings, address: str) -> str:
    """What the receiver of a webhook checks signatures with; told to it once, by hand."""
    return _derived(settings, "webhook", address)


def signature(secret: str, moment: str, body: bytes) -> str:
    """`sha256=…` over «moment.body»: an old message cannot be passed off as a new one."""
    return "sha256=" + hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()


def message_id(settings: Settings, publication: int, kind: str, region: str, lang: str, subscription: int, domain: str) -> str:
    """The Message-ID of a notice, the same however often it is sent."""
    about = f"{publication}|{kind}|{region}|{lang}|{subscription}"
    return f"<siegem.{publication}.{kind}.{region}.{_derived(settings, 'mensaje', about)[:16]}@{domain}>"

"""Webhooks: the notice as JSON, signed with a secret of its own, so that the receiver knows who speaks and can drop what comes twice."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import httpx
import orjson
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter
from tenacity.wait import wait_base

from ops.notices import keys
from ops.notices.failures import Gone, NeverArrives, TryLater
from warehouse.settings import Settings

#: at once, before the outbox waits for minutes
ATTEMPTS = 3
SILENCE = 15.0
#: names of the headers; the signature is over «moment.body»
MOMENT, SIGNATURE, NAME = "X-Siegem-Momento", "X-Siegem-Firma", "X-Siegem-Envio"
_AGAIN = (408, 425, 429)


def body_of(kind: str, subject: str, text: str, data: dict[str, Any]) -> bytes:
    """What is sent: the digest's figures, and its words for a chat."""
    return orjson.dumps({"version": 1, "tipo": kind, "asunto": subject, **data, "texto": text})


def send(settings: Settings, address: str, body: bytes, name: str, moment: datetime, *, pause: wait_base | None = None) -> None:
    """POST a notice. Raises Gone, NeverArrives or TryLater. No redirect is followed: an address is what somebody wrote down."""
    stamp = str(int(moment.timestamp()))
    headers = {
        "content-type": "application/json", "user-agent": settings.agente_usuario, NAME: name.strip("<>"), MOMENT: stamp,
        SIGNATURE: keys.signature(keys.webhook_secret(settings, address), stamp, body),
    }  # fmt: skip
    waits = pause or wait_exponential_jitter(multiplier=0.5, max=5)
    with httpx.Client(timeout=SILENCE, follow_redirects=False) as client:
        for attempt in Retrying(stop=stop_after_attempt(ATTEMPTS), wait=waits, retry=retry_if_exception_type(TryLater), reraise=True):
            with attempt:
                _post(client, address, body, headers)


def _post(client: httpx.Client, address: str, body: bytes, headers: dict[str, str]) -> None:
    try:
        answer = client.post(address, content=body, headers=headers)
    except httpx.HTTPError as error:
        raise TryLater(f"el destino no respondió ({type(error).__name__})") from error
    if answer.status_code == 410:
        raise Gone("el destino respondió 410: ya no los quiere")
    if answer.status_code in _AGAIN or answer.status_code >= 500:
        raise TryLater(f"el destino respondió {answer.status_code}")
    if not answer.is_success:
        raise NeverArrives(f"el destino respondió {answer.status_code}")

"""A label service that answers as EasyPost does: it sells one label for a parcel, and no second."""

import base64
import hashlib
import hmac
import json
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY, WEBHOOK_SECRET = "EZTKfake", "whsec-fäke"
RATES = (("USPS", "Priority", "9.85", "USD", 2), ("USPS", "Ground", "6.10", "USD", 4))
FOREIGN = ("CanadaPost", "Xpresspost", "11.00", "CAD", 3)
ADDRESS = {"name", "street1", "street2", "city", "state", "zip", "country", "phone"}
PARCEL = {"weight", "length", "width", "height"}


@dataclass
class Service:
    """What it knows. fault: of the next answers: "silent" breaks off after it was done, "down"."""

    origin: str = ""
    fault: str = ""
    shipments: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[tuple[str, Any]] = field(default_factory=list)
    sold: list[str] = field(default_factory=list)

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        """Answer a question, as (status, JSON)."""
        match method, *path.strip("/").split("/")[1:]:
            case "POST", "shipments":
                return self._quoted(body["shipment"])
            case "GET", "shipments", reference if reference in self.shipments:
                return 200, self.shipments[reference]
            case "POST", "shipments", reference, "buy" if reference in self.shipments:
                return self._sold(self.shipments[reference], body["rate"]["id"])
        return 404, _problem("NOT_FOUND", "The requested resource could not be found.")

    def _quoted(self, said: dict[str, Any]) -> tuple[int, Any]:
        for name, known in (("to_address", ADDRESS), ("from_address", ADDRESS), ("parcel", PARCEL)):
            assert set(said[name]) == known, (name, said[name])
        if said["to_address"]["zip"] == "00000":
            return 422, _problem("ADDRESS.VERIFY.FAILURE", "Unable to verify address.")
        reference = f"shp_{len(self.shipments) + 1}"
        rates = [
            {
                "id": f"rate_{reference}_{number}", "carrier": carrier, "service": service,
                "rate": rate, "currency": currency, "delivery_days": days, "object": "Rate",
            }
            for number, (carrier, service, rate, currency, days) in enumerate((*RATES, FOREIGN))
        ]  # fmt: skip
        made = {
            "id": reference, "object": "Shipment", "reference": said["reference"], "rates": rates,
            "selected_rate": None, "postage_label": None, "tracking_code": None,
        }  # fmt: skip
        self.shipments[reference] = made
        return 201, made

    def _sold(self, shipment: dict[str, Any], rate_id: str) -> tuple[int, Any]:
        if shipment["postage_label"] is not None:
            return 422, _problem("SHIPMENT.POSTAGE.EXISTS", "Postage already exists.")
        rate = next((one for one in shipment["rates"] if one["id"] == rate_id), None)
        if rate is None or self.fault == "refuses":
            return 422, _problem("SHIPMENT.POSTAGE.FAILURE", "Insufficient funds.")
        shipment |= {
            "selected_rate": rate,
            "tracking_code": f"9400{shipment['id']}",
            "postage_label": {"label_url": f"https://labels.example/{shipment['id']}.png"},
        }
        self.sold.append(shipment["id"])
        return 200, shipment


def tracked(reference: str, *details: tuple[str, str, str]) -> bytes:
    """Write what it tells of a parcel. details: status, instant and city of each."""
    told = [
        {
            "object": "TrackingDetail", "status": status, "datetime": at, "message": "Seen",
            "tracking_location": {"object": "TrackingLocation", "city": city, "state": "NY"},
        }
        for status, at, city in details
    ]  # fmt: skip
    tracker = {"object": "Tracker", "shipment_id": reference, "tracking_details": told}
    event = {"object": "Event", "description": "tracker.updated", "result": tracker}
    return json.dumps(event).encode()


def signed(body: bytes, secret: str = WEBHOOK_SECRET) -> str:
    """Sign a message as it does. Its secret is normalised first."""
    key = unicodedata.normalize("NFKD", secret).encode()
    return "hmac-sha256-hex=" + hmac.new(key, body, hashlib.sha256).hexdigest()


def _problem(code: str, message: str) -> Any:
    return {"error": {"code": code, "message": message, "errors": []}}


class _Handler(BaseHTTPRequestHandler):
    service: Service

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = json.loads(sent) if sent else None
        self.service.asked.append((f"{self.command} {self.path}", body))
        who = "Basic " + base64.b64encode(f"{KEY}:".encode()).decode()
        if self.headers["Authorization"] != who:
            status, answer = 401, _problem("APIKEY.INACTIVE", "This api key is no longer active.")
        elif self.service.fault == "down":
            status, answer = 503, _problem("DOWN", "Down.")
        else:
            status, answer = self.service.answer(self.command, self.path, body)
        if self.service.fault == "silent":
            self.close_connection = True
            return
        said = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def running() -> Iterator[Service]:
    """Run the service until the block ends."""
    made = Service()
    handler = type("Handler", (_Handler,), {"service": made})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        made.origin = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield made
        finally:
            server.shutdown()
            thread.join()

"""Tokens, kept answers, endpoints and deliveries."""

from vitrine.programs.models.endpoint import Delivery, Endpoint, Event
from vitrine.programs.models.token import KeptAnswer, Token

__all__ = ["Delivery", "Endpoint", "Event", "KeptAnswer", "Token"]

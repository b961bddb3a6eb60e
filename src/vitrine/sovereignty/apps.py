"""Register the sovereignty checks with Django."""

from django.apps import AppConfig


class SovereigntyConfig(AppConfig):
    """The app of the data map, the gate and the access policies."""

    name = "vitrine.sovereignty"

    def ready(self) -> None:
        """Load the system checks once all models are known."""
        from vitrine.sovereignty import borrowed, checks  # noqa: F401, PLC0415  (models first)

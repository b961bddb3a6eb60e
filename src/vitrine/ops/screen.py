"""What `up` shows: a spinner in a terminal, plain lines elsewhere."""

from pathlib import Path

from rich.console import Console
from rich.panel import Panel
from rich.status import Status


class Screen:
    """Progress on standard error, so that standard output stays free."""

    def __init__(self) -> None:
        self.console = Console(stderr=True, highlight=False, soft_wrap=True)
        self._status: Status | None = None
        self._left: int | None = 0
        self._has_shown_logins = False

    def step(self, sentence: str) -> None:
        """Say what is being done now."""
        self.done("")
        if self.console.is_terminal:
            self._status = self.console.status(sentence)
            self._status.start()
        else:
            self.console.print(f"{sentence} …")

    def done(self, sentence: str) -> None:
        """End the present step."""
        if self._status is not None:
            self._status.stop()
            self._status = None
        if sentence:
            self.console.print(sentence)

    def ready(self, origin: str, *, data: Path) -> None:
        """Say where the site is."""
        self.done("")
        if not self.console.is_terminal:
            self.console.print(f"Vitrine is up at {origin}")
            return
        lines = (
            f"[bold]{origin}[/bold]\n[dim]Data and logs in {data}. Ctrl-C stops everything.[/dim]"
        )
        self.console.print(Panel(lines, title="Vitrine is up", expand=False, padding=(1, 3)))

    def logins(self, file: Path) -> None:
        """Show once, as soon as they are known, the demo's people that one may sign in as."""
        if self._has_shown_logins or not file.exists():
            return
        self._has_shown_logins = True
        self.console.print(f"Demo log-ins, from {file}:\n{file.read_text()}", markup=False)

    def encoding(self, left: int | None) -> None:
        """Say how many clips are still to be encoded. None: not known just now."""
        if left is None or left == self._left:
            return
        if self.console.is_terminal and left:
            sentence = f"{left} {'clip' if left == 1 else 'clips'} to encode"
            if self._status is None:
                self.step(sentence)
            else:
                self._status.update(sentence)
        elif not left:
            self.done("All clips are encoded.")
        self._left = left

    def warn(self, sentence: str) -> None:
        """Tell of something that went wrong and is being put right."""
        self.console.print(sentence, style="yellow", markup=False)

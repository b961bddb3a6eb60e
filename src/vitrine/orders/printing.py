"""Print a page as a PDF, where the operator has installed what can: the extra ``pdf``."""

from importlib import import_module

from vitrine.kernel.errors import Refusal


class NoPdf(Refusal):
    """This cell cannot write PDF files."""

    code = "no_pdf"
    message = (
        "This cell writes no PDF files: its operator has not installed the extra “pdf”. "
        "Print the page instead; your browser can save it as a PDF."
    )


def is_there() -> bool:
    """Tell whether PDF files can be written here."""
    try:
        import_module("weasyprint")
    except (ImportError, OSError):  # the second: a library of the system is missing
        return False
    return True


def pdf(html: str, *, css: str) -> bytes:
    """Return a page as a PDF. Nothing is fetched. Raises: NoPdf."""
    if not is_there():
        raise NoPdf
    weasyprint = import_module("weasyprint")
    page = weasyprint.HTML(string=html, url_fetcher=_fetch_nothing)
    written: bytes = page.write_pdf(stylesheets=[weasyprint.CSS(string=css)])
    return written


def _fetch_nothing(url: str, *_: object, **__: object) -> dict[str, object]:
    raise ValueError(f"{url}: a bill is made of its own words alone")

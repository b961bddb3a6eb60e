"""The pictures of an import: addresses judged, files found in the library, rendered and stored."""

from collections.abc import Collection
from dataclasses import dataclass

from django.utils.translation import gettext_noop

from vitrine.catalog import picture_addresses, pictures
from vitrine.catalog.feeds.rows import FeedPicture, FeedProduct
from vitrine.catalog.feeds.saying import Said
from vitrine.catalog.import_report import ReportWriter
from vitrine.catalog.picture_library import Library
from vitrine.catalog.pictures import PictureRefused, Rendered


@dataclass(frozen=True)
class Stored:
    """A picture whose files are in the store, and whose row is still to be written."""

    key: str
    width: int
    height: int


class PictureTaker:
    """Takes what a product's addresses mean from the library that came with the feed."""

    def __init__(self, library: Library, writer: ReportWriter, *, has_library: bool) -> None:
        self._library = library
        self._writer = writer
        self._has_library = has_library
        self._left_aside = 0

    def take(self, product: FeedProduct, *, present: Collection[str]) -> dict[str, Rendered]:
        """Return new pictures by address. present: addresses whose pictures we have.

        What cannot be taken is remarked, and the product goes without it.
        """
        taken: dict[str, Rendered] = {}
        for picture in product.pictures:
            if picture.url in present:
                continue
            rendered = self._render(product, picture)
            if rendered is not None:
                taken[picture.url] = rendered
        return taken

    def close(self) -> None:
        """Say once how many pictures were named but did not come along."""
        if self._left_aside:
            self._writer.note(
                Said(
                    gettext_noop(
                        "{number} pictures were not fetched: addresses are never followed."
                    ),
                    number=f"{self._left_aside:,}",
                ),
                gettext_noop("Import the feed again together with a zip file of the pictures."),
                where="pictures",
            )

    def _render(self, product: FeedProduct, picture: FeedPicture) -> Rendered | None:
        try:
            path = picture_addresses.judge(picture.url)
        except picture_addresses.AddressRefused as refused:
            self._remark(
                product,
                picture,
                Said(gettext_noop("{why} It was not used."), why=refused.why),
                gettext_noop("Correct the address."),
            )
            return None
        if not self._has_library:
            self._left_aside += 1
            return None
        found = self._library.find(path)
        if found is None:
            self._remark(
                product,
                picture,
                Said(
                    gettext_noop(
                        "The picture {path} is not among the files that came along; not fetched."
                    ),
                    path=path[-80:],
                ),
                gettext_noop("Add it to the zip file under that name."),
            )
            return None
        try:
            return pictures.render(found)
        except PictureRefused as refused:
            self._remark(
                product,
                picture,
                Said("{path}: {text}", path=path[-80:], text=Said(refused.text)),
                gettext_noop("Send another file."),
            )
            return None

    def _remark(self, product: FeedProduct, picture: FeedPicture, what: str, do: str) -> None:
        self._writer.note(what, do, line=picture.line, where="picture", item=product.key)


def store_all(rendered: dict[str, Rendered]) -> dict[str, Stored]:
    """Write the files of new pictures; their rows follow, or ``discard`` takes them back."""
    return {
        url: Stored(pictures.store(each), each.width, each.height) for url, each in rendered.items()
    }


def discard(stored: dict[str, Stored]) -> None:
    """Delete the files of pictures whose rows were never written."""
    for each in stored.values():
        pictures.remove(each.key)

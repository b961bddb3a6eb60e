"""What a merchant may write about a product: a little HTML, cleaned on the way in.

What is stored is safe to put on a page as it is, and nothing else is ever stored.
"""

import html
import re

import nh3

from vitrine.kernel import text

TAGS = {"p", "br", "ul", "ol", "li", "strong", "b", "em", "i"}
GONE_WITH_CONTENT = {"script", "style"}
BREAK = re.compile(r"<br\s*/?>")
BLOCK_END = re.compile(r"</(?:p|li|ul|ol)>")
EMPTY = re.compile(r"<p>\s*</p>")


def clean(source: str) -> str:
    """Return the source's HTML with nothing but paragraphs, lists and emphasis."""
    seen = text.visible(source)
    kept = nh3.clean(seen, tags=TAGS, attributes={}, clean_content_tags=GONE_WITH_CONTENT)
    # Once more: what hides may have been written as an entity.
    return EMPTY.sub("", text.visible(kept.replace("&amp;nbsp;", " "))).strip()


def from_text(typed: str) -> str:
    """Return typed text as HTML: blank lines part paragraphs."""
    paragraphs = re.split(r"\n\s*\n", text.lines(typed))
    return "".join(
        f"<p>{html.escape(each.strip(), quote=False).replace(chr(10), '<br>')}</p>"
        for each in paragraphs
        if each.strip()
    )


def as_text(stored: str) -> str:
    """Return a stored description as text to type on in, or to show where HTML cannot be."""
    broken = BLOCK_END.sub("\n\n", BREAK.sub("\n", stored))
    words = html.unescape(nh3.clean(broken, tags=set()))
    return re.sub(r"\n{3,}", "\n\n", words).strip()

"""Products: read, written, put on sale."""

from dataclasses import replace
from typing import Annotated, Any

from django.db.models import Prefetch
from django.shortcuts import get_object_or_404
from ninja import Query, Router

from vitrine.catalog import descriptions, editing
from vitrine.catalog.editing import ProductDraft, VariantDraft
from vitrine.catalog.models import Merchant, Product, ProductQuerySet, Variant
from vitrine.kernel import paging, text
from vitrine.kernel.errors import Refusal
from vitrine.programs.scopes import Scope
from vitrine.safety import filtering
from vitrine.surfaces.api import shapes, telling
from vitrine.surfaces.api.asking import needing
from vitrine.surfaces.api.views import ProgramRequest

router = Router(tags=["products"])
Limit = Annotated[int, Query(ge=1, le=100)]


class OptionsUnlike(Refusal):
    """The variants have other options than the product."""

    code = "options_unlike"
    status = 422
    message = "Each variant has a value for each of the product's options, and no other."


@router.get("/products", response=shapes.Page[shapes.Product], **needing(Scope.CATALOG_READ))
def list_products(
    request: ProgramRequest, cursor: str | None = None, limit: Limit = 50
) -> shapes.Page[shapes.Product]:
    """List the shop's products, the newest first. Queries: 2."""
    page = paging.newest_first(_of(request.token.shop), by="created_at", cursor=cursor, size=limit)
    items = [telling.product(row) for row in page.rows]
    return shapes.Page[shapes.Product](items=items, next_cursor=page.next_cursor)


@router.post(
    "/products", response={201: shapes.Product}, **needing(Scope.CATALOG_WRITE, writes=True)
)
def create_product(request: ProgramRequest, body: shapes.ProductIn) -> shapes.Product:
    """Write a new product; it begins as a draft."""
    return _save(request, _draft(body.model_dump()), None)


@router.get(
    "/products/{public_id:product_id}",
    response=shapes.Product,
    url_name="product",
    **needing(Scope.CATALOG_READ),
)
def get_product(request: ProgramRequest, product_id: str) -> shapes.Product:
    """Read one product. Queries: 2."""
    return telling.product(_one(request, product_id))


@router.patch(
    "/products/{public_id:product_id}",
    response=shapes.Product,
    url_name="product",
    **needing(Scope.CATALOG_WRITE, writes=True),
)
def change_product(
    request: ProgramRequest, product_id: str, body: shapes.ProductChange
) -> shapes.Product:
    """Change what is named; the rest stays as it is."""
    row = _one(request, product_id)
    before = telling.product(row).model_dump(include=set(shapes.ProductIn.model_fields))
    for each in before["variants"]:
        del each["barcode"], each["weight_g"]
    changed = {name: value for name, value in body.model_dump().items() if value is not None}
    draft = _draft(before | changed, tax_code=row.tax_code)
    if draft.category == row.category:  # other words lead to another place; the same stay there
        draft = replace(draft, listed_in=row.listed_in)
    return _save(request, draft, row)


@router.post(
    "/products/{public_id:product_id}/publication",
    response=shapes.Product,
    url_name="publication",
    **needing(Scope.CATALOG_WRITE, writes=True),
)
def publish_product(request: ProgramRequest, product_id: str) -> shapes.Product:
    """Put a product on sale."""
    row = _one(request, product_id)
    row.publish(at=request.at)
    return telling.product(_one(request, product_id))


@router.delete(
    "/products/{public_id:product_id}/publication",
    response=shapes.Product,
    url_name="publication",
    **needing(Scope.CATALOG_WRITE, writes=True),
)
def withdraw_product(request: ProgramRequest, product_id: str) -> shapes.Product:
    """Take a product off sale; orders keep it."""
    row = _one(request, product_id)
    row.withdraw(at=request.at)
    return telling.product(_one(request, product_id))


def _of(merchant: Merchant) -> ProductQuerySet:
    offered = Variant.objects.filter(withdrawn_at=None)
    rows = Product.objects.sold_by(merchant).select_related("merchant")
    return rows.prefetch_related(Prefetch("variants", offered))


def _one(request: ProgramRequest, product_id: str) -> Product:
    return get_object_or_404(_of(request.token.shop), public_id=product_id)


def _draft(said: dict, tax_code: str = "") -> ProductDraft:  # type: ignore[type-arg]
    """Return a product as it is written by hand: clean, and each variant with all options."""
    options = tuple(text.line(name) for name in said["option_names"])
    variants = [
        VariantDraft(
            variant_id=each["id"],
            sku=text.line(each["sku"]),
            option_values=tuple(text.line(value) for value in each["option_values"]),
            price_minor=each["price_minor"],
            compare_at_minor=each["compare_at_minor"],
        )
        for each in said["variants"]
    ]
    chosen = {each.option_values for each in variants}
    if len(chosen) < len(variants) or any(len(values) != len(options) for values in chosen):
        raise OptionsUnlike
    more: dict[str, Any] = {"tax_code": tax_code} if tax_code else {}
    return ProductDraft(
        title=text.line(said["title"]),
        description=descriptions.clean(said["description_html"]),
        brand=text.line(said["brand"]),
        category=text.line(said["category"]),
        option_names=options,
        variants=variants,
        **more,
    )


def _save(request: ProgramRequest, draft: ProductDraft, row: Product | None) -> shapes.Product:
    """Write as the editor does: words on the cell's list are refused, or hold the product."""
    words = (draft.title, descriptions.as_text(draft.description), draft.brand, draft.category)
    if (objection := filtering.objection(*words)) is not None:
        raise filtering.WordRefused(objection)
    saved = editing.save(
        draft,
        merchant=request.token.shop,
        product=row,
        weigh=filtering.weigh_product,
        at=request.at,
    )
    return telling.product(_one(request, saved.public_id))

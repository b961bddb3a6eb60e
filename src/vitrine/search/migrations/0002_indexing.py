"""How texts become entries: SQL functions, and triggers that call them for whole statements.

``search_tokens`` is ``text.tokens``; tests/search/test_text.py compares them. What changes here
changes there, in a migration of its own that enters everything anew.
"""

from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from vitrine.sovereignty.cell import HomeCell, this_cell

TOKENS = r"""
CREATE FUNCTION search_folded(given text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT translate(
    replace(replace(replace(replace(replace(replace(replace(replace(
      regexp_replace(normalize(given, NFKD), '[\u0027\u00ad\u02b9-\u02bf\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff\u2018\u2019\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20d0-\u20ff\u3099\u309a\ufe00-\ufe0f\ufe20-\ufe2f\ufeff]', '', 'g'),
      'ß', 'ss'), 'ẞ', 'ss'), 'æ', 'ae'), 'Æ', 'ae'), 'œ', 'oe'), 'Œ', 'oe'), 'þ', 'th'), 'Þ', 'th'),
    'ABCDEFGHIJKLMNOPQRSTUVWXYZΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩςАБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЂЄЅІЈЉЊЋЏҐԱԲԳԴԵԶԷԸԹԺԻԼԽԾԿՀՁՂՃՄՅՆՇՈՉՊՋՌՍՎՏՐՑՒՓՔՕՖĐđĦħŁłØøŦŧŊŋÐðı',
    'abcdefghijklmnopqrstuvwxyzαβγδεζηθικλμνξοπρστυφχψωσабвгдежзиклмнопрстуфхцчшщъыьэюяђєѕіјљњћџґաբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆddhhlloottnnddi')
$$;

CREATE FUNCTION search_tokens(given text) RETURNS SETOF text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT left(token, 40) FROM regexp_split_to_table(
    regexp_replace(
      regexp_replace(search_folded(given), '#+', ' #', 'g'),
      '([\u3041-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff])', ' \1 ', 'g'),
    '[\u0001-\u0022\u0024-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8\u00bb\u00bf\u00d7\u00f7\u060c\u061b\u061f\u066a-\u066d\u06d4\u0964\u0965\u2000-\u206f\u2190-\u22ff\u2e00-\u2e7f\u3000-\u303f\u30fb]+'
  ) AS token WHERE trim('#' FROM token) <> ''
$$;

CREATE FUNCTION search_words(a text, b text, c text, d text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(string_agg('''' || word || ''':' || place || weight, ' '), '')::tsvector
  FROM (
    SELECT unnest(ARRAY[ltrim(token, '#'), CASE WHEN token LIKE '#%' THEN token END]) AS word,
      least(row_number() OVER (), 16383) AS place, weight
    FROM (
      SELECT search_tokens(a) AS token, 'A' AS weight UNION ALL SELECT search_tokens(b), 'B'
      UNION ALL SELECT search_tokens(c), 'C' UNION ALL SELECT search_tokens(d), 'D'
    ) AS texts
    LIMIT 3000
  ) AS words WHERE word IS NOT NULL
$$;

CREATE FUNCTION search_hot(at timestamptz, received bigint) RETURNS double precision
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT extract(epoch FROM at)::float8 / 86400 / 60 + 0.5 * ln(1 + received::float8) / ln(2::float8)
$$;

CREATE FUNCTION search_nearby(word text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT array_agg(DISTINCT near) FROM (
    SELECT word AS near UNION ALL
    SELECT left(word, place - 1) || substr(word, place + 1)
    FROM generate_series(1, CASE WHEN length(word) BETWEEN 3 AND 24 THEN length(word) ELSE 0 END) AS place
  ) AS all_near
$$;

CREATE FUNCTION search_spoken(webvtt text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT regexp_replace(
    regexp_replace(left(webvtt, 60000), '^(?:WEBVTT.*|NOTE.*|STYLE.*|REGION.*|.*-->.*|\d+\s*)$', '', 'ng'),
    '<[^>]*>|\{[^}]*\}', '', 'g')
$$;
"""

ENTERING = """
CREATE FUNCTION search_enter_clips(changed bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  -- Two writers about one clip (its title, its captions) take turns, and the later sees both.
  PERFORM 1 FROM videos_clip WHERE id = ANY (changed) ORDER BY id FOR NO KEY UPDATE;
  DELETE FROM search_clipentry entry USING videos_clip clip
  WHERE clip.id = entry.clip_id AND clip.id = ANY (changed)
    AND (clip.published_at IS NULL OR clip.deleted_at IS NOT NULL);
  INSERT INTO search_clipentry AS known (home_cell, clip_id, words, hot, received, is_front)
  SELECT '{home}', clip.id,
    search_words(clip.title, clip.description, creator.handle || ' ' || creator.display_name,
      (SELECT string_agg(search_spoken(webvtt), ' ' ORDER BY language) FROM videos_caption
       WHERE clip_id = clip.id)),
    search_hot(clip.published_at, 0), 0, true
  FROM videos_clip clip JOIN accounts_person creator ON creator.id = clip.creator_id
  WHERE clip.id = ANY (changed) AND clip.published_at IS NOT NULL AND clip.deleted_at IS NULL
  ORDER BY clip.id
  ON CONFLICT (clip_id) DO UPDATE SET words = excluded.words,
    hot = excluded.hot + search_hot('epoch', known.received);
END $$;

CREATE FUNCTION search_enter_people(changed bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM search_personentry entry USING accounts_person person
  WHERE person.id = entry.person_id AND person.id = ANY (changed) AND NOT person.is_active;
  INSERT INTO search_personentry AS known (home_cell, person_id, words, hot, received, is_front)
  SELECT '{home}', person.id, search_words(person.handle, person.display_name, '', person.bio),
    0, 0, true
  FROM accounts_person person WHERE person.id = ANY (changed) AND person.is_active
  ORDER BY person.id
  ON CONFLICT (person_id) DO UPDATE SET words = excluded.words;
END $$;

CREATE FUNCTION search_enter_products(changed bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM search_productentry entry USING catalog_product product
  WHERE product.id = entry.product_id AND product.id = ANY (changed)
    AND (product.published_at IS NULL OR product.withdrawn_at IS NOT NULL);
  INSERT INTO search_productentry AS known (home_cell, product_id, words, hot, received, is_front)
  SELECT '{home}', product.id,
    search_words(product.title, product.brand, product.category, ''),
    search_hot(product.published_at, 0) / 4, 0, true
  FROM catalog_product product
  WHERE product.id = ANY (changed) AND product.published_at IS NOT NULL
    AND product.withdrawn_at IS NULL
  ORDER BY product.id
  ON CONFLICT (product_id) DO UPDATE SET words = excluded.words,
    hot = excluded.hot + search_hot('epoch', known.received);
END $$;
"""


def _trigger(table: str, event: str, entering: str, changed: str) -> str:
    """Write a trigger that calls a function once for all rows of a statement."""
    name = f"search_{table}_{event.lower()}"
    seen = {
        "INSERT": "NEW TABLE AS new_rows",
        "UPDATE": "OLD TABLE AS old_rows NEW TABLE AS new_rows",
        "DELETE": "OLD TABLE AS old_rows",
    }[event]
    return f"""
CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE changed bigint[];
BEGIN
  SELECT array_agg(id ORDER BY id) INTO changed FROM ({changed}) AS rows (id);
  IF changed IS NOT NULL THEN PERFORM {entering}(changed); END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER {name} AFTER {event} ON {table} REFERENCING {seen}
FOR EACH STATEMENT EXECUTE FUNCTION {name}();
"""


def _differing(*columns: str, where: str = "true", key: str = "id") -> str:
    old, new = (", ".join(f"{side}.{name}" for name in columns) for side in ("o", "n"))
    return (
        f"SELECT n.{key} FROM new_rows n JOIN old_rows o USING (id) "
        f"WHERE ({old}) IS DISTINCT FROM ({new}) AND {where}"
    )


CLIP = ("title", "description", "published_at", "deleted_at")
PERSON = ("handle", "display_name", "bio", "is_active")
PRODUCT = ("title", "brand", "category", "published_at", "withdrawn_at")
TRIGGERS = [
    (
        "videos_clip",
        "INSERT",
        "search_enter_clips",
        "SELECT id FROM new_rows WHERE published_at IS NOT NULL",
    ),
    ("videos_clip", "UPDATE", "search_enter_clips", _differing(*CLIP)),
    ("videos_caption", "INSERT", "search_enter_clips", "SELECT DISTINCT clip_id FROM new_rows"),
    (
        "videos_caption",
        "UPDATE",
        "search_enter_clips",
        f"SELECT DISTINCT * FROM ({_differing('webvtt', key='clip_id')}) AS c",
    ),
    ("videos_caption", "DELETE", "search_enter_clips", "SELECT DISTINCT clip_id FROM old_rows"),
    ("accounts_person", "INSERT", "search_enter_people", "SELECT id FROM new_rows WHERE is_active"),
    ("accounts_person", "UPDATE", "search_enter_people", _differing(*PERSON)),
    (
        "catalog_product",
        "INSERT",
        "search_enter_products",
        "SELECT id FROM new_rows WHERE published_at IS NOT NULL",
    ),
    ("catalog_product", "UPDATE", "search_enter_products", _differing(*PRODUCT)),
]
RENAMED = """
CREATE FUNCTION search_maker_renamed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE changed bigint[];
BEGIN
  SELECT array_agg(clip.id ORDER BY clip.id) INTO changed FROM videos_clip clip
  JOIN new_rows n ON n.id = clip.creator_id JOIN old_rows o ON o.id = n.id
  WHERE clip.published_at IS NOT NULL
    AND (o.handle, o.display_name) IS DISTINCT FROM (n.handle, n.display_name);
  IF changed IS NOT NULL THEN PERFORM search_enter_clips(changed); END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER search_maker_renamed AFTER UPDATE ON accounts_person
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION search_maker_renamed();
"""
ENTER_WHAT_IS_THERE = """
SELECT search_enter_people(array_agg(id)) FROM accounts_person;
SELECT search_enter_products(array_agg(id)) FROM catalog_product;
SELECT search_enter_clips(array_agg(id)) FROM videos_clip;
"""


def make(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make the functions and triggers, and enter what is already there."""
    schema_editor.execute(TOKENS, params=None)
    schema_editor.execute(ENTERING.replace("{home}", this_cell().code), params=None)
    for table, event, entering, changed in TRIGGERS:
        schema_editor.execute(_trigger(table, event, entering, changed), params=None)
    schema_editor.execute(RENAMED, params=None)
    schema_editor.execute(ENTER_WHAT_IS_THERE, params=None)


def drop(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Drop them again."""
    names: list[Any] = [f"search_{table}_{event.lower()}" for table, event, *_ in TRIGGERS]
    for name in [*names, "search_maker_renamed"]:
        schema_editor.execute(f"DROP FUNCTION {name} CASCADE", params=None)
    for name in (
        "search_enter_products",
        "search_enter_people",
        "search_enter_clips",
        "search_spoken",
        "search_nearby",
        "search_hot",
        "search_words",
        "search_tokens",
        "search_folded",
    ):
        schema_editor.execute(f"DROP FUNCTION {name}", params=None)


class Migration(migrations.Migration):
    """Let the database enter what is written."""

    dependencies = [("search", "0001_initial")]

    operations = [
        HomeCell("clipentry"),
        HomeCell("personentry"),
        HomeCell("productentry"),
        migrations.RunPython(make, drop),
    ]

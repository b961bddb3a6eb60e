"""Write the words of plain ASCII texts without regular expressions: an import waits for them.

The same words in the same places as ``search_words`` gave until now, which is still asked for all
other texts; tests/search/test_text.py compares the two.
"""

from django.db import migrations

from vitrine.search import text

_SEPARATORS = "".join(
    chr(code) for code in range(1, 0x80) if not chr(code).isalnum() and chr(code) not in "#'"
)
_FROM = "".join(f"\\u{ord(char):04x}" for char in f"{text.CAPITALS[:26]}{_SEPARATORS}'")
_TO = text.SMALL[:26] + " " * len(_SEPARATORS)

MAKE = f"""
ALTER FUNCTION search_words(text, text, text, text) RENAME TO search_any_words;
CREATE FUNCTION search_words(a text, b text, c text, d text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  texts text[] := ARRAY[a, b, c, d];
  word text; place int := 0; made text := '';
BEGIN
  IF concat(a, b, c, d) ~ E'[^\\\\u0001-\\\\u0022\\\\u0024-\\\\u007f]' OR length(concat(a, b, c, d)) > 6000 THEN
    RETURN search_any_words(a, b, c, d);
  END IF;
  FOR part IN 1..4 LOOP
    FOREACH word IN ARRAY coalesce(
      string_to_array(translate(texts[part], E'{_FROM}', '{_TO}'), ' '), '{{}}'
    ) LOOP
      IF word <> '' THEN
        place := place + 1;
        made := made || left(word, 40) || ':' || place || substr('ABCD', part, 1) || ' ';
      END IF;
    END LOOP;
  END LOOP;
  RETURN made::tsvector;
END $$;
"""
DROP = """
DROP FUNCTION search_words(text, text, text, text);
ALTER FUNCTION search_any_words RENAME TO search_words;
"""


class Migration(migrations.Migration):
    """Make plain words quickly."""

    dependencies = [("search", "0002_indexing")]

    operations = [migrations.RunSQL(MAKE, DROP)]

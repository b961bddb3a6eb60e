"""Finding clips, people, products and hashtags by words."""

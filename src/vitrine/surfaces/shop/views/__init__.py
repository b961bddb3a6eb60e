"""Views of the shop: products, the bag, checkout, orders."""

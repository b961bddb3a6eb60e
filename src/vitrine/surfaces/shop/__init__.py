"""What buyers see: product sheet, bag, checkout, orders."""

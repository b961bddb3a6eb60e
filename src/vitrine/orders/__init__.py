"""Cart, checkout, payment, fulfilment, pick-up, refunds."""

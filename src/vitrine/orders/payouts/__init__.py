"""From a sale to the payee's bank: maturing, holding back, paying out, bouncing, clawing back."""

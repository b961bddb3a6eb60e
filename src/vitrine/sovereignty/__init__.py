"""Who this cell is, what each field is, who may ask what, and the only way out."""

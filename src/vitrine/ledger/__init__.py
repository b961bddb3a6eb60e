"""Double-entry money: transfers of postings that sum to zero, added to and never changed."""

"""The seller's pages, one module for each part."""

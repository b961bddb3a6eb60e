"""The advertisers’ pages, one module for each part."""

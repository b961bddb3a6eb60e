"""Merchants' feeds, read row by row: Shopify product CSV, Google Merchant XML and TSV.

Nothing here knows the database. Whatever a file holds, reading it takes bounded memory and ends in
products that are whole and findings that say what, where and what to do.
"""

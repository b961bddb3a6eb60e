"""Vitrine: a social-commerce video platform, one deployment (a *cell*) per country."""

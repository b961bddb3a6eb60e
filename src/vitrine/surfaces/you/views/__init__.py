"""Views, a module for each noun."""

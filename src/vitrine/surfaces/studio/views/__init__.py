"""Views of the studio, a module for each noun."""

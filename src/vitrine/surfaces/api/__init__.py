"""The API for merchants' own programs: /api/v1."""

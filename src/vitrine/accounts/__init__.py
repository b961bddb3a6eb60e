"""People: accounts, handles, profiles, follows."""

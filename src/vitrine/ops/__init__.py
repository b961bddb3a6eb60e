"""The command line and the machine."""

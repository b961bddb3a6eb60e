"""Tests of the command line and the machine, with real processes."""

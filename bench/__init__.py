"""What Vitrine promises, measured: one module per promise, each with ``run()``.

``run`` yields figures; a reference is measured in the same run, interleaved with the figure.
"""

"""Draw solids of points under studio light, with numpy alone."""

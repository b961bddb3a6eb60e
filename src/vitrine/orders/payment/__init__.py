"""Payment providers behind one interface. The sandbox is the built-in test bank."""

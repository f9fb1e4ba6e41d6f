"""Bindings: a service's model as a Python module, for editors and type checkers, and for programs to import."""

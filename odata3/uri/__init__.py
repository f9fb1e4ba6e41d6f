"""Addresses: what a URL says."""

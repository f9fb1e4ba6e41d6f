"""The commands of ``odata3``, one a file."""

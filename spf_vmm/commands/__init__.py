"""The commands of ``spf-vmm``, one noun a file."""

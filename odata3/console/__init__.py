"""What the commands of ``odata3`` and ``spf_vmm`` share to talk with people: terminals, output, connections, completion."""

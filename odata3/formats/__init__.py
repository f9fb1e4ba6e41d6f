"""Bodies: what a message's body says, in every dialect."""

"""Messages: requests, responses, batches, and the one door to the network."""

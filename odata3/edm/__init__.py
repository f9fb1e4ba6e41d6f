"""The model: what a service is made of, and the values it knows."""

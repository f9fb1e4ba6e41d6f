"""Pictures of a model: what is shown, where it stands, and how it is drawn."""

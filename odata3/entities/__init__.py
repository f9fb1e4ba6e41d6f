"""Objects: classes made from the model, and the crossing between them and documents."""

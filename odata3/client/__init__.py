"""The client wing: a change-tracking context over one service."""

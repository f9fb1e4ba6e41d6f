"""The server wing: a small reference service over any database."""

"""Results as tables: dictionaries, CSV, pandas, Arrow, Parquet."""

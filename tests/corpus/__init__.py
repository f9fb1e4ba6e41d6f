"""Real documents of real services, read by the library: ``python -m tests.corpus FOLDER``.

The folder holds ``expected.json`` (what each file contains, counted by other means) and the documents. Each part prints what it
read and every difference, with the warning that explains it.
"""

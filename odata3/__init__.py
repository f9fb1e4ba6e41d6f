"""A client for OData v1 to v3 services that works as the .NET WCF Data Services client does."""

__version__ = "0.1.0"

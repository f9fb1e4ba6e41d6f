"""System Center Service Provider Foundation: its VMM service as a typed ``odata3`` context."""

from odata3.edm.model import Model
def write_metadata(model: Model) -> bytes:
    raise NotImplementedError

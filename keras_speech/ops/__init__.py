"""Pure functions on tensors: spectral transforms, masks and the like."""

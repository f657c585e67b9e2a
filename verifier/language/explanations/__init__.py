"""What every code means, with a model that is wrong and the same model mended."""

"""The serverless functions: each a few lines over the layer."""

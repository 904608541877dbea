"""The outcome model: features, the ONNX session that serves it, and its training."""

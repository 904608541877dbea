"""From real games to a versioned ONNX file and its figures. Imported by training only."""

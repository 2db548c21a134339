"""The logic of the function: plain Python that knows no platform."""

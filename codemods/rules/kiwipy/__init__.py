"""KIW: kiwipy 0.5 becomes kiwipy 0.8."""

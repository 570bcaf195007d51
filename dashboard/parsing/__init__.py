"""Turns the texts of forms, flags and YAML files into the values that core takes."""

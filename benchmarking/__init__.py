"""Comparison between partners: peers, statistics that keep confidences, board pages."""

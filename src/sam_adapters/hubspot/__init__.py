"""HubSpot: the same book, under HubSpot's limits."""
